import { BrushworkError } from 'brushwork';
import { forgetPaintings, stop } from '../painting/paint.js';
import { problemOf } from '../problem/problem.js';
import type { AppStore } from '../state.js';
import type { DecodeAnswer, DecodeRequest } from './decode.worker.js';

let latest = 0;

/**
 * Makes a file the page's photo; where it is none, says so and keeps what was there.
 *
 * @returns whether it is the page's photo now
 */
export async function openPhoto(store: AppStore, file: Blob, name: string): Promise<boolean> {
  latest += 1;
  const mine = latest;
  try {
    const preview = await decode({ file, maxPixels: store.state.previewPixels });
    // A photo chosen in the meantime wins.
    if (mine !== latest) {
      return false;
    }
    stop(store);
    forgetPaintings();
    const photo = { name, file, preview };
    store.set({ photo, result: undefined, problem: undefined, past: [], future: [] });
    return true;
  } catch (error) {
    store.set({ problem: problemOf(error, 'choose') });
    return false;
  }
}

function decode(request: DecodeRequest): Promise<ImageBitmap> {
  if (request.file.size === 0) {
    throw new BrushworkError('empty-file');
  }
  const worker = new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' });
  const answer = new Promise<ImageBitmap>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) =>
      data ? resolve(data) : reject(new BrushworkError('not-a-picture'));
    worker.onerror = () => reject(new BrushworkError('network'));
  });
  worker.postMessage(request);
  return answer.finally(() => worker.terminate());
}
