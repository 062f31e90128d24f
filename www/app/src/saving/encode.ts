import type { Painting } from 'brushwork';
import { oneAnswer } from '../one-answer.js';
import type { EncodeRequest } from './encode.worker.js';

/**
 * A painting as a file. Where the browser can, a worker writes it: with a large one Safari would hold up
 * the page for as long as that takes.
 */
export async function encode(
  painting: Painting,
  type: string,
  signal?: AbortSignal,
): Promise<Blob> {
  if (typeof OffscreenCanvas === 'function') {
    const worker = new Worker(new URL('./encode.worker.ts', import.meta.url), { type: 'module' });
    const { width, height, data } = painting.toImageData();
    const request: EncodeRequest = { width, height, data, type };
    const blob = await oneAnswer<Blob>(worker, request, {
      transfer: [data.buffer],
      signal,
    }).catch(() => undefined);
    signal?.throwIfAborted();
    if (blob) {
      return blob;
    }
  }
  return painting.toBlob(type);
}
