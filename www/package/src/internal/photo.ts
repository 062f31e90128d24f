import { BrushworkError } from '../error.js';
import type { Photo } from '../options.js';
import { newContext } from './canvas.js';
import { download } from './download.js';
import { Failure, inWords } from './failure.js';
import { imageData } from './pixels.js';
import type { SendablePhoto } from './protocol.js';

/** Turns whatever the page holds the photo in into something that can be posted to a worker. */
export async function sendable(photo: Photo, signal?: AbortSignal): Promise<SendablePhoto> {
  if (typeof photo === 'string' || photo instanceof URL) {
    return notEmpty(await download(photo, (response) => response.blob(), signal));
  }
  if (photo instanceof Blob) {
    return notEmpty(photo);
  }
  if (photo instanceof ImageData) {
    return photo;
  }
  return inWords(() => pixelsOf(photo));
}

/** How often a picture that comes out empty is drawn again. */
const MOST_TRIES = 10;

/**
 * The pixels of what only the page can look at. They are read here and sent as they are: WebKit now
 * and then loses those of a bitmap on its way to a worker. Of a picture that it is about to show, it
 * draws nothing while it decodes it for the screen.
 */
async function pixelsOf(photo: Exclude<Photo, Blob | ImageData | URL | string>) {
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
  const source = image ?? (await createImageBitmap(photo).catch(() => undefined));
  const width = image?.naturalWidth ?? source?.width;
  const height = image?.naturalHeight ?? source?.height;
  if (!source || !width || !height) {
    throw new Failure('not-a-picture');
  }
  const context = newContext(width, height);
  for (let tries = 0; ; tries += 1) {
    context.drawImage(source, 0, 0);
    const pixels = imageData(context, width, height);
    if (tries === MOST_TRIES || pixels.data.some(Boolean)) {
      return pixels;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}

function notEmpty(blob: Blob): Blob {
  if (blob.size === 0) {
    throw new BrushworkError('empty-file');
  }
  return blob;
}
