import { BrushworkError, type Painting, type Progress } from 'brushwork';
import { decode } from '../photo/decode.js';
import type { Result } from '../state.js';
import { paintOptions } from './paint.js';
import { previewPainter } from './painter.js';
import { markFinished, markStarted } from './unfinished.js';

/** The largest canvas that an iPhone has, in pixels. */
export const LARGEST = 4096 * 4096;

/** The same painting from the photo's own pixels, of at most `maxPixels`. */
export async function paintLarger(
  { photo, settings }: Result,
  maxPixels: number,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Painting> {
  const options = paintOptions(settings);
  if (options === undefined) {
    throw new BrushworkError('unknown-style');
  }
  const { file, crop } = photo;
  // Whole, the painter's own worker reads it: so many pixels are copied slowly.
  const source = crop ? (await decode({ file, crop, maxPixels })).picture : file;
  const painter = await previewPainter();
  signal.throwIfAborted();
  markStarted('larger');
  try {
    return await painter.paint(source, { ...options, maxPixels, signal, onProgress });
  } finally {
    markFinished();
  }
}
