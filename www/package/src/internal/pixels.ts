import { BrushworkError } from '../error.js';
import type { Rectangle } from '../options.js';
import type { Pixels, SendablePhoto } from './protocol.js';

const SMALLEST_SIDE = 8;

/** Decodes the photo upright, cut and shrunk as the recipe asks. */
export async function readPixels(
  photo: SendablePhoto,
  crop: Rectangle | undefined,
  maxPixels: number,
): Promise<Pixels> {
  if (photo instanceof ImageData && crop === undefined && fits(photo, maxPixels)) {
    return { width: photo.width, height: photo.height, data: photo.data as Pixels['data'] };
  }
  const bitmap = await decode(photo);
  const area = crop === undefined ? wholeOf(bitmap) : overlap(crop, wholeOf(bitmap));
  const scale = Math.min(1, Math.sqrt(maxPixels / (area.width * area.height)));
  const width = Math.floor(area.width * scale);
  const height = Math.floor(area.height * scale);
  if (Math.min(width, height) < SMALLEST_SIDE) {
    bitmap.close();
    throw new BrushworkError('too-small', `${width} by ${height}`);
  }
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) {
    throw new BrushworkError('no-memory', `${width} by ${height}`);
  }
  // What is see-through becomes paper, not black.
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  // Cropped here and not by createImageBitmap, whose rectangle goes wrong on EXIF-rotated photos.
  context.drawImage(bitmap, area.x, area.y, area.width, area.height, 0, 0, width, height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, data: data as Pixels['data'] };
}

/** Whether these pixels can be painted just as they are, which saves three copies of them. */
function fits({ width, height, data }: ImageData, maxPixels: number): boolean {
  if (width * height > maxPixels || Math.min(width, height) < SMALLEST_SIDE) {
    return false;
  }
  for (let alpha = 3; alpha < data.length; alpha += 4) {
    if (data[alpha] !== 255) {
      return false;
    }
  }
  return true;
}

/** Browsers apply the EXIF orientation while they decode. */
async function decode(photo: SendablePhoto): Promise<ImageBitmap> {
  try {
    return photo instanceof ImageBitmap ? photo : await createImageBitmap(photo);
  } catch (error) {
    throw new BrushworkError('not-a-picture', undefined, error);
  }
}

function wholeOf({ width, height }: ImageBitmap): Rectangle {
  return { x: 0, y: 0, width, height };
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
