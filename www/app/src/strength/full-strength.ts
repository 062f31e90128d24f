// The same painting at full strength. Faded, it stands in for any weaker one while a finger is on the strength
// slider, whichever way that goes.
import { isSame, paintWork } from '../painting/paint.js';
import { ailsEngine } from '../problem/problem.js';
import type { AppStore } from '../state.js';

/** Keeps it at hand; where it has not been painted, paints it while nothing else is. */
export function mountFullStrength(store: AppStore): void {
  let job: AbortController | undefined;
  store.watch(
    (state) => [state.result, state.progress === undefined && !ailsEngine(state.problem)],
    async (result, idle) => {
      job?.abort();
      job = undefined;
      if (result === undefined) {
        store.set({ fullStrength: undefined });
        return;
      }
      const { photo, settings } = result;
      const work = { photo, settings: { ...settings, strength: 1 } };
      const { fullStrength } = store.state;
      if (fullStrength && isSame(fullStrength, work)) {
        return;
      }
      store.set({ fullStrength: isSame(result, work) ? result : undefined });
      if (!idle || store.state.fullStrength) {
        return;
      }
      const controller = new AbortController();
      job = controller;
      try {
        const { signal } = controller;
        store.set({ fullStrength: await paintWork(work, { signal }) });
      } catch {
        // The slider does without it.
      }
    },
  );
}
