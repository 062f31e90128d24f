// Nothing leaves the device: every request of a whole visit, as a proxy sees it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  choosePhoto,
  chooseSample,
  chooseStyle,
  openCropper,
  painted,
  readyOffline,
  save,
} from './app.mjs';
import { until } from './browsers.mjs';
import { openChromium } from './chromium.mjs';
import { photoFiles } from './photos.mjs';
import { serve } from './server.mjs';
import { visit } from './visit.mjs';

test('the page asks for its own files only, and for none at all once it is ready offline', async () => {
  const server = await serve();
  const files = photoFiles();
  // The server is the browser's proxy for every address, its own included.
  const browser = await openChromium({ proxy: server.origin });
  try {
    await browser.open(server.url);
    await readyOffline(browser);
    const site = (/** @type {string} */ url) => url.startsWith(server.url);
    assert.deepEqual(
      server.requests.filter((url) => !site(url)),
      [],
    );
    assert.ok(server.requests.length > 5, 'the proxy saw the page come');

    const before = server.requests.length;
    await chooseSample(browser, 'astronaut');
    await choosePhoto(browser, files.plain);
    await openCropper(browser);
    await browser.click('#mirror');
    await browser.click('#crop-done');
    await chooseStyle(browser, 'great-wave');
    await painted(browser);
    await save(browser, 'image/jpeg');
    await browser.click('#forget');
    await until(browser, 'the first view is back', () =>
      document.querySelector('#welcome')?.checkVisibility(),
    );
    // Every now and then the browser by itself looks for a new version of the service worker.
    const later = server.requests
      .slice(before)
      .filter((url) => !url.endsWith('/service-worker.js'));
    assert.deepEqual(later, []);
    assert.deepEqual(browser.messages, []);
  } finally {
    await browser.close();
    server.close();
    files.remove();
  }
});

test('the policy in the page lets no script of others in, and no request out', async () => {
  await visit(openChromium, async ({ server, page: browser }) => {
    await browser.open(server.url);
    const refused = await browser.run(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.intruder = true';
      document.head.append(script);
      const answer = await fetch('http://127.0.0.1:9/').then(
        () => 'sent',
        () => 'refused',
      );
      return { intruder: 'intruder' in globalThis, answer };
    });
    assert.deepEqual(refused, { intruder: false, answer: 'refused' });
    assert.equal(
      browser.messages.filter((message) => /Content Security Policy/.test(message)).length >= 2,
      true,
      browser.messages.join('\n'),
    );
  });
});
