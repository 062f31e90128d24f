import { letGo } from '../canvas.js';

/** A canvas of an iPhone has no more pixels, and files are written by way of a canvas. */
const ON_EVERY_DEVICE = 4096 * 4096;

/** The memory, in GB, of devices for which the files may be larger: they take up to 2 GB while they are made. */
const ENOUGH_MEMORY = 8;

/** The engine paints no more. */
const BY_THE_ENGINE = 2 ** 26;

/** How many times the photo's pixels a poster has, at most: what is enlarged more has little of the photo. */
const POSTER = 16;

/** A poster is offered where it is so many times as large as the photo, or more. */
const WORTH_A_POSTER = 2;

let known: number | undefined;

/** How many pixels a file can have here at most, of a photo that has so many. */
export function largest(photoPixels: number): number {
  if (photoPixels <= ON_EVERY_DEVICE) {
    return ON_EVERY_DEVICE;
  }
  known ??= isRoomy() ? BY_THE_ENGINE : ON_EVERY_DEVICE;
  return known;
}

/** How many pixels a poster of a photo has, larger than the photo; nothing where it has enough itself. */
export function poster(photoPixels: number): number | undefined {
  const pixels = Math.min(POSTER * photoPixels, ON_EVERY_DEVICE);
  return pixels >= WORTH_A_POSTER * photoPixels ? pixels : undefined;
}

/** Chromium, whose canvases are all large, tells how much memory there is: 8 GB, where there is more. */
function isRoomy(): boolean {
  const { deviceMemory } = navigator as { deviceMemory?: number };
  return deviceMemory === undefined ? hasLargerCanvases() : deviceMemory >= ENOUGH_MEMORY;
}

/** Past its limit Safari gives a canvas on which nothing can be drawn. */
function hasLargerCanvases(): boolean {
  const canvas = document.createElement('canvas');
  canvas.width = 4096;
  canvas.height = 4097;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.fillRect(0, 0, 1, 1);
  const drawn = context?.getImageData(0, 0, 1, 1).data[3];
  letGo(canvas);
  return Boolean(drawn);
}
