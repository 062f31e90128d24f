import { BrushworkError } from '../error.js';

type Context = OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D;

/** Safari has no `OffscreenCanvas` before 16.4: there, a page's own canvas does its work. */
export const hasOffscreenCanvas = typeof OffscreenCanvas !== 'undefined';

/** Told by the build, so that the worker's script is without what only pages do. */
declare const IN_WORKER: boolean;

/**
 * A canvas to draw on.
 *
 * @throws {BrushworkError} `no-memory` when the browser has none of this size
 */
export function newContext(width: number, height: number): Context {
  const canvas =
    IN_WORKER || hasOffscreenCanvas
      ? new OffscreenCanvas(width, height)
      : Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true }) as Context | null;
  // Past its limit, Safari gives a canvas on which nothing can be drawn: on iPhones 16,777,216 pixels.
  context?.fillRect(0, 0, 1, 1);
  if (!context?.getImageData(0, 0, 1, 1).data[3]) {
    throw new BrushworkError('no-memory', `${width} by ${height}`);
  }
  context.clearRect(0, 0, 1, 1);
  return context;
}

/**
 * What was drawn, as pixels. The canvas is used up.
 *
 * @throws {BrushworkError} `cross-origin` where the page may not read what was drawn, or `no-memory`
 */
export function drawn(context: Context): ImageData {
  const { width, height } = context.canvas;
  try {
    return context.getImageData(0, 0, width, height);
  } catch (error) {
    const hidden = error instanceof DOMException && error.name === 'SecurityError';
    throw new BrushworkError(hidden ? 'cross-origin' : 'no-memory', `${width} by ${height}`, error);
  } finally {
    letGo(context);
  }
}

/**
 * What was drawn, as a file. The canvas is used up.
 *
 * @throws {BrushworkError} `no-memory` when the browser cannot write one of this size
 */
export async function fileOf(context: Context, type: string, quality: number): Promise<Blob> {
  const { canvas } = context;
  const { width, height } = canvas;
  try {
    if ('convertToBlob' in canvas) {
      return await canvas.convertToBlob({ type, quality });
    }
    return await new Promise((done, fail) => {
      canvas.toBlob((blob) => (blob ? done(blob) : fail()), type, quality);
    });
  } catch (error) {
    throw new BrushworkError('no-memory', `${width} by ${height}`, error);
  } finally {
    letGo(context);
  }
}

/** Browsers let go of a canvas late, and phones have little room for them. */
function letGo({ canvas }: Context): void {
  canvas.width = 1;
  canvas.height = 1;
}
