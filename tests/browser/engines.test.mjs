// One painting in each engine that the other tests leave out, in WebKit as harder phones have it, and in
// private windows (Chromium's tests are all in one).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './browsers.mjs';
import { openFirefox } from './firefox.mjs';
import { difference, paintNatively, readPng, styleWeights } from './pictures.mjs';
import { visit } from './visit.mjs';
import { openWebKit } from './webkit.mjs';
import { openWpe } from './wpe.mjs';

const STYLE = 'great-wave';

/**
 * Every browser decodes the JPEG a little differently, so the native engine paints what this one made
 * of it.
 *
 * @param {string} selector of a canvas
 */
const pixels = (selector) => {
  const canvas = document.querySelector(selector);
  return canvas instanceof HTMLCanvasElement && canvas.toDataURL();
};

/** @param {string} url */
const picture = (url) => readPng(Buffer.from(String(url.split(',')[1]), 'base64'));

/** @type {Record<string, () => Promise<Pick<import('./browsers.mjs').TestPage, 'open' | 'run' | 'close'>>>} */
const engines = {
  Firefox: () => openFirefox(),
  'Firefox in private browsing': () => openFirefox({ 'browser.privatebrowsing.autostart': true }),
  'WPE, an old iPhone’s engine': openWpe,
  'WebKit in private browsing': () => openWebKit({ environment: { WEBKIT_PRIVATE: '1' } }),
  'WebKit without SIMD': () => openWebKit({ environment: { JSC_useWasmSIMD: '0' } }),
};

for (const [name, open] of Object.entries(engines)) {
  test(`the page paints in ${name}`, async (context) => {
    await visit(open, async ({ server, page }) => {
      await page.open(server.url);
      await until(
        page,
        'the samples are there',
        () => document.querySelector('#samples li:nth-child(2) button') !== null,
      );
      await page.run(() => {
        const cat = document.querySelector('#samples li:nth-child(2) button');
        if (cat instanceof HTMLElement) {
          cat.click();
        }
      });
      await until(
        page,
        'the photo is there',
        () => document.querySelector('#studio:not([hidden])') !== null,
      );
      await page.run((/** @type {string} */ style) => {
        const tile = document.querySelector(`#styles button[data-style="${style}"]`);
        if (tile instanceof HTMLElement) {
          tile.click();
        }
      }, STYLE);
      await until(page, 'the painting is done', () => {
        const problem = document.querySelector('#problem:not([hidden]) p');
        if (problem) {
          throw new Error(String(problem.textContent));
        }
        return (
          document.querySelector('before-after .after:not([hidden])') !== null &&
          document.querySelector('#progress[hidden]') !== null
        );
      });
      const photo = picture(await page.run(pixels, 'before-after .before'));
      const painting = picture(await page.run(pixels, 'before-after .after'));
      assert.deepEqual([painting.width, painting.height], [451, 300]);
      const native = await paintNatively(photo, await styleWeights({ [STYLE]: 1 }));
      const off = difference(painting, native);
      context.diagnostic(`${off} from the native painting`);
      assert.ok(off <= 2, `${off} from the native painting`);
    });
  });
}
