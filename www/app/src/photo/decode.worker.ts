// Decodes photos off the main thread.
import { type Decoded, type DecodeRequest, decodeHere } from './decode-here.js';

/** The picture, or nothing where the browser cannot read the file. */
export type DecodeAnswer = Decoded | undefined;

addEventListener('message', async ({ data }: MessageEvent<DecodeRequest>) => {
  const answer: DecodeAnswer = await decodeHere(data).catch(() => undefined);
  postMessage(answer, { transfer: answer ? [answer.picture.data.buffer] : [] });
});
