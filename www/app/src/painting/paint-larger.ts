import { BrushworkError, type Painting, type Progress } from 'brushwork';
import { decode } from '../photo/decode.js';
import type { Result } from '../state.js';
import { paintOptions } from './paint.js';
import { previewPainter } from './painter.js';

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
  signal.throwIfAborted();
  const painter = await previewPainter();
  return painter.paint(source, { ...options, maxPixels, signal, onProgress });
}
