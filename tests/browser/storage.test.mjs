// Where the browser keeps nothing, the page paints all the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choosePhoto, chooseStyle, painted, save } from './app.mjs';
import { until } from './browsers.mjs';
import { openChromium } from './chromium.mjs';
import { photoFiles } from './photos.mjs';
import { visit } from './visit.mjs';

/** @typedef {Awaited<ReturnType<typeof openChromium>>} Browser */

/** @param {Browser} browser */
async function paintsAll(browser) {
  const files = photoFiles();
  try {
    await choosePhoto(browser, files.plain);
    await chooseStyle(browser, 'scream');
    await painted(browser);
    const { name } = await save(browser, 'image/jpeg');
    assert.equal(name, 'plain-scream.jpg');
    await browser.click('#forget');
    await until(browser, 'the first view is back', () =>
      document.querySelector('#welcome')?.checkVisibility(),
    );
  } finally {
    files.remove();
  }
}

const offlinePromised = () => document.querySelector('#offline')?.classList.contains('ready');

test('storage full: the page paints, and does not claim to work offline', async () => {
  await visit(openChromium, async ({ server, page: browser }) => {
    const devtools = await browser.page.context().newCDPSession(browser.page);
    const { origin } = server;
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 100_000 });
    await browser.open(server.url);
    await paintsAll(browser);
    assert.equal(await browser.run(offlinePromised), false);
    assert.deepEqual(browser.messages, []);
  });
});

test('no IndexedDB, no localStorage, no service worker, as in private windows: the page paints', async () => {
  await visit(openChromium, async ({ server, page: browser }) => {
    await browser.page.addInitScript(() => {
      const missing = { get: () => undefined };
      const forbidden = {
        get() {
          throw new DOMException('', 'SecurityError');
        },
      };
      Object.defineProperty(globalThis, 'indexedDB', missing);
      Object.defineProperty(globalThis, 'localStorage', forbidden);
      Object.defineProperty(globalThis, 'caches', missing);
      Object.defineProperty(Navigator.prototype, 'serviceWorker', missing);
      Object.defineProperty(Navigator.prototype, 'storage', missing);
    });
    await browser.open(server.url);
    await paintsAll(browser);
    assert.equal(await browser.run(offlinePromised), false);
    assert.deepEqual(browser.messages, []);
  });
});
