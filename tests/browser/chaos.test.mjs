// Chaos: whatever happens on the way, it ends in a painting or in a plain sentence, the photo stays,
// and the next painting works.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { choosePhoto, chooseStyle, painted, painting, photoShown, save } from './app.mjs';
import { browsers, until } from './browsers.mjs';
import {
  garbled,
  holdablePaintings,
  interfere,
  meddlers,
  outcome,
  tryAgain,
  withFullDisk,
  withoutKeeping,
} from './chaos.mjs';
import { sharedVisit, visit } from './visit.mjs';

/** The sentences that a person may get to read here. */
const PLAIN =
  /could not be downloaded|did not download|stopped unexpectedly|does not fit its styles|not enough memory/;

/** What may happen to a file on its way. @type {Record<string, (content: Buffer) => Buffer>} */
const accidents = {
  'cut off': (content) => content.subarray(0, content.length >> 1),
  'cut off after a few bytes': (content) => content.subarray(0, 6),
  corrupted: garbled,
  'garbage of the same length': (content) => Buffer.alloc(content.length, 'paint'),
  "a host's own page instead": () => Buffer.from('<!doctype html><title>Welcome</title>'),
};

for (const [name, open] of Object.entries(browsers)) {
  describe(`chaos in ${name}`, () => {
    const visited = sharedVisit(open);

    for (const file of ['.wasm', '.onnx']) {
      for (const [accident, spoil] of Object.entries(accidents)) {
        test(`${file}: ${accident}`, async () => {
          const { server, page, files } = visited;
          const spoilFile = (/** @type {string} */ path, /** @type {Buffer} */ content) =>
            path.endsWith(file) ? spoil(content) : content;
          interfere(server, withoutKeeping, spoilFile);
          await page.open(server.url);
          await choosePhoto(page, files.plain);
          await chooseStyle(page, 'scream');
          assert.match(await outcome(page), PLAIN);
          await photoShown(page);
          interfere(server, withoutKeeping);
          await tryAgain(page);
        });
      }
    }

    test('the server is gone half-way through the engine, and comes back', async () => {
      const { server, page, files } = visited;
      interfere(server, withoutKeeping);
      server.heldBack = '.wasm';
      await page.open(server.url);
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'udnie');
      const port = Number(new URL(server.origin).port);
      server.close();
      server.heldBack = undefined;
      assert.match(await outcome(page), PLAIN);
      await photoShown(page);
      await server.listen(port);
      await tryAgain(page);
    });

    test('no room to keep anything, IndexedDB refused, storage that throws', async () => {
      const { server, page, files } = visited;
      interfere(server, () => {
        const refuse = () => {
          throw new DOMException('There is no room.', 'QuotaExceededError');
        };
        const refused = async () => refuse();
        IDBFactory.prototype.open = refuse;
        Storage.prototype.setItem = refuse;
        Storage.prototype.getItem = refuse;
        Storage.prototype.removeItem = refuse;
        if (globalThis.CacheStorage) {
          CacheStorage.prototype.open = refused;
          CacheStorage.prototype.match = refused;
        }
        if (globalThis.StorageManager) {
          StorageManager.prototype.estimate = async () => ({ quota: 0, usage: 0 });
          StorageManager.prototype.persist = async () => false;
        }
      });
      await page.open(server.url);
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'great-wave');
      await painted(page);
      assert.ok((await save(page, 'image/jpeg')).bytes.length > 10_000);
      await chooseStyle(page, 'scream');
      await painted(page);
    });

    test('the clock jumps by years, forth and back', async () => {
      const { server, page, files } = visited;
      interfere(server, () => {
        const now = Date.now;
        let calls = 0;
        Date.now = () => now() + (calls++ % 2 === 0 ? 1 : -1) * 3e11;
        const elapsed = performance.now.bind(performance);
        performance.now = () => elapsed() + (calls++ % 2 === 0 ? 3e8 : -3e8);
      });
      await page.open(server.url);
      await until(page, 'the page is there', () =>
        document.querySelector('#choose, #welcome, #studio'),
      );
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'udnie');
      await painted(page);
      await chooseStyle(page, 'scream');
      await painted(page);
    });

    test('the workers die in the middle of a painting, without a word', async () => {
      const { server, page, files } = visited;
      interfere(server, holdablePaintings);
      await page.open(server.url);
      await choosePhoto(page, files.plain);
      await page.run('() => paintings.hold()');
      await chooseStyle(page, 'starry-night');
      await painting(page);
      // New ones paint it after all; when they die as well, it is given up.
      await page.run('() => { paintings.die(); paintings.goOn(); }');
      await painted(page);
      await page.run('() => paintings.hold()');
      await chooseStyle(page, 'scream');
      await painting(page);
      await page.run('() => paintings.die()');
      await until(page, 'there are new workers', '() => paintings.live()');
      await painting(page);
      await page.run('() => { paintings.die(); paintings.goOn(); }');
      assert.match(await outcome(page), PLAIN);
      await photoShown(page);
      await tryAgain(page);
    });
  });
}

for (const [name, open] of Object.entries(meddlers)) {
  describe(`what ${name} itself can do to a page`, () => {
    const visited = sharedVisit(open);

    before(async () => {
      const { server, page, files } = visited;
      interfere(server, holdablePaintings);
      await page.open(server.url);
      await choosePhoto(page, files.plain);
    });

    test('the screen is turned in the middle', async () => {
      const { page } = visited;
      await page.run('() => paintings.hold()');
      await chooseStyle(page, 'great-wave');
      await painting(page);
      await page.resize(844, 390);
      await page.run('() => paintings.goOn()');
      await painted(page);
      await page.resize(390, 844);
      await until(page, 'it is turned back', () => innerWidth < innerHeight);
      await chooseStyle(page, 'scream');
      await painted(page);
      const whole = await page.run(() => {
        const { left, right, top, bottom } = /** @type {Element} */ (
          document.querySelector('before-after')
        ).getBoundingClientRect();
        return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight;
      });
      assert.ok(whole, 'the painting is cut off by the screen');
    });

    test('it is put aside and frozen in the middle', async () => {
      const { page } = visited;
      await page.run('() => paintings.hold()');
      await chooseStyle(page, 'udnie');
      await painting(page);
      await page.run('() => paintings.goOn()');
      await page.freeze(1000);
      await painted(page);
      await chooseStyle(page, 'starry-night');
      await painted(page);
    });

    test('two tabs paint at once', async () => {
      const { server, page } = visited;
      const second = await page.another();
      await second.open(server.url);
      await painted(second);
      await chooseStyle(page, 'scream');
      await chooseStyle(second, 'great-wave');
      await painted(page);
      await painted(second);
      await chooseStyle(page, 'udnie');
      await painted(page);
    });
  });
}

for (const [name, open] of Object.entries(withFullDisk)) {
  test(`the disk is full, in ${name}`, () =>
    visit(open, async ({ server, page, files }) => {
      await page.fill?.(server.origin);
      await page.open(server.url);
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'great-wave');
      await painted(page);
      assert.ok((await save(page, 'image/jpeg')).bytes.length > 10_000);
    }));
}
