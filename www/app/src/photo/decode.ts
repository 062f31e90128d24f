import { BrushworkError } from 'brushwork';
import { oneAnswer } from '../one-answer.js';
import type { DecodeAnswer } from './decode.worker.js';
import { type Decoded, type DecodeRequest, decodeHere } from './decode-here.js';

/** A file as an upright picture, cropped and shrunk as asked; the work is done in a worker. */
export async function decode(request: DecodeRequest): Promise<Decoded> {
  if (request.file.size === 0) {
    throw new BrushworkError('empty-file');
  }
  const decoded = await (typeof OffscreenCanvas === 'function'
    ? decodeInWorker(request)
    : decodeHere(request).catch(() => undefined));
  if (decoded === undefined) {
    throw new BrushworkError('not-a-picture');
  }
  return decoded;
}

async function decodeInWorker(request: DecodeRequest): Promise<Decoded | undefined> {
  const worker = new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' });
  const answer = await oneAnswer<DecodeAnswer>(worker, request);
  if (answer === undefined) {
    return undefined;
  }
  const { fullPixels, width, height, data } = answer;
  return { fullPixels, picture: new ImageData(data, width, height) };
}
