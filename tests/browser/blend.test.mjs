// A second style mixed into the first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choosePhoto, chooseStyle, painted, save, setControl } from './app.mjs';
import { browsers } from './browsers.mjs';
import { openChromium } from './chromium.mjs';
import { plainPhoto } from './photos.mjs';
import { decodeInBrowser, difference, paintNatively, readPng, styleWeights } from './pictures.mjs';
import { visit } from './visit.mjs';

for (const [name, open] of Object.entries(browsers)) {
  test(`two styles mixed are what the native engine paints, in ${name}`, async () => {
    await visit(open, async ({ server, page, files }) => {
      await page.open(server.url);
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'great-wave');
      await painted(page);
      await setControl(page, 'second', 'scream');
      await setControl(page, 'share-of-second', '30');
      await painted(page);
      const saved = readPng((await save(page, 'image/png')).bytes);
      const photo = await decodeInBrowser(page, plainPhoto);
      const native = await paintNatively(
        photo,
        await styleWeights({ 'great-wave': 0.7, scream: 0.3 }),
      );
      const off = difference(saved, native);
      assert.ok(off <= 3, `${off} from the native painting`);
    });
  });
}

test('a style is not mixed with itself', async () => {
  await visit(openChromium, async ({ server, page, files }) => {
    await page.open(server.url);
    await choosePhoto(page, files.plain);
    await chooseStyle(page, 'great-wave');
    await setControl(page, 'second', 'scream');
    await painted(page);
    const mixed = () => {
      const second = document.querySelector('#second');
      return [
        document.querySelector('#styles [aria-pressed=true]')?.getAttribute('data-style'),
        second instanceof HTMLSelectElement && second.value,
        document.querySelector('#mix')?.checkVisibility(),
      ];
    };
    assert.deepEqual(await page.run(mixed), ['great-wave', 'scream', true]);
    await chooseStyle(page, 'scream');
    await painted(page);
    assert.deepEqual(await page.run(mixed), ['scream', '', false]);
    await page.click('#undo');
    await painted(page);
    assert.deepEqual(await page.run(mixed), ['great-wave', 'scream', true]);
  });
});
