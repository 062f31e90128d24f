// Marks that work which takes memory is under way. When the system kills the page for its memory, a mark
// stays, and the next visit can say what happened. Each mark goes with a lock that is held for as long as
// the work lasts: another tab that opens meanwhile sees by it that nobody was killed. Without storage
// nothing comes back after a kill, so there is nothing to say either.
import { hold } from '../lock.js';
import { forgetStored, readStored, remember, storedNames } from '../stored.js';

const PREFIX = 'under-way-';

/**
 * What takes memory: reading a photo, painting a larger one and writing its file, painting what is shown
 * (to start the engine is not the least of it). The first of several is what the page tells of.
 */
const KINDS = ['opening', 'larger', 'preview'] as const;
export type Unfinished = (typeof KINDS)[number];

const mine = new Set<string>();

/** Does work with a mark, which stands from before it begins until it has ended, one way or another. */
export async function marked<T>(kind: Unfinished, work: () => Promise<T>): Promise<T> {
  const mark = `${PREFIX}${Math.random()}`;
  const release = await hold(lockOf(mark));
  remember(mark, kind);
  mine.add(mark);
  try {
    return await work();
  } finally {
    unmark(mark);
    release();
  }
}

/** What a page was doing when it was killed, if one was; whoever asks next is told of later ones only. */
export async function killedWhile(): Promise<Unfinished | undefined> {
  const left = await Promise.all(storedNames(PREFIX).map(takeMark));
  return KINDS.find((kind) => left.includes(kind));
}

/** Takes a mark away that nobody holds any more. */
async function takeMark(mark: string): Promise<string | null> {
  const take = () => {
    const kind = readStored(mark);
    forgetStored(mark);
    return kind;
  };
  // Pages that came by plain http have no locks: there, a second tab takes the mark for a kill.
  return navigator.locks
    ? navigator.locks
        .request(lockOf(mark), { ifAvailable: true }, (lock) => lock && take())
        .catch(() => null)
    : take();
}

function lockOf(mark: string): string {
  return `brushwork-${mark}`;
}

function unmark(mark: string): void {
  mine.delete(mark);
  forgetStored(mark);
}

// Leaving or reloading the page is no kill.
addEventListener('pagehide', () => [...mine].forEach(unmark));
