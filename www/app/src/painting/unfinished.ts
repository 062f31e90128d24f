// A mark that a painting is under way. When the system kills the page for its memory, the mark stays,
// and the next visit can say what happened.

const MARK = 'brushwork-painting';

export function markStarted(): void {
  try {
    localStorage.setItem(MARK, 'under way');
  } catch {
    // Without storage nothing comes back after a kill, so there is nothing to say either.
  }
}

export function markFinished(): void {
  try {
    localStorage.removeItem(MARK);
  } catch {}
}

/** Whether the last visit ended in the middle of a painting. */
export function wasKilled(): boolean {
  try {
    return localStorage.getItem(MARK) !== null;
  } catch {
    return false;
  }
}

// Leaving or reloading the page is no kill.
addEventListener('pagehide', markFinished);
