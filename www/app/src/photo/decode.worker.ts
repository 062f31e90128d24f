// Decodes a photo off the main thread, upright, and shrinks it to the preview's size.

export interface DecodeRequest {
  readonly file: Blob;
  readonly maxPixels: number;
}

/** The picture, or nothing where the browser cannot read the file. */
export type DecodeAnswer = ImageBitmap | undefined;

async function decode({ file, maxPixels }: DecodeRequest): Promise<ImageBitmap> {
  const whole = await createImageBitmap(file);
  const scale = Math.min(1, Math.sqrt(maxPixels / (whole.width * whole.height)));
  const width = Math.max(1, Math.floor(whole.width * scale));
  const height = Math.max(1, Math.floor(whole.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) {
    throw new Error('no canvas');
  }
  // What is see-through becomes paper, as it does when it is painted.
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(whole, 0, 0, width, height);
  whole.close();
  return canvas.transferToImageBitmap();
}

addEventListener('message', async ({ data }: MessageEvent<DecodeRequest>) => {
  const bitmap: DecodeAnswer = await decode(data).catch(() => undefined);
  postMessage(bitmap, { transfer: bitmap ? [bitmap] : [] });
});
