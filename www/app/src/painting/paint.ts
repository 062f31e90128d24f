import { problemOf } from '../problem/problem.js';
import type { AppStore } from '../state.js';
import { previewPainter } from './painter.js';

let job: AbortController | undefined;

/** Paints the photo with the current settings, in place of the painting under way, if any. */
export async function paint(store: AppStore): Promise<void> {
  job?.abort();
  const { photo, settings } = store.state;
  const { style, strength } = settings;
  if (photo === undefined || style === undefined) {
    return;
  }
  const controller = new AbortController();
  const { signal } = controller;
  job = controller;
  const onProgress = (progress: AppStore['state']['progress']) => {
    if (!signal.aborted) {
      store.set({ progress });
    }
  };
  store.set({ problem: undefined, progress: { stage: 'start', fraction: 0 } });
  try {
    const painter = await previewPainter(onProgress);
    signal.throwIfAborted();
    const painting = await painter.paint(photo.preview, { style, strength, onProgress, signal });
    const bitmap = await painting.toImageBitmap();
    signal.throwIfAborted();
    store.set({ progress: undefined, result: { painting, bitmap, settings } });
  } catch (error) {
    if (!signal.aborted) {
      store.set({ progress: undefined, problem: problemOf(error, 'retry') });
    }
  }
}

/** Stops the painting under way; the photo, the settings and the last painting stay. */
export function stop(store: AppStore): void {
  job?.abort();
  store.set({ progress: undefined });
}
