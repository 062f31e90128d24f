import puppeteer from 'puppeteer-core';
import { firefoxPath } from './paths.mjs';

/** Opens a page in Firefox. */
export async function openFirefox() {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath,
    headless: true,
  });
  const page = await browser.newPage();
  return {
    open: async (/** @type {string} */ url) => void (await page.goto(url)),
    run: (/** @type {Function | string} */ script, /** @type {unknown[]} */ ...args) =>
      page.evaluate(`(${script})(...${JSON.stringify(args)})`),
    close: () => browser.close(),
  };
}
