import { BrushworkError } from 'brushwork';
import type { DecodeAnswer, Decoded, DecodeRequest } from './decode.worker.js';

/** A file as an upright picture, cropped and shrunk as asked; the work is done in a worker. */
export function decode(request: DecodeRequest): Promise<Decoded> {
  if (request.file.size === 0) {
    throw new BrushworkError('empty-file');
  }
  const worker = new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' });
  const answer = new Promise<Decoded>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) =>
      data ? resolve(data) : reject(new BrushworkError('not-a-picture'));
    worker.onerror = () => reject(new BrushworkError('network'));
  });
  worker.postMessage(request);
  return answer.finally(() => worker.terminate());
}
