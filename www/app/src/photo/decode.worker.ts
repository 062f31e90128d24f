// Decodes photos off the main thread.
import { giveAnswer } from '../give-answer.js';
import { type Decoded, type DecodeRequest, decodeHere } from './decode-here.js';

/** The picture's parts, since an ImageData is copied; or nothing where the browser cannot read the file. */
export type DecodeAnswer =
  | (Omit<Decoded, 'picture'> & Pick<ImageData, 'width' | 'height' | 'data'>)
  | undefined;

giveAnswer<DecodeRequest, DecodeAnswer>(async (request) => {
  const decoded = await decodeHere(request);
  if (decoded === undefined) {
    return [undefined, []];
  }
  const { fullPixels, picture } = decoded;
  const { width, height, data } = picture;
  return [{ fullPixels, width, height, data }, [data.buffer]];
});
