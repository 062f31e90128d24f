// Pictures as plain pixels: reading, writing, turning, comparing, and the native engine.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PNG } from 'pngjs';
import { nativePaintPath, root } from './paths.mjs';

/** @typedef {{ width: number, height: number, data: Uint8Array }} Picture RGBA, 8 bits each */

/** @param {Buffer} bytes @returns {Picture} */
export function readPng(bytes) {
  return PNG.sync.read(bytes);
}

/** @param {Picture} picture @returns {Buffer} */
export function writePng({ width, height, data }) {
  const png = new PNG({ width, height });
  png.data = Buffer.from(data);
  return PNG.sync.write(png);
}

/**
 * Decodes a picture file with the page's own browser.
 *
 * @param {import('./browsers.mjs').TestPage} page
 * @param {Buffer} file
 * @param {number} [wanted] the width to shrink it to
 * @returns {Promise<Picture & { from: { width: number, height: number } }>} `from`: the file's size
 */
export async function decodeInBrowser(page, file, wanted) {
  const { base64, ...decoded } = await page.run(
    async (/** @type {string} */ encoded, /** @type {number | null} */ shrunk) => {
      const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const from = { width: bitmap.width, height: bitmap.height };
      const width = shrunk ?? from.width;
      const height = Math.round((from.height * width) / from.width);
      /** @param {CanvasImageSource} source @param {number} across @param {number} down */
      const drawn = (source, across, down) => {
        const canvas = new OffscreenCanvas(across, down);
        canvas.getContext('2d')?.drawImage(source, 0, 0, across, down);
        return canvas;
      };
      /** @type {ImageBitmap | OffscreenCanvas} */
      let source = bitmap;
      // By halves: not every browser looks at all the pixels when it shrinks by more.
      while (source.width > 2 * width) {
        source = drawn(source, Math.ceil(source.width / 2), Math.ceil(source.height / 2));
      }
      const context = drawn(source, width, height).getContext('2d');
      const pixels = context?.getImageData(0, 0, width, height).data ?? [];
      let text = '';
      for (let start = 0; start < pixels.length; start += 0x8000) {
        text += String.fromCharCode(...pixels.slice(start, start + 0x8000));
      }
      return { width, height, from, base64: btoa(text) };
    },
    file.toString('base64'),
    wanted ?? null,
  );
  return { ...decoded, data: Buffer.from(base64, 'base64') };
}

/**
 * What a canvas of the page shows.
 *
 * @param {import('./browsers.mjs').TestPage} page
 * @param {string} selector
 * @returns {Promise<Picture>}
 */
export async function drawnOn(page, selector) {
  const url = await page.run((/** @type {string} */ wanted) => {
    const canvas = document.querySelector(wanted);
    return canvas instanceof HTMLCanvasElement && canvas.toDataURL();
  }, selector);
  return readPng(Buffer.from(url.split(',')[1], 'base64'));
}

/** As EXIF numbers the ways in which a camera may have been held: what makes its picture upright. */
export const orientations = /** @type {Record<number, (picture: Picture) => Picture>} */ ({
  1: (picture) => picture,
  2: (picture) => mirrored(picture),
  3: (picture) => turned(turned(picture)),
  4: (picture) => mirrored(turned(turned(picture))),
  5: (picture) => mirrored(turned(picture)),
  6: (picture) => turned(picture),
  7: (picture) => mirrored(turned(turned(turned(picture)))),
  8: (picture) => turned(turned(turned(picture))),
});

/**
 * A JPEG that says in its EXIF data how it becomes upright, as phones write it.
 *
 * @param {Buffer} jpeg one without EXIF data
 * @param {number} orientation 1 to 8
 */
export function withExifOrientation(jpeg, orientation) {
  const tiff = Buffer.from([
    ...Buffer.from('MM\0*'),
    ...[0, 0, 0, 8],
    ...[0, 1],
    ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0],
    ...[0, 0, 0, 0],
  ]);
  const content = Buffer.concat([Buffer.from('Exif\0\0'), tiff]);
  const header = Buffer.from([0xff, 0xe1, 0, content.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), header, content, jpeg.subarray(2)]);
}

/** @param {Picture} picture @returns {Picture} turned by 90 degrees clockwise */
export function turned({ width, height, data }) {
  const result = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = (y * width + x) * 4;
      const to = (x * height + (height - 1 - y)) * 4;
      result.set(data.subarray(from, from + 4), to);
    }
  }
  return { width: height, height: width, data: result };
}

/** @param {Picture} picture @returns {Picture} with left and right exchanged */
export function mirrored({ width, height, data }) {
  const result = new Uint8Array(data.length);
  for (let at = 0; at < width * height; at += 1) {
    const across = at - (at % width) + (width - 1 - (at % width));
    result.set(data.subarray(at * 4, at * 4 + 4), across * 4);
  }
  return { width, height, data: result };
}

/**
 * @param {Picture} picture
 * @param {{ x: number, y: number }} from the part's left upper corner, to the nearest pixel
 * @param {{ width: number, height: number }} size
 * @returns {Picture}
 */
export function part({ width: whole, data }, { x, y }, { width, height }) {
  const [left, top] = [Math.round(x), Math.round(y)];
  const result = new Uint8Array(width * height * 4);
  for (let row = 0; row < height; row += 1) {
    const start = ((top + row) * whole + left) * 4;
    result.set(data.subarray(start, start + width * 4), row * width * 4);
  }
  return { width, height, data: result };
}

/** @param {Picture} a @param {Picture} b @returns {number} mean difference of the colours, in 255ths */
export function difference(a, b) {
  if (a.width !== b.width || a.height !== b.height) {
    throw new Error(`${a.width} by ${a.height} against ${b.width} by ${b.height}`);
  }
  let sum = 0;
  for (let i = 0; i < a.data.length; i += 1) {
    if (i % 4 !== 3) {
      sum += Math.abs(Number(a.data[i]) - Number(b.data[i]));
    }
  }
  return sum / (a.width * a.height * 3);
}

/**
 * Weights in the order of the model's styles.
 *
 * @param {Record<string, number>} parts by style
 */
export async function styleWeights(parts) {
  /** @type {{ id: string }[]} */
  const styles = JSON.parse(await readFile(join(root, 'models/styles.json'), 'utf8'));
  return styles.map(({ id }) => parts[id] ?? 0);
}

/**
 * What the native engine makes of the same pixels.
 *
 * @param {Picture} photo
 * @param {number[]} weights
 * @param {number} strength
 * @returns {Promise<Picture>}
 */
export async function paintNatively(photo, weights, strength = 1) {
  const folder = await mkdtemp(join(tmpdir(), 'brushwork-native-'));
  try {
    const input = join(folder, 'in.png');
    const output = join(folder, 'out.png');
    await writeFile(input, writePng(photo));
    await promisify(execFile)(nativePaintPath, [
      ...['--weights', weights.join(',')],
      ...['--strength', String(strength)],
      input,
      output,
    ]);
    return readPng(await readFile(output));
  } finally {
    await rm(folder, { recursive: true });
  }
}
