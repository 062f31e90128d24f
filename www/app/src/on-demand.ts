import { BrushworkError } from 'brushwork';
import { problemOf } from './problem/problem.js';
import type { AppStore } from './state.js';

/** Something that the first view does without. */
export interface Sheet {
  open(): void;
}

/**
 * A sheet whose code is fetched when it is first wanted.
 *
 * @returns what fetches it ahead of the tap, and what opens it
 */
export function onDemand(store: AppStore, fetchSheet: () => Promise<Sheet>) {
  let sheet: Promise<Sheet> | undefined;
  const ahead = () => {
    sheet ??= fetchSheet();
    // Another tap is another try.
    sheet.catch(() => {
      sheet = undefined;
    });
    return sheet;
  };
  const open = async () => {
    try {
      (await ahead()).open();
    } catch (error) {
      const problem = new BrushworkError('network', undefined, error);
      store.set({ problem: problemOf(problem) });
    }
  };
  return { ahead, open };
}
