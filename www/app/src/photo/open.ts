import { BrushworkError } from 'brushwork';
import { problemOf } from '../problem/problem.js';
import type { AppStore } from '../state.js';
import type { DecodeAnswer, DecodeRequest } from './decode.worker.js';

/** The preview has at most one megapixel: enough for a screen, and painted in seconds. */
const PREVIEW_PIXELS = 1024 * 1024;

let latest = 0;

/** Makes a file the page's photo; where it is none, says so and keeps what was there. */
export async function openPhoto(store: AppStore, file: Blob, name: string): Promise<void> {
  latest += 1;
  const mine = latest;
  try {
    const preview = await decode(file);
    // A photo chosen in the meantime wins.
    if (mine === latest) {
      store.set({ photo: { name, preview }, result: undefined, problem: undefined });
    }
  } catch (error) {
    store.set({ problem: problemOf(error, 'choose') });
  }
}

function decode(file: Blob): Promise<ImageBitmap> {
  if (file.size === 0) {
    throw new BrushworkError('empty-file');
  }
  const worker = new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' });
  const request: DecodeRequest = { file, maxPixels: PREVIEW_PIXELS };
  const answer = new Promise<ImageBitmap>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) =>
      data ? resolve(data) : reject(new BrushworkError('not-a-picture'));
    worker.onerror = () => reject(new BrushworkError('network'));
  });
  worker.postMessage(request);
  return answer.finally(() => worker.terminate());
}
