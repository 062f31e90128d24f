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
  const options = paintOptions(settings);
  if (photo === undefined || options === undefined) {
    store.set({ result: undefined, progress: undefined });
    return;
  }
  const known = paintedBefore({ photo, settings });
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
    const painting = await marked('preview', async () => {
      const painter = await previewPainter(onProgress);
      signal.throwIfAborted();
      return painter.paint(photo.preview, { ...options, onProgress, signal });
    });
    signal.throwIfAborted();
    const result = { photo, settings, painting };
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

function paintedBefore(work: Work): Result | undefined {
  return recent.find((result) => isSame(result, work));
}

/**
 * What, faded, stands in for a painting of another strength: of the paintings at hand that are otherwise
 * the same the weakest that is strong enough, or else this one.
 */
export function standIn(result: Result, strength: number): Result {
  const { settings } = result;
  const strongEnough = recent
    .filter((other) => other.settings.strength >= strength)
    .filter((other) =>
      isSame(other, { ...result, settings: { ...settings, strength: other.settings.strength } }),
    )
    .sort((one, other) => one.settings.strength - other.settings.strength);
  return strongEnough[0] ?? result;
}

/** Whether both would be the same painting. */
export function isSame(one: Work, other: Work): boolean {
  return (
    one.photo === other.photo && JSON.stringify(one.settings) === JSON.stringify(other.settings)
  );
}
