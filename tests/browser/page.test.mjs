// How the page behaves while it is used: stopping, comparing, requests, smoothness, the keyboard.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import {
  boxOf,
  choosePhoto,
  chooseSample,
  chooseStyle,
  cropperShown,
  dropPhoto,
  forgetPhoto,
  middleOf,
  openSaving,
  painted,
  photoShown,
  setControl,
  turnPhoto,
} from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { mainThreadWatch, openChromium } from './chromium.mjs';
import { sharedVisit, visit } from './visit.mjs';
import { openWebKit } from './webkit.mjs';

/** What the canvas shows, shortened. */
const shownPainting = () => {
  const canvas = document.querySelector('before-after .after');
  const context = canvas instanceof HTMLCanvasElement && canvas.getContext('2d');
  return context && [...context.getImageData(100, 100, 60, 1).data].join();
};

/**
 * Does something that is painted, and stops it as soon as paint is being laid on: within the page, for it may be
 * done before it could be stopped from outside.
 *
 * @param {import('./browsers.mjs').TestPage} page
 * @param {() => Promise<void>} action
 */
async function stopped(page, action) {
  await page.run(() => {
    const words = document.querySelector('.progress-text');
    const { dataset } = document.documentElement;
    delete dataset.stopped;
    const observer = new MutationObserver(() => {
      if (words?.textContent?.startsWith('Painting')) {
        observer.disconnect();
        document.getElementById('stop')?.click();
        dataset.stopped = '';
      }
    });
    if (words) {
      observer.observe(words, { childList: true, characterData: true, subtree: true });
    }
  });
  await action();
  await until(page, 'it is stopped', () => 'stopped' in document.documentElement.dataset);
}

for (const [name, open] of Object.entries(browsers)) {
  describe(`the page in ${name}`, () => {
    const visited = sharedVisit(open);

    beforeEach(() => visited.page.open(visited.server.url));

    test('a painting stops at once, and the next one works', async () => {
      const { page } = visited;
      await forgetPhoto(page);
      // As large as a preview may be: a small one would be done before it can be stopped.
      await dropPhoto(page, { width: 1024, height: 1024 });
      await stopped(page, () => chooseStyle(page, 'scream'));
      const state = await page.run(() => ({
        progress: document.querySelector('#progress')?.checkVisibility(),
        painting: document.querySelector('before-after .after')?.checkVisibility(),
        photo: document.querySelector('before-after .before')?.checkVisibility(),
        status: document.querySelector('#status')?.textContent,
      }));
      assert.deepEqual(state, {
        progress: false,
        painting: false,
        photo: true,
        status: 'Stopped',
      });
      await chooseStyle(page, 'scream');
      await painted(page);
    });

    test('after a stop everything is chosen as it is shown, and redo goes on', async () => {
      const { page } = visited;
      const chosen = () => ({
        style:
          document.querySelector('#styles [aria-pressed=true]')?.getAttribute('data-style') ?? null,
        strength: document.querySelector('#strength-value')?.textContent,
        undo: document.querySelector('#undo:disabled') === null,
        redo: document.querySelector('#redo:disabled') === null,
      });
      await forgetPhoto(page);
      await dropPhoto(page, { width: 1024, height: 1024 });
      await stopped(page, () => chooseStyle(page, 'scream'));
      const bare = { style: null, strength: '100%', undo: false, redo: true };
      assert.deepEqual(await page.run(chosen), bare, 'the photo is shown, and no style');
      await page.click('#redo');
      await painted(page);
      const scream = { style: 'scream', strength: '100%', undo: true, redo: false };
      assert.deepEqual(await page.run(chosen), scream);
      await stopped(page, () =>
        page.run(() => {
          const style = document.querySelector('[data-style=udnie]');
          const slider = document.querySelector('#strength');
          if (style instanceof HTMLElement && slider instanceof HTMLInputElement) {
            style.click();
            slider.value = '40';
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            slider.dispatchEvent(new Event('change', { bubbles: true }));
          }
        }),
      );
      assert.deepEqual(await page.run(chosen), { ...scream, redo: true });
      // What stays over a reload is what was shown, too.
      await page.open(visited.server.url);
      await painted(page);
      assert.deepEqual(await page.run(chosen), { ...scream, undo: false });
    });

    test('the handle compares by keyboard, pressing the picture shows the photo', async () => {
      const { page, files } = visited;
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'scream');
      await painted(page);
      await page.run(() => {
        const handle = document.querySelector('before-after [role=slider]');
        return handle instanceof HTMLElement && handle.focus();
      });
      const shown = [];
      for (const key of ['PageUp', 'ArrowRight', 'ArrowLeft', 'End', 'Home']) {
        await page.press(key);
        shown.push(
          await page.run(() => {
            const after = document.querySelector('before-after .after');
            return [
              document.activeElement?.getAttribute('aria-valuetext'),
              after && getComputedStyle(after).clipPath,
            ];
          }),
        );
      }
      assert.deepEqual(shown, [
        ['10% photo', 'inset(0px 0px 0px 10%)'],
        ['12% photo', 'inset(0px 0px 0px 12%)'],
        ['10% photo', 'inset(0px 0px 0px 10%)'],
        ['100% photo', 'inset(0px 0px 0px 100%)'],
        ['0% photo', 'inset(0px 0px 0px 0%)'],
      ]);
      await page.run(() => {
        const comparison = document.querySelector('before-after');
        /** @type {boolean[]} */
        const pressed = [];
        Object.assign(globalThis, { pressed });
        if (comparison) {
          const look = () => pressed.push(comparison.classList.contains('pressed'));
          new MutationObserver(look).observe(comparison, { attributeFilter: ['class'] });
        }
      });
      const middle = middleOf(await boxOf(page, 'before-after'));
      await page.drag(middle, middle);
      const pressed = await page.run('() => globalThis.pressed');
      assert.deepEqual(pressed, [true, false]);
    });

    test('the handle follows the finger', async () => {
      const { page, files } = visited;
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'scream');
      await painted(page);
      const picture = await boxOf(page, 'before-after');
      const handle = middleOf(await boxOf(page, 'before-after .handle'));
      const across = (/** @type {number} */ share) => ({
        x: picture.x + picture.width * share,
        y: handle.y,
      });
      await page.drag(handle, across(0.3), across(0.5), across(0.7));
      const split = () =>
        document.querySelector('before-after .handle')?.getAttribute('aria-valuenow');
      assert.equal(await page.run(split), '70');
    });

    test('the whole way goes by keyboard', async () => {
      const { page, files } = visited;
      /** Goes on until this has the focus. @param {string} selector */
      const tabTo = async (selector) => {
        const focused = `() => document.activeElement.matches('${selector}')`;
        for (let presses = 0; !(await page.run(focused)); presses += 1) {
          assert.ok(presses < 100, `Tab leads to ${selector}`);
          await page.press('Tab');
        }
      };
      await forgetPhoto(page);
      await tabTo('#choose');
      await page.run(() => {
        const file = document.querySelector('#file');
        file?.addEventListener('click', () => file.setAttribute('data-asked', ''), { once: true });
      });
      await page.press('Enter');
      await until(page, 'the album is asked for', () =>
        document.querySelector('#file[data-asked]'),
      );
      await choosePhoto(page, files.plain);
      await tabTo('#crop');
      await page.press('Enter');
      await cropperShown(page);
      await tabTo('#turn');
      await page.press(' ');
      await tabTo('#crop-done');
      await page.press('Enter');
      await tabTo('[data-style=scream]');
      await page.press('Enter');
      await painted(page);
      await tabTo('#strength');
      await page.press('ArrowLeft');
      await painted(page);
      await tabTo('#save');
      await page.press('Enter');
      await until(page, 'the file is ready', () => document.querySelector('#download[href]'));
      await tabTo('#download');
      const { name: fileName } = await page.download(() => page.press('Enter'));
      assert.equal(fileName, 'plain-scream.jpg');
      const status = await page.run(() => document.querySelector('#status')?.textContent);
      assert.equal(status, 'The painting is done', 'a screen reader is told');
    });

    test('a screen reader is told how far it is, not too often, and when it is done', async () => {
      const { page, files } = visited;
      await forgetPhoto(page);
      await choosePhoto(page, files.plain);
      await page.run(() => {
        /** @type {(string | null)[]} */
        const said = [];
        Object.assign(globalThis, { said });
        const status = document.querySelector('#status[role=status]');
        if (status) {
          new MutationObserver((records) => {
            for (const { addedNodes } of records) {
              said.push(...[...addedNodes].map(({ textContent }) => textContent));
            }
          }).observe(status, { childList: true });
        }
      });
      await chooseStyle(page, 'udnie');
      await painted(page);
      const said = await until(
        page,
        'it is told',
        "() => globalThis.said.at(-1) === 'The painting is done' && globalThis.said",
      );
      const before = said.slice(0, -1);
      assert.ok(before.length > 0);
      assert.equal(new Set(before).size, before.length, `said twice: ${before}`);
      for (const words of before) {
        assert.match(words, /^(Getting ready( (0|25|50|75|100)%)?|Painting (0|25|50|75|100)%)$/);
      }
    });

    test('the strength slider paints on release', async () => {
      const { page, files } = visited;
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'scream');
      await painted(page);
      const pixel = () => {
        const canvas = document.querySelector('before-after .after');
        const context = canvas instanceof HTMLCanvasElement && canvas.getContext('2d');
        return context && [...context.getImageData(200, 150, 1, 1).data];
      };
      const full = await page.run(pixel);
      const hold = (/** @type {string} */ value) => {
        const slider = document.querySelector('#strength');
        const after = document.querySelector('before-after .after');
        if (slider instanceof HTMLInputElement && after instanceof HTMLElement) {
          slider.value = value;
          slider.dispatchEvent(new Event('input', { bubbles: true }));
          return [document.querySelector('#progress')?.checkVisibility(), after.style.filter];
        }
      };
      const held = await page.run(hold, '40');
      assert.deepEqual(held, [false, 'opacity(0.4)'], 'under the finger it fades');
      await setControl(page, 'strength', '40');
      await painted(page);
      const weaker = await page.run(pixel);
      assert.notDeepEqual(weaker, full);
      assert.deepEqual(await page.run(hold, '80'), [false, 'opacity(0.8)'], 'and comes back');
      assert.deepEqual(await page.run(pixel), full, 'as the painting that it was');
      assert.deepEqual(await page.run(hold, '40'), [false, '']);
      assert.deepEqual(await page.run(pixel), weaker);
      // Let go there, no change is told.
      await page.click('#undo');
      await painted(page);
      const value = await page.run(() => document.querySelector('#strength-value')?.textContent);
      assert.equal(value, '100%');
    });

    test('under the finger a weak painting grows stronger, too, though no stronger one was asked for', async () => {
      const { page, files } = visited;
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'scream');
      await setControl(page, 'strength', '20');
      await painted(page);
      // With the finger on the slider, until it has an effect: that is painted in spare time.
      await until(page, 'the painting follows', () => {
        const slider = document.querySelector('#strength');
        const after = document.querySelector('before-after .after');
        if (slider instanceof HTMLInputElement && after instanceof HTMLElement) {
          slider.value = '60';
          slider.dispatchEvent(new Event('input', { bubbles: true }));
          return after.style.filter === 'opacity(0.6)';
        }
      });
      const standIn = await page.run(shownPainting);
      await setControl(page, 'strength', '100');
      await until(page, 'that was it at full strength', () => {
        const after = document.querySelector('before-after .after');
        const progress = document.querySelector('#progress');
        return (
          progress?.hasAttribute('hidden') &&
          after instanceof HTMLElement &&
          after.style.filter === ''
        );
      });
      assert.equal(await page.run(shownPainting), standIn);
      // However many have been painted since.
      for (const strength of ['90', '80', '70', '60', '50']) {
        await setControl(page, 'strength', strength);
        await painted(page);
      }
      const weaker = await page.run(shownPainting);
      await page.run(() => {
        const slider = document.querySelector('#strength');
        if (slider instanceof HTMLInputElement) {
          slider.value = '100';
          slider.dispatchEvent(new Event('input', { bubbles: true }));
        }
      });
      assert.equal(await page.run(shownPainting), standIn);
      assert.notEqual(weaker, standIn);
    });

    test('before the engine has arrived a photo can be chosen, cropped and given a style', async () => {
      const { server, page, files } = visited;
      await forgetPhoto(page);
      const earlier = page.messages.length;
      server.heldBack = '.wasm';
      // Another address, so that no service worker has it yet.
      await page.open(server.elsewhere);
      await choosePhoto(page, files.plain);
      await turnPhoto(page);
      await chooseStyle(page, 'scream');
      const caption = await until(
        page,
        'it gets ready',
        () => document.querySelector('#progress:not([hidden]) .progress-text')?.textContent,
      );
      assert.match(caption, /^Getting ready/);
      server.heldBack = undefined;
      await painted(page);
      assert.deepEqual(page.messages.slice(earlier), []);
    });

    test('the stroke menu paints anew, and undo brings the finer strokes back', async () => {
      const { page } = visited;
      await forgetPhoto(page);
      // Large enough to tell: in a small picture all strokes are broad.
      await chooseSample(page, 'coffee');
      await chooseStyle(page, 'scream');
      await painted(page);
      const fine = await page.run(shownPainting);
      await setControl(page, 'stroke', 'broad');
      await until(page, 'it is painted anew', `() => (${shownPainting})() !== '${fine}'`);
      await painted(page);
      await page.click('#undo');
      await until(page, 'the finer strokes are back', `() => (${shownPainting})() === '${fine}'`);
      assert.equal(
        await page.run(
          () => /** @type {HTMLSelectElement} */ (document.querySelector('#stroke')).value,
        ),
        'medium',
      );
    });

    test('the painting and the thumbnails keep the photo’s colours where that is wanted, and it lasts', async () => {
      const { server, page, files } = visited;
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'starry-night');
      await painted(page);
      /** How blue the painting and its thumbnail are, and whether the switch is on. */
      const seen = () => {
        const blueness = (/** @type {string} */ selector) => {
          const canvas = document.querySelector(selector);
          const context = canvas instanceof HTMLCanvasElement && canvas.getContext('2d');
          if (!context) {
            return 0;
          }
          const { width, height } = context.canvas;
          const { data } = context.getImageData(0, 0, width, height);
          let sum = 0;
          for (let at = 0; at < data.length; at += 4) {
            sum += Number(data[at + 2]) - Number(data[at]);
          }
          return sum / (width * height);
        };
        const box = document.querySelector('#keep-colours');
        return {
          painting: blueness('before-after .after'),
          photo: blueness('before-after .before'),
          thumbnail: blueness('#styles canvas'),
          kept: box instanceof HTMLInputElement && box.checked,
        };
      };
      const nearPhoto = `() => {
        const { painting, photo, thumbnail, kept } = (${seen})();
        return kept && Math.abs(painting - photo) < 12 && Math.abs(thumbnail - photo) < 12;
      }`;
      const before = await page.run(seen);
      assert.ok(before.painting - before.photo > 20, 'this style has colours of its own');
      await page.click('#keep-colours');
      await painted(page);
      await until(page, 'the photo’s colours are back, in the strip too', nearPhoto);
      await page.open(server.url);
      await until(page, 'they are kept over a reload', nearPhoto);
      await until(page, 'the switch can be reached', () =>
        document.querySelector('#keep-colours')?.checkVisibility(),
      );
      await painted(page);
      await page.click('#keep-colours');
      await until(
        page,
        'the switch is off',
        () => !document.querySelector('#keep-colours:checked'),
      );
      await painted(page);
      const after = await page.run(seen);
      assert.ok(after.painting - after.photo > 20, 'the style’s colours are back');
      await page.click('#undo');
      await until(page, 'undo brings them back', nearPhoto);
    });

    test('the language can be switched, and the choice lasts', async () => {
      const { server, page } = visited;
      const texts = () => [
        document.documentElement.lang,
        document.querySelector('.headline')?.textContent,
        document.querySelector('#styles .title')?.textContent,
      ];
      assert.deepEqual(await page.run(texts), ['en', 'Turn a photo into a painting', 'Swirls']);
      await page.click('#language');
      const chinese = ['zh-Hans', '把照片变成画', '漩涡'];
      assert.deepEqual(await page.run(texts), chinese);
      await page.open(server.url);
      assert.deepEqual(await page.run(texts), chinese, 'the choice lasts');
      await page.click('#language');
    });
  });
}

test('the language is the first of the browser’s that the page speaks, however it is written', async () => {
  await visit(openChromium, async ({ server, page: browser }) => {
    for (const [language, expected] of [
      ['zh-CN', 'zh-Hans'],
      ['zh-Hans-SG', 'zh-Hans'],
      ['zh', 'zh-Hans'],
      ['en-GB', 'en'],
      ['fr-FR', 'en'],
    ]) {
      const context = await browser.page.context().browser()?.newContext({ locale: language });
      const page = await openChromium({ context, device: {} });
      await page.open(server.url);
      assert.equal(await page.run(() => document.documentElement.lang), expected, language);
      await context?.close();
    }
  });
  await visit(
    () => openWebKit({ language: 'zh-CN' }),
    async ({ server, page }) => {
      await page.open(server.url);
      await until(
        page,
        'it speaks Chinese',
        () => document.documentElement.lang === 'zh-Hans',
        20_000,
      );
    },
  );
});

describe('the page, watched by Chromium', () => {
  const visited = sharedVisit(openChromium);

  test('requests all go to its own origin, and no task holds up the page', async (context) => {
    const { server, page: browser } = visited;
    /** @type {Set<string>} */
    const origins = new Set();
    browser.page.context().on('request', (request) => {
      const url = new URL(request.url());
      // blob: and data: URLs never leave the page.
      if (url.protocol.startsWith('http')) {
        origins.add(url.origin);
      }
    });
    await browser.open(server.url);
    await chooseSample(browser, 'astronaut');
    // A task that painting causes comes again with each painting; what a busy machine does, does not.
    const longest = [];
    for (const style of ['great-wave', 'udnie', 'scream']) {
      const watch = await mainThreadWatch(browser.page);
      await chooseStyle(browser, style);
      await painted(browser);
      longest.push(await watch.longestTask());
    }
    assert.deepEqual([...origins], [server.origin]);
    context.diagnostic(`longest tasks on the main thread: ${longest.join(', ')} ms`);
    assert.ok(Math.min(...longest) < 50, `tasks of ${longest.join(', ')} ms`);
  });

  test('a photo of 12 megapixels is opened, painted and made a file without holding up the page', async (context) => {
    const { server, page: browser } = visited;
    await browser.open(server.url);
    await forgetPhoto(browser);
    /** @type {Record<string, number>} */
    const longest = {};
    /** @param {string} what @param {() => Promise<void>} action */
    const watched = async (what, action) => {
      const watch = await mainThreadWatch(browser.page);
      await action();
      longest[what] = await watch.longestTask();
    };
    // Made beforehand: that is the test's own work.
    await browser.run(async () => {
      const canvas = new OffscreenCanvas(4032, 3024);
      const bitmap = await createImageBitmap(await (await fetch('samples/coffee.jpg')).blob());
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0, 4032, 3024);
      const blob = await canvas.convertToBlob({ type: 'image/jpeg' });
      Object.assign(globalThis, { large: new File([blob], 'large.jpg', { type: blob.type }) });
    });
    await watched('opened', async () => {
      await browser.run(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(Reflect.get(globalThis, 'large'));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
      });
      await photoShown(browser);
    });
    await chooseStyle(browser, 'scream');
    await painted(browser);
    await openSaving(browser);
    for (const [type, extension] of [
      ['jpeg', 'jpg'],
      ['png', 'png'],
    ]) {
      await watched(String(type), async () => {
        await browser.click(`#formats label:has([value="image/${type}"])`);
        await browser.click('#sizes label:has([value=full])');
        await until(
          browser,
          'the file is made',
          `() => document.querySelector('#download[href][download$=".${extension}"]') &&
            document.querySelector('#file-facts').textContent.startsWith('4032')`,
        );
      });
    }
    context.diagnostic(JSON.stringify(longest));
    for (const [what, time] of Object.entries(longest)) {
      assert.ok(time < 50, `${what}: a task of ${time} ms`);
    }
  });
});
