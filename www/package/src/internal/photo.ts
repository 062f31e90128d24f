import { BrushworkError } from '../error.js';
import type { Photo } from '../options.js';
import { drawn, newContext } from './canvas.js';
import { download } from './download.js';
import { fetchPhoto } from './fetch-photo.js';
import type { SendablePhoto } from './protocol.js';

/** Turns whatever the page holds the photo in into something that can be posted to a worker. */
export async function sendable(photo: Photo, signal: AbortSignal): Promise<SendablePhoto> {
  if (typeof photo === 'string' || photo instanceof URL) {
    const fetched = (address: URL | string) => fetchPhoto(address, signal);
    return notEmpty(await download(photo, (response) => response.blob(), fetched));
  }
  if (photo instanceof Blob) {
    return notEmpty(photo);
  }
  if (photo instanceof ImageData) {
    return photo;
  }
  return pictured(photo);
}

/** How often a picture that comes out empty is drawn again. */
const MOST_TRIES = 10;

/**
 * The pixels of what only the page can look at. They are read here and sent as they are: WebKit now
 * and then loses those of a bitmap on its way to a worker. Of a picture that it is about to show, it
 * draws nothing while it decodes it for the screen.
 */
async function pictured(photo: Exclude<Photo, Blob | ImageData | URL | string>) {
  // Pages without types may give anything.
  const image = 'naturalWidth' in Object(photo) ? (photo as HTMLImageElement) : undefined;
  if (image && !image.complete) {
    // Or one that is off screen might never come.
    image.loading = 'eager';
    await new Promise((done) => {
      image.addEventListener('load', done);
      image.addEventListener('error', done);
    });
  }
  const bitmap = image ? undefined : await createImageBitmap(photo).catch(() => undefined);
  const source = image ?? bitmap;
  const width = image?.naturalWidth ?? bitmap?.width;
  const height = image?.naturalHeight ?? bitmap?.height;
  if (!source || !width || !height) {
    throw new BrushworkError('not-a-picture');
  }
  try {
    for (let tries = 0; ; tries += 1) {
      const context = newContext(width, height);
      context.drawImage(source, 0, 0);
      const pixels = drawn(context);
      if (tries === MOST_TRIES || pixels.data.some(Boolean)) {
        return pixels;
      }
      await new Promise((done) => setTimeout(done, 100));
    }
  } finally {
    bitmap?.close();
  }
}

function notEmpty(blob: Blob): Blob {
  if (blob.size === 0) {
    throw new BrushworkError('empty-file');
  }
  return blob;
}
