import { Failure } from './failure.js';

type Context = OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D;

/** Safari has no `OffscreenCanvas` before 16.4: there, a page's own canvas does its work. */
export const hasOffscreenCanvas = typeof OffscreenCanvas !== 'undefined';

/**
 * A canvas to draw on.
 *
 * @throws {Failure} `no-memory` when the browser has none of this size
 */
export function newContext(width: number, height: number): Context {
  let context: Context | null = null;
  if (hasOffscreenCanvas) {
    context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  } else {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    context = canvas.getContext('2d');
  }
  // Past its limit, Safari gives a canvas on which nothing can be drawn: on iPhones 16,777,216 pixels.
  context?.fillRect(0, 0, 1, 1);
  if (!context?.getImageData(0, 0, 1, 1).data[3]) {
    throw new Failure('no-memory', `${width} by ${height}`);
  }
  context.clearRect(0, 0, 1, 1);
  return context;
}

/**
 * What was drawn, as a file.
 *
 * @throws {Failure} `no-memory` when the browser cannot write one of this size
 */
export async function fileOf({ canvas }: Context, type: string, quality: number): Promise<Blob> {
  const { width, height } = canvas;
  try {
    if ('convertToBlob' in canvas) {
      return await canvas.convertToBlob({ type, quality });
    }
    return await new Promise((done, fail) => {
      canvas.toBlob((blob) => (blob ? done(blob) : fail()), type, quality);
    });
  } catch (error) {
    throw new Failure('no-memory', `${width} by ${height}`, error);
  } finally {
    // Browsers let go of a canvas late, and phones have little room for them.
    canvas.width = 1;
    canvas.height = 1;
  }
}
