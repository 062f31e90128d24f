import type { PaintOptions, Progress } from 'brushwork';
import { problemOf } from '../problem/problem.js';
import type { AppStore, Result, Settings, Work } from '../state.js';
import { previewPainter } from './painter.js';
import { wayToLess } from './smaller.js';
import { marked } from './unfinished.js';

/** As many as fit in a phone's memory. */
const MOST_RECENT = 4;

let job: AbortController | undefined;
let recent: Result[] = [];

/** Paints the work in hand, in place of the painting under way, if any. */
export async function paint(store: AppStore): Promise<void> {
  job?.abort();
  const { photo, settings } = store.state;
  if (photo === undefined || settings.style === undefined) {
    store.set({ result: undefined, progress: undefined });
    return;
  }
  const known = [...recent, store.state.fullStrength].find(
    (result) => result && isSame(result, { photo, settings }),
  );
  if (known) {
    store.set({ result: known, progress: undefined, problem: undefined });
    return;
  }
  const controller = new AbortController();
  const { signal } = controller;
  job = controller;
  const onProgress = (progress: Progress) => {
    if (!signal.aborted) {
      store.set({ progress });
    }
  };
  store.set({ problem: undefined, progress: { stage: 'start', fraction: 0 } });
  // Over another crop the last painting would be out of shape.
  if (store.state.result?.photo !== photo) {
    store.set({ result: undefined });
  }
  try {
    const result = await paintWork({ photo, settings }, { onProgress, signal });
    recent = [result, ...recent].slice(0, MOST_RECENT);
    store.set({ progress: undefined, result });
  } catch (error) {
    if (!signal.aborted) {
      const problem = problemOf(error, 'retry');
      const smaller = problem.code === 'no-memory' && { wayOut: wayToLess(store) };
      store.set({ progress: undefined, problem: { ...problem, ...smaller } });
    }
  }
}

/** Paints any work; a mark is left where the page is killed for it. */
export async function paintWork(
  { photo, settings }: Work,
  { onProgress, signal }: { onProgress?: (progress: Progress) => void; signal: AbortSignal },
): Promise<Result> {
  const painting = await marked('preview', async () => {
    const painter = await previewPainter(onProgress);
    signal.throwIfAborted();
    const options = { ...paintOptions(settings), signal };
    return painter.paint(photo.preview, onProgress ? { ...options, onProgress } : options);
  });
  signal.throwIfAborted();
  return { photo, settings, painting };
}

/** Stops the painting under way; the photo, the settings and the last painting stay. */
export function stop(store: AppStore): void {
  job?.abort();
  store.set({ progress: undefined });
}

/** Lets go of the paintings kept for going back and forth. */
export function forgetPaintings(): void {
  recent = [];
}

/** What the settings ask of the painter; nothing while no style is chosen. */
export function paintOptions(settings: Settings): PaintOptions | undefined {
  const { style, second, share, ...rest } = settings;
  if (style === undefined) {
    return undefined;
  }
  const mixed = second !== undefined && second !== style;
  return {
    ...rest,
    style: mixed ? { [style]: 1 - share, [second]: share } : style,
  };
}

/** Whether both would be the same painting. */
export function isSame(one: Work, other: Work): boolean {
  return (
    one.photo === other.photo && JSON.stringify(one.settings) === JSON.stringify(other.settings)
  );
}
