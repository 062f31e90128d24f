// Writes paintings into files off the main thread.
import { giveAnswer } from '../give-answer.js';

/** The picture's parts, since an ImageData is copied. */
export interface EncodeRequest extends Pick<ImageData, 'width' | 'height' | 'data'> {
  readonly type: string;
}

/** As the package has it, for JPEG. */
const QUALITY = 0.92;

giveAnswer<EncodeRequest, Blob>(async ({ width, height, data, type }) => {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.putImageData(new ImageData(data, width, height), 0, 0);
  return [await canvas.convertToBlob({ type, quality: QUALITY }), []];
});
