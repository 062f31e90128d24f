import puppeteer from 'puppeteer-core';
import { firefoxPath } from './paths.mjs';

/**
 * Opens a page in Firefox.
 *
 * @param {Record<string, unknown>} [preferences] those of `about:config` to set
 */
export async function openFirefox(preferences = {}) {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath,
    headless: true,
    extraPrefsFirefox: preferences,
  });
  const page = await browser.newPage();
  return {
    open: async (/** @type {string} */ url) => void (await page.goto(url)),
    run: (/** @type {Function | string} */ script, /** @type {unknown[]} */ ...args) =>
      page.evaluate(`(${script})(...${JSON.stringify(args)})`),
    close: () => browser.close(),
  };
}
