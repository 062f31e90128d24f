import { BrushworkError } from '../error.js';
import type { Photo } from '../options.js';
import type { SendablePhoto } from './protocol.js';

/** Turns whatever the page holds the photo in into something that can be posted to a worker. */
export async function sendable(photo: Photo, signal?: AbortSignal): Promise<SendablePhoto> {
  if (typeof photo === 'string' || photo instanceof URL) {
    return notEmpty(await fetched(photo, signal));
  }
  if (photo instanceof Blob) {
    return notEmpty(photo);
  }
  if (photo instanceof ImageData) {
    return photo;
  }
  try {
    const source = 'naturalWidth' in photo ? await drawn(photo) : photo;
    // A bitmap of our own even of a bitmap, so that it can be handed over: WebKit's clones share
    // their pixels, and two workers at it at once paint nonsense.
    return await createImageBitmap(source);
  } catch (error) {
    throw new BrushworkError('not-a-picture', undefined, error);
  }
}

/**
 * A picture of the page on a canvas, which waits for its pixels. Not by `decode` or
 * `createImageBitmap`: of a picture that is about to be shown, WebKit's now and then makes an empty
 * bitmap.
 */
async function drawn(image: HTMLImageElement): Promise<HTMLCanvasElement> {
  if (!image.complete) {
    // Or one that is off screen might never come.
    image.loading = 'eager';
    await new Promise((done, fail) => {
      image.addEventListener('load', done, { once: true });
      image.addEventListener('error', fail, { once: true });
    });
  }
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  canvas.getContext('2d')?.drawImage(image, 0, 0);
  return canvas;
}

function notEmpty(blob: Blob): Blob {
  if (blob.size === 0) {
    throw new BrushworkError('empty-file');
  }
  return blob;
}

async function fetched(url: string | URL, signal?: AbortSignal): Promise<Blob> {
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok) {
      throw new Error(`the server answered ${response.status}`);
    }
    return await response.blob();
  } catch (error) {
    signal?.throwIfAborted();
    throw new BrushworkError('network', String(url), error);
  }
}
