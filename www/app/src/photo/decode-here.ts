// Decodes a photo in the thread at hand: upright, cropped, and shrunk.
import { letGo } from '../canvas.js';
import type { Crop } from '../crop/geometry.js';

export interface DecodeRequest {
  readonly file: Blob;
  readonly crop?: Crop | undefined;
  /** The picture's long side at most, in pixels. */
  readonly maxSide?: number;
  /** How many pixels it may have at most. */
  readonly maxPixels?: number;
}

export interface Decoded {
  readonly picture: ImageData;
  /** How many pixels the photo has in the file, inside the crop. */
  readonly fullPixels: number;
}

/** The photo as the browser has read it, and how to let go of it. */
export interface Source {
  readonly image: CanvasImageSource;
  readonly width: number;
  readonly height: number;
  letGo(): void;
}

/**
 * @param read reads the file, and rejects where the browser cannot
 * @returns nothing where the browser cannot read the file
 * @throws where there is not the memory for it
 */
export async function decodeHere(
  { file, ...request }: DecodeRequest,
  read: (file: Blob) => Promise<Source> = asBitmap,
): Promise<Decoded | undefined> {
  const source = await read(file).catch(() => undefined);
  if (source === undefined) {
    return undefined;
  }
  try {
    return drawn(source, request);
  } finally {
    source.letGo();
  }
}

async function asBitmap(file: Blob): Promise<Source> {
  const image = await createImageBitmap(file);
  const { width, height } = image;
  return { image, width, height, letGo: () => image.close() };
}

/** A picture that is there, cropped and shrunk as asked. */
export function drawn(
  whole: Omit<Source, 'letGo'>,
  {
    crop,
    maxSide = Number.POSITIVE_INFINITY,
    maxPixels = Number.POSITIVE_INFINITY,
  }: Omit<DecodeRequest, 'file'>,
): Decoded {
  const frame = {
    width: whole.width * (crop?.width ?? 1),
    height: crop ? whole.width * crop.height : whole.height,
  };
  const scale = Math.min(
    1,
    maxSide / Math.max(frame.width, frame.height),
    Math.sqrt(maxPixels / (frame.width * frame.height)),
  );
  // Half a pixel lost in arithmetic is not a pixel lost.
  const width = Math.max(1, Math.floor(frame.width * scale + 1e-6));
  const height = Math.max(1, Math.floor(frame.height * scale + 1e-6));
  const context = newContext(width, height);
  if (context === null) {
    throw new Error('no canvas');
  }
  // What is see-through becomes paper, as it does when it is painted.
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  if (crop) {
    const [a, b, c, d, e, f] = crop.matrix;
    context.scale(width / frame.width, height / frame.height);
    context.transform(a, b, c, d, e * whole.width, f * whole.width);
    context.drawImage(whole.image, 0, 0);
  } else {
    context.drawImage(whole.image, 0, 0, width, height);
  }
  const picture = context.getImageData(0, 0, width, height);
  letGo(context.canvas);
  return { picture, fullPixels: Math.round(frame.width * frame.height) };
}

/** Browsers before Safari 16.4 have canvases on the main thread only. */
function newContext(
  width: number,
  height: number,
): CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null {
  const settings: CanvasRenderingContext2DSettings = { willReadFrequently: true };
  if (typeof OffscreenCanvas === 'function') {
    return new OffscreenCanvas(width, height).getContext('2d', settings);
  }
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas.getContext('2d', settings);
}
