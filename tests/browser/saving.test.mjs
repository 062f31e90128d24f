// Saving in full size; and from the home screen, where it goes by the share sheet. No browser here has one: its part is played by
// functions that do what the specification says a share sheet does.
import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import { choosePhoto, chooseStyle, painted, photoShown, problem, save } from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { openChromium } from './chromium.mjs';
import { decodeInBrowser } from './pictures.mjs';
import { sharedVisit, visit } from './visit.mjs';

for (const [name, open] of Object.entries(browsers)) {
  test(`a photo is saved in its own size, and saving can be broken off, in ${name}`, async () => {
    await visit(open, async ({ server, page }) => {
      await page.open(server.url);
      // Larger than the preview: 2.2 megapixels.
      await page.run(async () => {
        const canvas = new OffscreenCanvas(1800, 1200);
        const bitmap = await createImageBitmap(await (await fetch('samples/coffee.jpg')).blob());
        canvas.getContext('2d')?.drawImage(bitmap, 0, 0, 1800, 1200);
        const blob = await canvas.convertToBlob({ type: 'image/jpeg' });
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([blob], 'coffee.jpg', { type: 'image/jpeg' }));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
      });
      await photoShown(page);
      await chooseStyle(page, 'great-wave');
      await painted(page);
      const preview = await decodeInBrowser(page, (await save(page, 'image/jpeg')).bytes);
      assert.ok(preview.width * preview.height <= 1024 * 1024);

      await page.click('#save');
      const chooseFull = () => {
        const radio = document.querySelector('#sizes input[value="full"]');
        if (radio instanceof HTMLInputElement) {
          radio.click();
        }
      };
      await page.run(chooseFull);
      await until(page, 'it tells how long it still takes', () => {
        const { textContent } = document.querySelector('#file-facts') ?? {};
        return /^Painting \d+%, \d+ (s|min) left$/.test(textContent ?? '');
      });
      await page.click('#saving [type=submit]');
      await page.click('#save');
      await page.run(chooseFull);
      await until(page, 'the large file is ready', () =>
        document.querySelector('#file-facts')?.textContent?.startsWith('1800 × 1200'),
      );
      const { bytes } = await page.download(() => page.click('#download'));
      const full = await decodeInBrowser(page, bytes);
      assert.deepEqual([full.width, full.height], [1800, 1200]);
      assert.deepEqual(page.messages, []);
    });
  });
}

describe('saving from the home screen', () => {
  const visited = sharedVisit(openChromium);

  before(async () => {
    const { server, page: browser, files } = visited;
    await browser.page.addInitScript(() => {
      Object.assign(StorageManager.prototype, {
        persisted: async () => false,
        persist: async () => {
          const painting = document.querySelector('before-after .after');
          const asked = Reflect.get(globalThis, 'asked') ?? [];
          Object.assign(globalThis, { asked: [...asked, painting?.checkVisibility()] });
          return true;
        },
      });
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
    const { page: browser } = visited;
    await browser.click('#save');
    await until(browser, 'the file is ready', () =>
      document.querySelector('#share')?.checkVisibility(),
    );
  });

  const sheetOpen = () => document.querySelector('#saving')?.hasAttribute('open');

  test('the browser was asked to keep things once, when there was something to lose', async () => {
    const { page: browser } = visited;
    assert.deepEqual(await browser.run('() => globalThis.asked'), [true]);
    await browser.click('#saving [type=submit]');
  });

  test('shares the painting as a file, and offers no download', async () => {
    const { page: browser } = visited;
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
    const { page: browser } = visited;
    await browser.run("() => { document.documentElement.dataset.outcome = 'AbortError'; }");
    await browser.click('#share');
    assert.equal(await browser.page.isVisible('#problem'), false);
    assert.equal(await browser.run(sheetOpen), true);
    await browser.click('#saving [type=submit]');
  });

  test('a tap that came too late asks for another one', async () => {
    const { page: browser } = visited;
    await browser.run("() => { document.documentElement.dataset.outcome = 'NotAllowedError'; }");
    await browser.click('#share');
    assert.match(await problem(browser), /once more/);
    assert.deepEqual(browser.messages, []);
  });
});

test('on a desktop the painting is copied to the clipboard', async () => {
  await visit(
    () =>
      openChromium({
        device: {
          viewport: { width: 1280, height: 800 },
          permissions: ['clipboard-read', 'clipboard-write'],
        },
      }),
    async ({ server, page: browser, files }) => {
      await browser.open(server.url);
      await choosePhoto(browser, files.plain);
      await chooseStyle(browser, 'scream');
      await painted(browser);
      await browser.click('#save');
      await until(browser, 'it can be copied', () =>
        document.querySelector('#copy:not(:disabled)'),
      );
      await browser.click('#copy');
      await until(browser, 'it says so', () =>
        document.querySelector('#file-facts')?.textContent?.startsWith('Copied'),
      );
      const copied = await browser.run(async () => {
        const [item] = await navigator.clipboard.read();
        const { width, height } = await createImageBitmap(
          /** @type {Blob} */ (await item?.getType('image/png')),
        );
        return [width, height];
      });
      assert.deepEqual(copied, [451, 300]);
      assert.deepEqual(browser.messages, []);
    },
  );
});
