// How the tests of chaos interfere with a page: by a script of their own, before any of the page's.
import assert from 'node:assert/strict';
import { until } from './browsers.mjs';

/**
 * Has the server put a script at the head of the page. It stands before the page's policy, which
 * would not let it run.
 *
 * @param {import('./server.mjs').Server} server
 * @param {() => void} script
 * @param {(path: string, content: Buffer) => Buffer} [spoil] what else to change
 */
export function interfere(server, script, spoil = (_path, content) => content) {
  server.rewrite = (path, content) =>
    path.endsWith('/') || path.endsWith('.html')
      ? Buffer.from(String(content).replace('<head>', `<head><script>(${script})()</script>`))
      : spoil(path, content);
}

/** Nothing is there from before: neither files of a service worker, nor a photo and its style. */
export function withoutKeeping() {
  Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
  IDBFactory.prototype.open = () => {
    throw new DOMException('Refused.', 'SecurityError');
  };
}

/** Whole, a good way into it: the same every time. @param {Buffer} content */
export function garbled(content) {
  const spoiled = Buffer.from(content);
  let random = 1;
  for (let at = 0; at < spoiled.length; at += 1 + (random >>> 25)) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    spoiled[at] = Number(spoiled[at]) ^ (random >>> 16);
  }
  return spoiled;
}

/**
 * Waits for the end of a painting, whichever it is: `painted`, or the sentence that says what went
 * wrong.
 *
 * @param {import('./browsers.mjs').TestPage} page
 * @returns {Promise<string>}
 */
export function outcome(page) {
  return until(page, 'it is painted, or told why not', () => {
    const shown = (/** @type {string} */ selector) =>
      document.querySelector(selector)?.checkVisibility();
    if (shown('#problem')) {
      return document.querySelector('#problem p')?.textContent;
    }
    return shown('before-after .after') && !shown('#progress') && 'painted';
  });
}

/**
 * Tries again, as the page offers it, until it is painted. What was under way when the trouble ended
 * may fail once more.
 *
 * @param {import('./browsers.mjs').TestPage} page
 */
export async function tryAgain(page) {
  let end = '';
  for (let tries = 0; tries < 3 && end !== 'painted'; tries += 1) {
    await page.click('#problem .way-out');
    end = await outcome(page);
  }
  assert.equal(end, 'painted');
}
