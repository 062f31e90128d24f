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
    if ('decode' in photo) {
      await photo.decode();
    }
    // A bitmap of our own even of a bitmap, so that it can be handed over: WebKit's clones share
    // their pixels, and two workers at it at once paint nonsense.
    return await createImageBitmap(photo);
  } catch (error) {
    throw new BrushworkError('not-a-picture', undefined, error);
  }
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
