// Saving in full size; and from the home screen, where it goes by the share sheet. No browser here has one: its part is played by
// functions that do what the specification says a share sheet does.
import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import { choosePhoto, chooseStyle, forgetPhoto, painted, photoShown, problem } from './app.mjs';
import { until } from './browsers.mjs';
import { openChromium } from './chromium.mjs';
import { decodeInBrowser, difference } from './pictures.mjs';
import { sharedVisit, visit } from './visit.mjs';
import { openWebKit } from './webkit.mjs';

/** @typedef {import('./browsers.mjs').TestPage} TestPage */
/** @typedef {{ width: number, height: number }} Size */

/**
 * Drops a photo of this size onto the page, and waits until it is painted.
 *
 * @param {TestPage} page
 * @param {Size} size
 */
async function paintPhoto(page, { width, height }) {
  await forgetPhoto(page);
  await page.run(
    async (/** @type {number} */ across, /** @type {number} */ down) => {
      const canvas = new OffscreenCanvas(across, down);
      const bitmap = await createImageBitmap(await (await fetch('samples/coffee.jpg')).blob());
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0, across, down);
      const blob = await canvas.convertToBlob({ type: 'image/jpeg' });
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([blob], 'coffee.jpg', { type: 'image/jpeg' }));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
    },
    width,
    height,
  );
  await photoShown(page);
  await chooseStyle(page, 'great-wave');
  await painted(page);
}

/** The sizes that the open sheet offers, in words. */
const offered = () =>
  [...document.querySelectorAll('#sizes label')]
    .filter((label) => label.checkVisibility())
    .map((label) => [...label.querySelectorAll('b, small')].map((part) => part.textContent));

/** Chooses a size in the open sheet. @param {TestPage} page @param {'medium' | 'full'} size */
async function chooseSize(page, size) {
  await page.click(`#sizes label:has([value=${size}])`);
}

/** Waits until the sheet tells how long painting still takes. @param {TestPage} page */
async function paintingLarger(page) {
  await until(page, 'it tells how long it still takes', () => {
    const { textContent } = document.querySelector('#file-facts') ?? {};
    return /^Painting \d+%, \d+ (s|min) left$/.test(textContent ?? '');
  });
}

/** Whether the open sheet has a file of this size. @param {Size} size */
const fileReady = ({ width, height }) =>
  `() => document.querySelector('#file-facts').textContent.startsWith('${width} × ${height} ')`;

/** The file that the open sheet saves, once it is of this size. @param {TestPage} page @param {Size} size */
async function savedFile(page, size) {
  const what = `a file of ${size.width} by ${size.height} is ready`;
  await until(page, what, fileReady(size), 600_000);
  return (await page.download(() => page.click('#download'))).bytes;
}

/** Small enough for small strokes to vanish: what a larger painting has beyond the preview is those. */
const WIDTH = 300;

/**
 * What a photo is like that is saved in each browser, and what is offered for it.
 *
 * @type {Array<{ name: string, open: () => Promise<TestPage>, full: Size, medium: Size, preview: Size, fullInWords: string }>}
 */
const photos = [
  {
    name: 'Chromium',
    open: openChromium,
    full: { width: 4032, height: 3024 },
    medium: { width: 2309, height: 1732 },
    preview: { width: 1182, height: 886 },
    fullInWords: '12 MP',
  },
  // Painting 12 megapixels once is enough of it.
  {
    name: 'WebKit',
    open: openWebKit,
    full: { width: 2580, height: 1720 },
    medium: { width: 2449, height: 1632 },
    preview: { width: 1254, height: 836 },
    fullInWords: '4.4 MP',
  },
];

for (const { name, open, full, medium, preview, fullInWords } of photos) {
  test(`4 megapixels and the full size are saved, and can be broken off, in ${name}`, async () => {
    await visit(open, async ({ server, page }) => {
      await page.open(server.url);
      await paintPhoto(page, full);
      await page.click('#save');
      assert.deepEqual(await page.run(offered), [
        ['Screen', '1.0 MP'],
        ['Print', '4.0 MP'],
        ['Full', fullInWords],
      ]);
      const seen = await decodeInBrowser(page, await savedFile(page, preview), WIDTH);
      assert.deepEqual(seen.from, preview);

      await page.click('#save');
      await chooseSize(page, 'full');
      await paintingLarger(page);
      await page.click('#stop-saving');
      await until(page, 'the preview is offered again', fileReady(preview));
      assert.ok(await page.run(() => document.querySelector('#sizes [value=preview]:checked')));
      await chooseSize(page, 'full');
      await paintingLarger(page);
      await page.click('#saving [type=submit]');

      for (const [size, expected] of /** @type {const} */ ([
        ['medium', medium],
        ['full', full],
      ])) {
        await page.click('#save');
        await chooseSize(page, size);
        const saved = await decodeInBrowser(page, await savedFile(page, expected), WIDTH);
        assert.deepEqual(saved.from, expected);
        const apart = difference(saved, seen);
        assert.ok(apart < 8, `${size} is ${apart} from what was seen`);
      }
      assert.deepEqual(page.messages, []);
    });
  });
}

test('each size is offered once', async () => {
  await visit(openChromium, async ({ server, page }) => {
    await page.open(server.url);
    await paintPhoto(page, { width: 1200, height: 900 });
    await page.click('#save');
    await until(page, 'a file is ready', fileReady({ width: 1182, height: 886 }));
    assert.deepEqual(await page.run(offered), [], 'the photo is hardly larger than the preview');
    await page.click('#saving [type=submit]');
    await paintPhoto(page, { width: 2400, height: 1750 });
    await page.click('#save');
    assert.deepEqual(
      await page.run(offered),
      [
        ['Screen', '1.0 MP'],
        ['Full', '4.2 MP'],
      ],
      'the photo has hardly more than 4 megapixels',
    );
  });
});

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
