import { BrushworkError } from 'brushwork';
import { oneAnswer } from '../one-answer.js';
import { marked } from '../painting/unfinished.js';
import { PREVIEW_SIDE } from '../state.js';
import type { DecodeAnswer } from './decode.worker.js';
import { type Decoded, type DecodeRequest, decodeHere, type Source } from './decode-here.js';

/**
 * A photo as it is shown.
 *
 * @param side of the preview at most. Where it is smaller than usual, memory is short.
 */
export function readPreview(
  { file, crop }: Pick<DecodeRequest, 'file' | 'crop'>,
  side: number,
): Promise<Decoded> {
  const request = { file, crop, maxSide: side };
  return marked('opening', () => (side < PREVIEW_SIDE ? decodeSparingly : decode)(request));
}

/** A file as an upright picture, cropped and shrunk as asked; the work is done in a worker. */
export function decode(request: DecodeRequest): Promise<Decoded> {
  return known(request, typeof OffscreenCanvas === 'function' ? decodeInWorker : decodeHere);
}

/**
 * The same in a fraction of the memory: WebKit has the large picture once and not twice, Chromium no more of
 * it than is shown. But it holds up the page, and what is shrunk is less smooth.
 */
function decodeSparingly(request: DecodeRequest): Promise<Decoded> {
  return known(request, (given) => decodeHere(given, asImage));
}

async function known(
  request: DecodeRequest,
  read: (request: DecodeRequest) => Promise<Decoded | undefined>,
): Promise<Decoded> {
  if (request.file.size === 0) {
    throw new BrushworkError('empty-file');
  }
  const decoded = await read(request).catch((error) => {
    throw error instanceof BrushworkError ? error : new BrushworkError('no-memory', '', error);
  });
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

async function asImage(file: Blob): Promise<Source> {
  const image = new Image();
  const url = URL.createObjectURL(file);
  const letGo = () => {
    URL.revokeObjectURL(url);
    image.removeAttribute('src');
  };
  image.src = url;
  try {
    await new Promise((loaded, failed) => {
      image.onload = loaded;
      image.onerror = failed;
    });
  } catch (error) {
    letGo();
    throw error;
  }
  return { image, width: image.naturalWidth, height: image.naturalHeight, letGo };
}
