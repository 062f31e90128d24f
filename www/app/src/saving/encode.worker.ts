// Writes paintings into files off the main thread.

/** The picture's parts, since an ImageData is copied. */
export interface EncodeRequest extends Pick<ImageData, 'width' | 'height' | 'data'> {
  readonly type: string;
}

/** The file, or nothing where the browser cannot write it. */
export type EncodeAnswer = Blob | undefined;

/** As the package has it, for JPEG. */
const QUALITY = 0.92;

addEventListener('message', async ({ data: request }: MessageEvent<EncodeRequest>) => {
  const answer: EncodeAnswer = await encoded(request).catch(() => undefined);
  postMessage(answer);
});

async function encoded({ width, height, data, type }: EncodeRequest): Promise<EncodeAnswer> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas.convertToBlob({ type, quality: QUALITY });
}
