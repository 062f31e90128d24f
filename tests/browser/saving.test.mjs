// Saving in full size; and from the home screen, where it goes by the share sheet. No browser here has one: its part is played by
// functions that do what the specification says a share sheet does.
import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import {
  choosePhoto,
  chooseStyle,
  dropPhoto,
  forgetPhoto,
  openCropper,
  openSaving,
  painted,
  turnPhoto,
} from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { interfere, likeAnIPhone } from './chaos.mjs';
import { openChromium } from './chromium.mjs';
import { scriptOf } from './paths.mjs';
import { decodeInBrowser, difference, part, readPng } from './pictures.mjs';
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
async function paintPhoto(page, size) {
  await forgetPhoto(page);
  await dropPhoto(page, size);
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

/**
 * Has the full size painted, and taps something as soon as the sheet tells how far that has come: within the
 * page, for it may take little longer than to ask for it.
 *
 * @param {TestPage} page
 * @param {RegExp} told
 * @param {string} selector
 */
async function breakOff(page, told, selector) {
  await page.run(
    (/** @type {string} */ pattern, /** @type {string} */ wanted) => {
      const facts = document.querySelector('#file-facts');
      const observer = new MutationObserver(() => {
        const button = document.querySelector(wanted);
        if (new RegExp(pattern).test(facts?.textContent ?? '') && button instanceof HTMLElement) {
          observer.disconnect();
          button.click();
          document.documentElement.dataset.brokenOff = wanted;
        }
      });
      if (facts) {
        observer.observe(facts, { childList: true, characterData: true, subtree: true });
      }
    },
    told.source,
    selector,
  );
  await chooseSize(page, 'full');
  await until(
    page,
    'it is broken off',
    `() => document.documentElement.dataset.brokenOff === '${selector}'`,
  );
}

/** Whether the open sheet has a file of this size. @param {Size} size */
const fileReady = ({ width, height }) =>
  `() => document.querySelector('#download[href]') &&
    document.querySelector('#file-facts').textContent.startsWith('${width} × ${height} ')`;

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
 * @type {Array<{ name: string, open: () => Promise<TestPage>, told: RegExp, full: Size, medium: Size, preview: Size, previewInWords: string, fullInWords: string }>}
 */
const photos = [
  {
    name: 'Chromium',
    open: openChromium,
    told: /^Painting \d+%, \d+ (s|min) left$/,
    full: { width: 4032, height: 3024 },
    medium: { width: 2309, height: 1732 },
    preview: { width: 1024, height: 768 },
    previewInWords: '0.79 MP',
    fullInWords: '12 MP',
  },
  // Painting 12 megapixels once is enough of it.
  {
    name: 'WebKit',
    open: openWebKit,
    // Not long enough to tell how much is left.
    told: /^Painting \d+%/,
    full: { width: 2580, height: 1720 },
    medium: { width: 2449, height: 1632 },
    preview: { width: 1024, height: 682 },
    previewInWords: '0.70 MP',
    fullInWords: '4.4 MP',
  },
];

for (const { name, open, told, full, medium, preview, previewInWords, fullInWords } of photos) {
  test(`4 megapixels and the full size are saved, and can be broken off, in ${name}`, async () => {
    await visit(open, async ({ server, page }) => {
      await page.open(server.url);
      await paintPhoto(page, full);
      await openSaving(page);
      // Of a photo that is hardly smaller, none is offered.
      const posters = full.width * full.height < 8e6 ? [['Poster', '17 MP']] : [];
      assert.deepEqual(await page.run(offered), [
        ['Screen', previewInWords],
        ['Print', '4.0 MP'],
        ['Full', fullInWords],
        ...posters,
      ]);
      const seen = await decodeInBrowser(page, await savedFile(page, preview), WIDTH);
      assert.deepEqual(seen.from, preview);

      await openSaving(page);
      await breakOff(page, told, '#stop-saving');
      await until(page, 'the preview is offered again', fileReady(preview));
      assert.ok(await page.run(() => document.querySelector('#sizes [value=preview]:checked')));
      await breakOff(page, told, '#saving [type=submit]');

      for (const [size, expected] of /** @type {const} */ ([
        ['medium', medium],
        ['full', full],
      ])) {
        await openSaving(page);
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

/** How much neighbours differ, from left to right, in 255ths. @param {import('./pictures.mjs').Picture} picture */
function sharpness({ width, height, data }) {
  const left = { width: width - 1, height };
  const picture = { width, height, data };
  return difference(part(picture, { x: 0, y: 0 }, left), part(picture, { x: 1, y: 0 }, left));
}

for (const [name, open] of Object.entries(browsers)) {
  test(`a crop is saved in full size as it was seen, only sharper, in ${name}`, async () => {
    await visit(open, async ({ server, page }) => {
      const SIDE = 1500;
      await page.open(server.url);
      await dropPhoto(page, { width: 2000, height: SIDE });
      await openCropper(page);
      await page.click('#ratios label:has([value="1"])');
      await page.click('#turn');
      await page.click('#mirror');
      await page.click('#crop-done');
      await chooseStyle(page, 'great-wave');
      await painted(page);
      await openSaving(page);
      await page.click('#formats label:has([value="image/png"])');
      const seen = await savedFile(page, { width: 1024, height: 1024 });
      await openSaving(page);
      await chooseSize(page, 'full');
      const saved = await savedFile(page, { width: SIDE, height: SIDE });
      const apart = difference(
        await decodeInBrowser(page, saved, WIDTH),
        await decodeInBrowser(page, seen, WIDTH),
      );
      assert.ok(apart < 8, `${apart} from what was seen`);
      const sharp = sharpness(readPng(saved));
      const enlarged = sharpness(await decodeInBrowser(page, seen, SIDE));
      assert.ok(sharp > enlarged * 1.1, `${sharp}, and ${enlarged} where the preview is enlarged`);
    });
  });
}

test('each size is offered once', async () => {
  await visit(openChromium, async ({ server, page }) => {
    await page.open(server.url);
    await paintPhoto(page, { width: 1060, height: 795 });
    await openSaving(page);
    await until(page, 'a file is ready', fileReady({ width: 1024, height: 768 }));
    assert.deepEqual(
      await page.run(offered),
      [
        ['Screen', '0.79 MP'],
        ['Poster', '13 MP'],
      ],
      'the photo is hardly larger than the preview',
    );
    await page.click('#saving [type=submit]');
    await paintPhoto(page, { width: 2400, height: 1750 });
    await openSaving(page);
    assert.deepEqual(
      await page.run(offered),
      [
        ['Screen', '0.76 MP'],
        ['Full', '4.2 MP'],
        ['Poster', '17 MP'],
      ],
      'the photo has hardly more than 4 megapixels',
    );
  });
});

/** What a browser with a share sheet has, and what the sheet is told to end with. */
const shareSheet = (/** @type {boolean} */ standalone) => {
  const storage = {
    persisted: async () => false,
    persist: async () => {
      const painting = document.querySelector('before-after .after:not([hidden])');
      const asked = Reflect.get(globalThis, 'asked') ?? [];
      Object.assign(globalThis, { asked: [...asked, painting !== null] });
      return true;
    },
  };
  Object.defineProperty(navigator, 'storage', { value: storage });
  Object.assign(navigator, {
    standalone,
    canShare: (/** @type {ShareData} */ { files }) => files?.length === 1,
    share: async (/** @type {ShareData} */ { files }) => {
      const { outcome } = document.documentElement.dataset;
      if (outcome) {
        throw new DOMException('', outcome);
      }
      Object.assign(globalThis, { shared: files?.[0] });
    },
  });
};

/** The ways to save that the open sheet offers, the first of them in capitals. */
const waysToSave = () =>
  [...document.querySelectorAll('#saving .actions > *')]
    .filter((way) => way.checkVisibility())
    .map((way) => {
      const words = way.textContent?.trim();
      return way.classList.contains('primary') ? words?.toUpperCase() : words;
    });

for (const [name, open] of Object.entries(browsers)) {
  describe(`saving from the home screen in ${name}`, () => {
    const visited = sharedVisit(open);

    before(async () => {
      const { server, page, files } = visited;
      await page.open(server.url);
      await page.run(shareSheet, true);
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'scream');
      await painted(page);
    });
    beforeEach(async () => {
      const { page } = visited;
      await openSaving(page);
      await until(page, 'the file is ready', () =>
        document.querySelector('#share:not(:disabled)')?.checkVisibility(),
      );
    });

    const sheetOpen = () => document.querySelector('#saving')?.hasAttribute('open');
    const end = (/** @type {string} */ outcome) => {
      document.documentElement.dataset.outcome = outcome;
    };

    test('the browser was asked to keep things once, when there was something to lose', async () => {
      const { page } = visited;
      assert.deepEqual(await page.run('() => globalThis.asked'), [true]);
      await page.click('#saving [type=submit]');
    });

    test('shares the painting as a file, and offers no download', async () => {
      const { page } = visited;
      const [share, ...others] = await page.run(waysToSave);
      assert.match(share, /share/i);
      assert.ok(
        !others.some((/** @type {string} */ way) => /save|download/i.test(way)),
        `${others}`,
      );
      await page.click('#share');
      const shared = await until(
        page,
        'it is shared',
        '() => globalThis.shared && [shared.name, shared.type, shared.size > 1000]',
      );
      assert.deepEqual(shared, ['plain-scream.jpg', 'image/jpeg', true]);
      assert.equal(await page.run(sheetOpen), false);
    });

    test('a change of mind is no error', async () => {
      const { page } = visited;
      await page.run(end, 'AbortError');
      await page.click('#share');
      assert.equal(await page.run(() => document.querySelector('#problem:not([hidden])')), null);
      assert.equal(await page.run(sheetOpen), true);
      await page.click('#saving [type=submit]');
    });

    test('a tap that came too late asks for another one, and the file is still there', async () => {
      const { page } = visited;
      await page.run(end, 'NotAllowedError');
      await page.click('#share');
      await until(page, 'the sheet says so', toldInSheet, 5000);
      assert.equal(await page.run(sheetOpen), true);
      await page.run(end, '');
      await page.run('() => { globalThis.shared = undefined; }');
      await page.click('#share:not(:disabled)');
      await until(page, 'it is shared', '() => globalThis.shared?.size > 1000');
      assert.equal(await page.run(sheetOpen), false);
      assert.deepEqual(page.messages, []);
    });
  });
}

/** Whether the open sheet asks for another tap, with nothing over it. */
const toldInSheet = () => {
  const facts = document.querySelector('#saving[open] #file-facts');
  const problem = document.querySelector('#problem:not([hidden])');
  return problem === null && /once more/.test(facts?.textContent ?? '');
};

test('a large painting that was not shared is not painted again for the next tap', async () => {
  await visit(openChromium, async ({ server, page }) => {
    await page.open(server.url);
    await page.run(shareSheet, true);
    await paintPhoto(page, { width: 1600, height: 1200 });
    await openSaving(page);
    await chooseSize(page, 'full');
    await until(page, 'the large file is ready', () =>
      document.querySelector('#file-facts')?.textContent?.startsWith('1600 × 1200 '),
    );
    await page.run(() => {
      document.documentElement.dataset.outcome = 'NotAllowedError';
    });
    await page.click('#share');
    await until(page, 'the sheet says so', toldInSheet, 5000);
    await page.run(() => {
      document.documentElement.dataset.outcome = '';
    });
    await page.click('#share:not(:disabled)');
    const size = await until(
      page,
      'it is shared',
      `async () => {
        const { width, height } = await createImageBitmap(globalThis.shared);
        return [width, height];
      }`,
      1000,
    );
    assert.deepEqual(size, [1600, 1200]);
  });
});

test('a photo that comes while the sheet is open brings its own sizes', async () => {
  await visit(openChromium, async ({ server, page, files }) => {
    interfere(server, likeAnIPhone);
    await page.open(server.url);
    await paintPhoto(page, { width: 1600, height: 1200 });
    server.heldBack = await scriptOf('decode.worker');
    await page.chooseFile('#file', files.plain);
    await openSaving(page);
    assert.deepEqual(await page.run(offered), [
      ['Screen', '0.79 MP'],
      ['Full', '1.9 MP'],
      ['Poster', '17 MP'],
    ]);
    server.heldBack = undefined;
    await until(page, 'its own file is ready', fileReady({ width: 451, height: 300 }));
    assert.deepEqual(await page.run(offered), [
      ['Screen', '0.14 MP'],
      ['Poster', '2.2 MP'],
    ]);
    const { name } = await page.download(() => page.click('#download'));
    assert.equal(name, 'plain-great-wave.jpg');
  });
});

test('a small photo makes a poster, painted and not enlarged', async () => {
  await visit(openChromium, async ({ server, page, files }) => {
    await page.open(server.url);
    await choosePhoto(page, files.plain);
    await chooseStyle(page, 'great-wave');
    await painted(page);
    await openSaving(page);
    await page.click('#sizes label:has([value=poster])');
    await until(page, 'the poster is ready', fileReady({ width: 1804, height: 1200 }));
    const { bytes } = await page.download(() => page.click('#download'));
    const poster = await decodeInBrowser(page, bytes);
    assert.deepEqual([poster.width, poster.height], [1804, 1200]);
    // Neighbours differ as strokes do: an enlarged picture is smooth.
    let steps = 0;
    for (let at = 0; at < poster.data.length - 4; at += 4) {
      steps += Math.abs(Number(poster.data[at + 5]) - Number(poster.data[at + 1]));
    }
    const roughness = steps / (poster.data.length / 4);
    assert.ok(roughness > 2.5, `${roughness} of 255 from one pixel to the next`);
  });
});

test('past the canvases of an iPhone, full is full where there is room for it, else the largest', async () => {
  await visit(openChromium, async ({ server, page }) => {
    const much = () => {
      Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
      Object.defineProperty(Navigator.prototype, 'deviceMemory', { value: 8 });
    };
    const little = () => {
      Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
      Object.defineProperty(Navigator.prototype, 'deviceMemory', { value: 4 });
    };
    const smallCanvases = () => {
      Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
      Reflect.deleteProperty(Navigator.prototype, 'deviceMemory');
      const { prototype } = CanvasRenderingContext2D;
      const { getImageData } = prototype;
      prototype.getImageData = function (x, y, across, down) {
        const { width, height } = this.canvas;
        return width * height > 4096 * 4096
          ? new ImageData(across, down)
          : getImageData.call(this, x, y, across, down);
      };
    };
    for (const [device, expected] of /** @type {const} */ ([
      [much, ['Full', '20 MP']],
      [little, ['Largest', '17 MP']],
      [smallCanvases, ['Largest', '17 MP']],
    ])) {
      interfere(server, device);
      await page.open(server.url);
      await paintPhoto(page, { width: 5200, height: 3900 });
      await openSaving(page);
      assert.deepEqual((await page.run(offered)).at(-1), expected);
    }
  });
});

test('bitmaps and canvases are let go of', async () => {
  await visit(openChromium, async ({ server, page, files }) => {
    interfere(server, () => {
      Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
      /** @type {HTMLCanvasElement[]} */
      const canvases = [];
      const { createImageBitmap, ImageBitmap } = globalThis;
      const { createElement } = Document.prototype;
      const { close } = ImageBitmap.prototype;
      let bitmaps = 0;
      globalThis.createImageBitmap = (/** @type {any[]} */ ...given) => {
        bitmaps += 1;
        return Reflect.apply(createImageBitmap, globalThis, given);
      };
      ImageBitmap.prototype.close = function () {
        bitmaps -= 1;
        close.call(this);
      };
      Document.prototype.createElement = function (/** @type {string} */ name) {
        const made = createElement.call(this, name);
        if (made instanceof HTMLCanvasElement) {
          canvases.push(made);
        }
        return made;
      };
      Object.assign(globalThis, {
        held: () => {
          const loose = canvases.filter((canvas) => !canvas.isConnected);
          return bitmaps + loose.filter(({ width, height }) => width * height > 1).length;
        },
      });
    });
    await page.open(server.url);
    await choosePhoto(page, files.plain);
    for (const style of ['scream', 'great-wave', 'udnie']) {
      await chooseStyle(page, style);
      await painted(page);
    }
    await turnPhoto(page);
    await painted(page);
    await until(page, 'nothing is held', '() => globalThis.held() === 0', 30_000);
  });
});

test('in a tab of a phone the share sheet comes first, on a desktop the download', async () => {
  await visit(openChromium, async ({ server, page: browser, files }) => {
    const desktop = await browser.page.context().browser()?.newContext({ locale: 'en' });
    const tab = await openChromium({ context: desktop, device: {} });
    for (const [page, expected] of /** @type {const} */ ([
      [browser, ['SAVE OR SHARE', 'Download']],
      [tab, ['Share', 'Copy', 'SAVE']],
    ])) {
      await page.open(server.url);
      await page.run(shareSheet, false);
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'scream');
      await painted(page);
      await openSaving(page);
      assert.deepEqual(await page.run(waysToSave), expected);
      await until(page, 'the file is ready', () => document.querySelector('#download[href]'));
      const { name } = await page.download(() => page.click('#download'));
      assert.equal(name, 'plain-scream.jpg');
    }
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
      await openSaving(browser);
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
      await browser.run(() => {
        navigator.clipboard.write = async () => {
          throw new DOMException('', 'NotAllowedError');
        };
      });
      await browser.click('#copy');
      await until(browser, 'the sheet says so', () =>
        document
          .querySelector('#saving[open] #file-facts')
          ?.textContent?.includes('did not allow copying'),
      );
      assert.ok(await browser.run(() => document.querySelector('#download[href]') !== null));
      assert.deepEqual(browser.messages, []);
    },
  );
});
