// In the colours that a person sets for high contrast, all is to be seen, and what is chosen, too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseSample, chooseStyle, openCropper, openSaving, painted } from './app.mjs';
import { openChromium } from './chromium.mjs';
import { readPng } from './pictures.mjs';
import { visit } from './visit.mjs';

/**
 * What is seen of something: its commonest colour, and which share of it has another one.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} selector
 */
async function look(page, selector) {
  const { data } = readPng(await page.locator(selector).first().screenshot());
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const colour = data.subarray(at, at + 3).join();
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const [[ground = '', count = 0] = []] = [...counts].sort(([, one], [, other]) => other - one);
  return { ground, drawn: 1 - count / (data.length / 4) };
}

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`in high contrast, ${colorScheme}, sliders, switch and choices are seen`, async () => {
    await visit(openChromium, async ({ server, page: browser }) => {
      const { page } = browser;
      await page.emulateMedia({ forcedColors: 'active', colorScheme });
      await browser.open(server.url);
      const isDrawn = async (/** @type {string} */ selector, share = 0.05) => {
        const { drawn } = await look(page, selector);
        assert.ok(drawn > share, `of ${selector} only ${drawn} is drawn`);
      };
      const areApart = async (/** @type {string} */ chosen, /** @type {string} */ other) => {
        const grounds = [(await look(page, chosen)).ground, (await look(page, other)).ground];
        assert.notEqual(grounds[0], grounds[1], `${chosen} is like ${other}`);
      };
      await isDrawn('#choose');
      await chooseSample(browser, 'chelsea');
      await isDrawn('#strength');
      await chooseStyle(browser, 'scream');
      await painted(browser);
      await isDrawn('#strength');
      await isDrawn('#keep-colours');
      await areApart('[aria-pressed=true] .title', '[aria-pressed=false] .title');
      await areApart('#save', '#another');
      await openCropper(browser);
      await isDrawn('#straighten');
      await areApart('#ratios :checked + span', '#ratios :not(:checked) + span');
      await browser.click('#cropping [type=submit]');
      await openSaving(browser);
      await page.waitForSelector('#download[href]');
      await areApart('#formats :checked + span', '#formats :not(:checked) + span');
      assert.deepEqual(browser.messages, []);
    });
  });
}
