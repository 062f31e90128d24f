// A mark that a painting is under way. When the system kills the page for its memory, the mark stays,
// and the next visit can say what happened. Without storage nothing comes back after a kill, so there
// is nothing to say either.
import { forgetStored, readStored, remember } from '../stored.js';

const MARK = 'painting';

/** The painting that is shown, or the larger one that is saved. */
export type Unfinished = 'preview' | 'larger';

export function markStarted(painting: Unfinished): void {
  remember(MARK, painting);
}

export function markFinished(): void {
  forgetStored(MARK);
}

/** What the last visit was painting when it ended, if it ended in the middle of it. */
export function killedWhile(): Unfinished | undefined {
  const mark = readStored(MARK);
  return mark === null ? undefined : mark === 'larger' ? mark : 'preview';
}

// Leaving or reloading the page is no kill.
addEventListener('pagehide', markFinished);
