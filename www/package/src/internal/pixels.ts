import { BrushworkError } from '../error.js';
import type { Rectangle } from '../options.js';
import { drawn, newContext } from './canvas.js';
import type { Area, Pixels, SendablePhoto } from './protocol.js';

const SMALLEST_SIDE = 8;
/** The engine paints no more; WebKit would take minutes to find no memory for some of what is larger. */
const MOST_PIXELS = 2 ** 26;

/** Decodes the photo upright, cut and resized as asked. */
export async function readPixels(
  photo: SendablePhoto,
  { crop, size, maxPixels }: Area,
): Promise<ImageData> {
  const bitmap = await decode(photo);
  try {
    const whole = { x: 0, y: 0, width: bitmap.width, height: bitmap.height };
    const cut = crop ? overlap(crop, whole) : whole;
    const [width, height] = sizeOf(cut, size, maxPixels);
    const tooSmall = Math.min(width, height) < SMALLEST_SIDE;
    if (tooSmall || width * height > MOST_PIXELS) {
      throw new BrushworkError(tooSmall ? 'too-small' : 'too-large', `${width} by ${height}`);
    }
    const context = newContext(width, height);
    // What is see-through becomes paper, not black.
    context.fillStyle = 'white';
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = 'high';
    // Cropped here and not by createImageBitmap, whose rectangle goes wrong on EXIF-rotated photos.
    context.drawImage(bitmap, cut.x, cut.y, cut.width, cut.height, 0, 0, width, height);
    return drawn(context);
  } finally {
    bitmap.close();
  }
}

/** Not an `ImageData`: only its buffer can be handed over. */
export function pixelsOf({ width, height, data }: ImageData): Pixels {
  return { width, height, data: data as Pixels['data'] };
}

/**
 * Frees the memory of pixels that are needed no longer; browsers take their time over it. Safari does it
 * since 17.4.
 */
export function letGo({ data }: Pixels): void {
  // Not again.
  if (data.length > 0) {
    (data.buffer as ArrayBuffer & { transfer?(length: number): void }).transfer?.(0);
  }
}

/** Whether these pixels can be painted just as they are, which saves three copies of them. */
export function isReady(photo: SendablePhoto, { crop, size, maxPixels }: Area): photo is ImageData {
  if (!(photo instanceof ImageData) || crop || size || photo.width * photo.height > maxPixels) {
    return false;
  }
  const { width, height, data } = photo;
  for (let alpha = 3; alpha < data.length; alpha += 4) {
    if (data[alpha] !== 255) {
      return false;
    }
  }
  return Math.min(width, height) >= SMALLEST_SIDE;
}

/** The width and height of a picture of this area that fills the frame and keeps its shape. */
function sizeOf(area: Rectangle, frame: Area['size'], maxPixels: number): [number, number] {
  if (area.width * area.height === 0) {
    return [0, 0];
  }
  const wished = frame ? Math.min(frame.width / area.width, frame.height / area.height) : 1;
  const scale = Math.min(wished, Math.sqrt(maxPixels / (area.width * area.height)));
  // A little more, lest the arithmetic take a pixel away from a side that comes out even.
  return [Math.floor(area.width * scale + 1e-6), Math.floor(area.height * scale + 1e-6)];
}

/** Browsers apply the EXIF orientation while they decode. */
async function decode(photo: SendablePhoto): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(photo);
  } catch (error) {
    throw new BrushworkError('not-a-picture', undefined, error);
  }
}

function overlap(a: Rectangle, b: Rectangle): Rectangle {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(0, Math.min(a.x + a.width, b.x + b.width) - x),
    height: Math.max(0, Math.min(a.y + a.height, b.y + b.height) - y),
  };
}
