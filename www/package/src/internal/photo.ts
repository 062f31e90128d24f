import { BrushworkError } from '../error.js';
import type { Photo } from '../options.js';
import { newContext } from './canvas.js';
import { Failure, inWords } from './failure.js';
import { imageData } from './pixels.js';
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
  const source = 'naturalWidth' in photo ? await loaded(photo) : await snapshot(photo);
  const [width, height] =
    'naturalWidth' in source
      ? [source.naturalWidth, source.naturalHeight]
      : [source.width, source.height];
  if (Math.min(width, height) === 0) {
    throw new Failure('not-a-picture');
  }
  const context = newContext(width, height);
  let pixels: ImageData;
  for (let tries = 1; ; tries += 1) {
    context.drawImage(source, 0, 0);
    pixels = imageData(context, width, height);
    if (tries === MOST_TRIES || isDrawn(pixels)) {
      break;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  // Browsers let go of a canvas late, and phones have little room for them.
  context.canvas.width = 1;
  context.canvas.height = 1;
  return pixels;
}

/** Whether anything was drawn. */
function isDrawn({ data }: ImageData): boolean {
  for (let alpha = 3; alpha < data.length; alpha += 4) {
    if (data[alpha] !== 0) {
      return true;
    }
  }
  return false;
}

async function loaded(image: HTMLImageElement): Promise<HTMLImageElement> {
  if (!image.complete) {
    // Or one that is off screen might never come.
    image.loading = 'eager';
    await new Promise((done) => {
      image.addEventListener('load', done, { once: true });
      image.addEventListener('error', done, { once: true });
    });
  }
  return image;
}

async function snapshot(photo: ImageBitmapSource): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(photo);
  } catch (error) {
    throw new Failure('not-a-picture', undefined, error);
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
