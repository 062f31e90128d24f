import { BrushworkError, type Painting, type Progress } from 'brushwork';
import { decode } from '../photo/decode.js';
import type { Result } from '../state.js';
import { paintOptions } from './paint.js';
import { previewPainter } from './painter.js';

/** How many pixels a painting has at most; as many, if the photo is enlarged for it. */
export interface Size {
  readonly maxPixels: number;
  readonly enlarged: boolean;
}

/** Wider than any picture: with it, the number of pixels alone decides. */
const ANY_WIDTH = { width: 2 ** 26 };

/** The same painting from the photo's own pixels. */
export async function paintLarger(
  { photo, settings }: Result,
  { maxPixels, enlarged }: Size,
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
  const size = enlarged ? ANY_WIDTH : undefined;
  return painter.paint(source, { ...options, size, maxPixels, signal, onProgress });
}
