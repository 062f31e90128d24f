// Saving from the home screen goes by the share sheet. No browser here has one: its part is played by
// functions that do what the specification says a share sheet does.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { choosePhoto, chooseStyle, painted, problem } from './app.mjs';
import { until } from './browsers.mjs';
import { openChromium } from './chromium.mjs';
import { photoFiles } from './photos.mjs';
import { serve } from './server.mjs';

describe('saving from the home screen', () => {
  /** @type {import('./server.mjs').Server} */
  let server;
  /** @type {Awaited<ReturnType<typeof openChromium>>} */
  let browser;
  /** @type {ReturnType<typeof photoFiles>} */
  let files;

  before(async () => {
    server = await serve();
    files = photoFiles();
    browser = await openChromium();
    await browser.page.addInitScript(() => {
      Object.assign(navigator, {
        standalone: true,
        canShare: (/** @type {ShareData} */ { files }) => files?.length === 1,
        share: async (/** @type {ShareData} */ { files }) => {
          const { outcome } = document.documentElement.dataset;
          if (outcome) {
            throw new DOMException('', outcome);
          }
          Object.assign(globalThis, { shared: files?.[0] });
        },
      });
    });
    await browser.open(server.url);
    await choosePhoto(browser, files.plain);
    await chooseStyle(browser, 'scream');
    await painted(browser);
  });
  beforeEach(async () => {
    await browser.click('#save');
    await until(browser, 'the file is ready', () =>
      document.querySelector('#share')?.checkVisibility(),
    );
  });
  after(async () => {
    await browser?.close();
    server?.close();
    files?.remove();
  });

  const sheetOpen = () => document.querySelector('#saving')?.hasAttribute('open');

  test('shares the painting as a file, and offers no download', async () => {
    assert.equal(await browser.page.isVisible('#download'), false);
    await browser.click('#share');
    const shared = await until(
      browser,
      'it is shared',
      '() => globalThis.shared && [shared.name, shared.type, shared.size > 1000]',
    );
    assert.deepEqual(shared, ['plain-scream.jpg', 'image/jpeg', true]);
    assert.equal(await browser.run(sheetOpen), false);
  });

  test('a change of mind is no error', async () => {
    await browser.run("() => { document.documentElement.dataset.outcome = 'AbortError'; }");
    await browser.click('#share');
    assert.equal(await browser.page.isVisible('#problem'), false);
    assert.equal(await browser.run(sheetOpen), true);
    await browser.click('#saving [type=submit]');
  });

  test('a tap that came too late asks for another one', async () => {
    await browser.run("() => { document.documentElement.dataset.outcome = 'NotAllowedError'; }");
    await browser.click('#share');
    assert.match(await problem(browser), /once more/);
    assert.deepEqual(browser.messages, []);
  });
});
