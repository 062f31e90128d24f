// Large photos take little memory: a phone ends a page that takes too much.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { chooseStyle, dropPhoto, painted, photoShown, problem } from './app.mjs';
import { browsers } from './browsers.mjs';
import { interfere, likeAnIPhone } from './chaos.mjs';
import { openChromium } from './chromium.mjs';
import { engineMemory, tellingMemory } from './engine-memory.mjs';
import { root } from './paths.mjs';
import { serve } from './server.mjs';
import { withLittleMemory } from './unsound.mjs';
import { visit } from './visit.mjs';

const [WIDTH, HEIGHT] = [4000, 3000];

test('one worker paints 12 megapixels, as they are, in less than 512 MB', async (context) => {
  const server = await serve('tests/browser/fixtures');
  server.mounts = { '/package/': join(root, 'dist/package') };
  server.rewrite = tellingMemory;
  const page = await openChromium();
  try {
    await page.open(server.url);
    const size = await page.run(
      `async (width, height) => {
        const { Painter } = await import('/package/index.js');
        globalThis.painter = await Painter.load({ workers: 1 });
        const photo = new ImageData(width, height);
        photo.data.fill(255);
        const painting = await painter.paint(photo);
        return [painting.width, painting.height];
      }`,
      WIDTH,
      HEIGHT,
    );
    assert.deepEqual(size, [WIDTH, HEIGHT]);
    const [bytes] = await engineMemory(page, 1);
    context.diagnostic(`${Math.round(Number(bytes) / 2 ** 20)} MB`);
    assert.ok(Number(bytes) < 512 * 2 ** 20, `${bytes} bytes`);
    assert.ok(Number(bytes) > WIDTH * HEIGHT * 4, 'that is not even the photo');
  } finally {
    await page.close();
    server.close();
  }
});

/** The bytes that each engine gets at the most: enough for half a preview, not enough for a whole one. */
const LITTLE = 34 * 2 ** 20;

for (const [name, open] of Object.entries(browsers)) {
  test(`where the engine gets little memory, the page paints a smaller preview, in ${name}`, async () => {
    await visit(open, async ({ server, page }) => {
      interfere(server, likeAnIPhone, (path, content) =>
        path.endsWith('.wasm') ? withLittleMemory(content, LITTLE) : content,
      );
      await page.open(server.url);
      await dropPhoto(page, { width: 1600, height: 1200 });
      await chooseStyle(page, 'great-wave');
      assert.match(await problem(page), /not enough memory/);
      assert.equal(
        await page.run(() => document.querySelector('#problem .way-out')?.textContent),
        'Paint it smaller',
      );
      await photoShown(page);
      await page.click('#problem .way-out');
      await painted(page);
      const size = await page.run(() => {
        const canvas = document.querySelector('before-after .after');
        return canvas instanceof HTMLCanvasElement && [canvas.width, canvas.height];
      });
      // Half as long and wide as a preview.
      assert.deepEqual(size, [512, 384]);
      // What was done before can still be undone, in this size.
      await page.click('#undo:not(:disabled)');
      await page.click('#redo:not(:disabled)');
      await painted(page);
    });
  });
}
