// A mark that a painting is under way. When the system kills the page for its memory, the mark stays,
// and the next visit can say what happened. Without storage nothing comes back after a kill, so there
// is nothing to say either.
import { forgetStored, readStored, remember } from '../stored.js';

const MARK = 'painting';

export function markStarted(): void {
  remember(MARK, 'under way');
}

export function markFinished(): void {
  forgetStored(MARK);
}

/** Whether the last visit ended in the middle of a painting. */
export function wasKilled(): boolean {
  return readStored(MARK) !== null;
}

// Leaving or reloading the page is no kill.
addEventListener('pagehide', markFinished);
