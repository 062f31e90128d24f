// One painting everywhere: the same pixels of three photos, painted by each engine in each browser and
// natively. Decoders are left out of it: they differ, and are looked at where the page is.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openChromium } from './chromium.mjs';
import { openFirefox } from './firefox.mjs';
import { root } from './paths.mjs';
import { difference, paintNatively, readPng, styleWeights } from './pictures.mjs';
import { serve } from './server.mjs';
import { openWebKit } from './webkit.mjs';
import { openWpe } from './wpe.mjs';

/** How far two paintings may be apart on average, in 255ths. */
const SAME = 2;

/** The photos, and how each is painted. */
const PHOTOS = { astronaut: 'starry-night', chelsea: 'udnie', coffee: 'great-wave' };

/** @type {Record<string, () => Promise<Pick<import('./browsers.mjs').TestPage, 'open' | 'run' | 'close'>>>} */
const engines = {
  Chromium: openChromium,
  WebKit: openWebKit,
  'WebKit without SIMD': () => openWebKit({ environment: { JSC_useWasmSIMD: '0' } }),
  Firefox: openFirefox,
  WPE: openWpe,
};

/** @typedef {import('./pictures.mjs').Picture} Picture */

describe('the same pixels become the same painting', () => {
  /** By engine, then by photo. @type {Record<string, Record<string, Picture>>} */
  const paintings = { 'the native engine': {} };
  const photos = Object.entries(PHOTOS).map(async ([photo, style]) => {
    const file = await readFile(join(root, `tests/golden/${photo}.png`));
    return { photo, style, pixels: readPng(file) };
  });

  test('in the native engine', async () => {
    for (const { photo, style, pixels } of await Promise.all(photos)) {
      const painting = await paintNatively(pixels, await styleWeights({ [style]: 1 }));
      assert.ok(difference(painting, pixels) > 10, `${photo} is not painted`);
      Object.assign(paintings['the native engine'] ?? {}, { [photo]: painting });
    }
  });

  for (const [name, open] of Object.entries(engines)) {
    test(`in ${name}`, async (context) => {
      const server = await serve('tests/browser/fixtures');
      server.mounts = { '/package/': join(root, 'dist/package') };
      const page = await open();
      /** @type {Record<string, Picture>} */
      const own = {};
      try {
        await page.open(server.url);
        for (const { photo, style, pixels } of await Promise.all(photos)) {
          own[photo] = await paintIn(page, pixels, style);
        }
      } finally {
        await page.close();
        server.close();
      }
      for (const [other, theirs] of Object.entries(paintings)) {
        const apart = Object.entries(own).map(([photo, painting]) => {
          return [photo, difference(painting, /** @type {Picture} */ (theirs[photo]))];
        });
        context.diagnostic(`to ${other}: ${apart.map(([, off]) => Number(off).toPrecision(2))}`);
        for (const [photo, off] of apart) {
          assert.ok(Number(off) <= SAME, `${photo}: ${off} of 255 from ${other}`);
        }
      }
      paintings[name] = own;
    });
  }
});

/**
 * @param {Pick<import('./browsers.mjs').TestPage, 'run'>} page
 * @param {Picture} photo
 * @param {string} style
 * @returns {Promise<Picture>}
 */
async function paintIn(page, { width, height, data }, style) {
  const base64 = await page.run(
    `async (width, height, style, encoded) => {
      const { Painter } = await import(location.origin + '/package/index.js');
      globalThis.painter ??= await Painter.load();
      const pixels = Uint8ClampedArray.from(atob(encoded), (letter) => letter.charCodeAt(0));
      const painting = await painter.paint(new ImageData(pixels, width, height), { style });
      let text = '';
      for (const byte of painting.toImageData().data) {
        text += String.fromCharCode(byte);
      }
      return btoa(text);
    }`,
    width,
    height,
    style,
    Buffer.from(data).toString('base64'),
  );
  return { width, height, data: Buffer.from(base64, 'base64') };
}
