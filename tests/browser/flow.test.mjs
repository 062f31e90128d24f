// The whole way, from a phone's photo file to a saved painting, in each browser.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { choosePhoto, chooseStyle, painted, save } from './app.mjs';
import { browsers } from './browsers.mjs';
import { plainPhoto } from './photos.mjs';
import {
  decodeInBrowser,
  difference,
  paintNatively,
  readPng,
  styleWeights,
  turned,
} from './pictures.mjs';
import { sharedVisit } from './visit.mjs';

const STYLE = 'great-wave';

for (const [name, open] of Object.entries(browsers)) {
  describe(`from photo to painting in ${name}`, () => {
    const visited = sharedVisit(open);
    /** @type {import('./pictures.mjs').Picture} */
    let upright;
    /** @type {import('./pictures.mjs').Picture} */
    let native;

    before(async () => {
      const { server, page, files } = visited;
      await page.open(server.url);
      // The browser's decoder, but our own turning: what the page must have made of the EXIF data.
      upright = turned(await decodeInBrowser(page, plainPhoto));
      native = await paintNatively(upright, await styleWeights({ [STYLE]: 1 }));
      await choosePhoto(page, files.rotated);
      server.heldBack = '.css';
      await chooseStyle(page, STYLE);
      await painted(page);
    });

    test('the painting is seen before any of what comes later has come', async () => {
      const { server, page } = visited;
      const seen = await page.run(() =>
        document.querySelector('before-after .after')?.checkVisibility(),
      );
      server.heldBack = undefined;
      assert.ok(seen);
    });

    test('the saved PNG is what the native engine paints, the right way up', async () => {
      const { page } = visited;
      const { name: fileName, bytes } = await save(page, 'image/png');
      assert.equal(fileName, 'rotated-great-wave.png');
      const saved = readPng(bytes);
      assert.deepEqual([saved.width, saved.height], [300, 451]);
      const toNative = difference(saved, native);
      assert.ok(toNative <= 2, `${toNative} from the native painting`);
      const toPhoto = difference(saved, upright);
      assert.ok(toPhoto > 15, `only ${toPhoto} from the photo`);
    });

    test('the saved JPEG is the same painting, as well as JPEG can tell', async () => {
      const { page } = visited;
      const { name: fileName, bytes } = await save(page, 'image/jpeg');
      assert.equal(fileName, 'rotated-great-wave.jpg');
      const saved = await decodeInBrowser(page, bytes);
      assert.deepEqual([saved.width, saved.height], [300, 451]);
      const toNative = difference(saved, native);
      assert.ok(toNative <= 8, `${toNative} from the native painting`);
    });

    test('the console stays silent', () => {
      assert.deepEqual(visited.page.messages, []);
    });
  });
}
