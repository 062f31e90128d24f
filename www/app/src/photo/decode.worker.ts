// Decodes photos off the main thread.
import { type Decoded, type DecodeRequest, decodeHere } from './decode-here.js';

/** The picture's parts, since an ImageData is copied; or nothing where the browser cannot read the file. */
export type DecodeAnswer =
  | (Omit<Decoded, 'picture'> & Pick<ImageData, 'width' | 'height' | 'data'>)
  | undefined;

addEventListener('message', async ({ data: request }: MessageEvent<DecodeRequest>) => {
  const decoded = await decodeHere(request).catch(() => undefined);
  if (decoded === undefined) {
    postMessage(undefined);
    return;
  }
  const { fullPixels, picture } = decoded;
  const { width, height, data } = picture;
  const answer: DecodeAnswer = { fullPixels, width, height, data };
  postMessage(answer, { transfer: [data.buffer] });
});
