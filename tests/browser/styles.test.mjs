// The strip of styles: this person's photo in each of them, and whose they are.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { choosePhoto, chooseSample, chooseStyle, painted, problem } from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { openChromium } from './chromium.mjs';
import { root } from './paths.mjs';
import { difference } from './pictures.mjs';
import { sharedVisit, visit } from './visit.mjs';

/** Every tile of the strip, and the painting: so small that colours count more than strokes. */
const colours = () => {
  const SIZE = 24;
  /** @param {Element | null} canvas */
  const small = (canvas) => {
    const context = new OffscreenCanvas(SIZE, SIZE).getContext('2d');
    if (canvas instanceof HTMLCanvasElement) {
      context?.drawImage(canvas, 0, 0, SIZE, SIZE);
    }
    return [...(context?.getImageData(0, 0, SIZE, SIZE).data ?? [])];
  };
  return {
    tiles: [...document.querySelectorAll('#styles button')].map((button) => ({
      style: button.getAttribute('data-style'),
      data: small(button.querySelector('canvas')),
    })),
    painting: small(document.querySelector('before-after .after')),
  };
};

/** @param {number[]} data */
const picture = (data) => ({ width: 24, height: 24, data: Uint8Array.from(data) });

for (const [name, open] of Object.entries(browsers)) {
  describe(`the strip of styles in ${name}`, () => {
    const visited = sharedVisit(open);

    before(async () => {
      const { server, page, files } = visited;
      await page.open(server.url);
      await choosePhoto(page, files.plain);
    });

    test('each tile is this photo in its style, painted when it comes into view', async () => {
      const { page } = visited;
      // The last tile is far out of view, and so shows the photo itself.
      await until(page, 'every tile in view is painted, and no other', () => {
        const tiles = [...document.querySelectorAll('#styles canvas')].map((tile) => ({
          inView: tile.getBoundingClientRect().left < innerWidth,
          shown: tile instanceof HTMLCanvasElement && tile.toDataURL(),
        }));
        const photo = tiles.at(-1)?.shown;
        return tiles.every(({ inView, shown }) => inView === (shown !== photo));
      });
      const photo = picture((await page.run(colours)).tiles.at(-1).data);
      await page.run(() => document.querySelector('#styles')?.scrollTo({ left: 1e6 }));
      await until(
        page,
        'the last one is painted, too',
        `() => {
          const { tiles } = (${colours})();
          return tiles.at(-1).data.join() !== '${photo.data.join()}';
        }`,
      );
      await page.run(() => document.querySelector('#styles')?.scrollTo({ left: 0 }));
      await chooseStyle(page, 'scream');
      await painted(page);
      const { tiles, painting } = await page.run(colours);
      const apart = tiles.map(
        (/** @type {{ style: string, data: number[] }} */ { style, data }) => ({
          style,
          by: difference(picture(data), picture(painting)),
        }),
      );
      apart.sort((/** @type {{ by: number }} */ a, /** @type {{ by: number }} */ b) => a.by - b.by);
      assert.equal(apart[0].style, 'scream', JSON.stringify(apart));
    });

    test('the tiles are painted although another file turned out to be no photo', async () => {
      const { page, files } = visited;
      await page.run(() => document.querySelector('#styles')?.scrollTo({ left: 0 }));
      // At once: the first tiles are still being painted.
      await choosePhoto(page, files.plain);
      await page.chooseFile('#file', files.heic);
      assert.match(await problem(page), /HEIC/);
      await until(page, 'every tile in view is painted', () => {
        const tiles = [...document.querySelectorAll('#styles canvas')].map((tile) => ({
          inView: tile.getBoundingClientRect().left < innerWidth,
          shown: tile instanceof HTMLCanvasElement && tile.toDataURL(),
        }));
        const photo = tiles.at(-1)?.shown;
        return tiles.every(({ inView, shown }) => !inView || shown !== photo);
      });
      await page.click('#problem .dismiss');
    });

    test('each tile says look, painter and year, in both languages', async () => {
      const { page } = visited;
      const captions = () =>
        [...document.querySelectorAll('#styles button')].map((button) => [
          button.querySelector('.title')?.textContent,
          button.querySelector('.credit')?.textContent,
        ]);
      const english = await page.run(captions);
      assert.deepEqual(english[0], ['Swirls', 'Vincent van Gogh, 1889']);
      await page.click('#language');
      const chinese = await page.run(captions);
      assert.deepEqual(chinese[0], ['漩涡', '文森特·梵高，1889']);
      for (const [title, credit] of chinese) {
        assert.match(title, /\p{Script=Han}/u);
        assert.match(credit, /\p{Script=Han}/u);
        assert.doesNotMatch(credit, /\p{Script=Latin}/u);
      }
      for (const [title, credit] of english) {
        assert.match(title, /\p{Script=Latin}/u);
        assert.match(credit, /\p{Script=Latin}.*, (c\. )?(\d{4}|antiquity)/u);
        assert.doesNotMatch(title + credit, /\p{Script=Han}/u);
      }
      assert.equal(english.length, chinese.length);
      assert.deepEqual(page.messages, []);
    });
  });
}

test('on a phone the whole title, painter and year of the chosen style are read, and nothing moves', async () => {
  const shipped = JSON.parse(await readFile(join(root, 'models/styles.json'), 'utf8'));
  await visit(openChromium, async ({ server, page: browser }) => {
    await browser.open(server.url);
    await chooseSample(browser, 'coffee');
    for (const width of [320, 390, 820]) {
      await browser.page.setViewportSize({ width, height: 844 });
      for (const _language of ['English', 'Chinese']) {
        const tops = await browser.run(() => {
          const caption = document.querySelector('#chosen-style');
          const slider = document.querySelector('#strength');
          const found = [];
          for (const tile of document.querySelectorAll('#styles button')) {
            if (tile instanceof HTMLElement && caption instanceof HTMLElement && slider) {
              tile.click();
              // "Title (painter, year)", where a title may have brackets of its own.
              const words = tile.title.match(/^(.*) \(([^()]*)\)$/)?.slice(1) ?? [];
              const read = caption.textContent.replace(/\s+/g, ' ').trim();
              if (read !== words.join(' ') || caption.scrollWidth > caption.clientWidth) {
                throw new Error(`${read} in place of ${words}`);
              }
              found.push(Math.round(slider.getBoundingClientRect().top));
            }
          }
          document.getElementById('stop')?.click();
          return found;
        });
        assert.equal(tops.length, shipped.length);
        assert.equal(new Set(tops).size, 1, `${width} wide: ${tops}`);
        await browser.click('#language');
      }
    }
    await browser.page.setViewportSize({ width: 1440, height: 900 });
    assert.equal(
      await browser.run(() => document.querySelector('#chosen-style')?.checkVisibility()),
      false,
      'beside the picture the tiles have room for it',
    );
  });
});

test('without a style there is no strength to choose', async () => {
  await visit(openChromium, async ({ server, page: browser }) => {
    const disabled = () => document.querySelector('#strength:disabled') !== null;
    await browser.open(server.url);
    await chooseSample(browser, 'coffee');
    assert.equal(await browser.run(disabled), true);
    await chooseStyle(browser, 'scream');
    assert.equal(await browser.run(disabled), false);
    await painted(browser);
    await browser.click('#undo');
    assert.equal(await browser.run(disabled), true);
  });
});
