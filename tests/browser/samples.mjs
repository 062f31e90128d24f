// Makes what the first view shows of the sample photos, and puts it beside them: small copies, their right
// halves painted by the networks that ship. Needs `cargo build --example paint`.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launchChromium } from './chromium.mjs';
import { root } from './paths.mjs';
import { paintNatively, readPng, styleWeights, writePng } from './pictures.mjs';

const folder = join(root, 'www/app/public/samples');

/** What each is painted in: looks that are told apart at a glance. */
const SAMPLES = { astronaut: 'starry-night', chelsea: 'composition-vii', coffee: 'great-wave' };

/** Two pixels for each of CSS. */
const SIZE = 272;

/** As large as the preview, so that strokes are as broad as they come out there. */
const PAINTED = 1024;

const browser = await launchChromium();
const page = await browser.newPage();

/** The middle square of pictures at a size, each from a share of its width on. @param {[string, number][]} layers @param {number} size @param {string} type */
const square = async (layers, size, type) =>
  Buffer.from(
    await page.evaluate(
      async ([pictures, wanted, format]) => {
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = Number(wanted);
        const context = canvas.getContext('2d');
        for (const [url, from] of /** @type {[string, number][]} */ (pictures)) {
          const bitmap = await createImageBitmap(await (await fetch(url)).blob());
          const side = Math.min(bitmap.width, bitmap.height);
          if (context) {
            context.imageSmoothingQuality = 'high';
            context.save();
            context.beginPath();
            context.rect(from * canvas.width, 0, canvas.width, canvas.height);
            context.clip();
            const [x, y] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
            context.drawImage(bitmap, x, y, side, side, 0, 0, canvas.width, canvas.height);
            context.restore();
          }
        }
        return canvas.toDataURL(String(format), 0.82).split(',')[1] ?? '';
      },
      /** @type {const} */ ([layers, size, type]),
    ),
    'base64',
  );
const dataUrl = (/** @type {string} */ type, /** @type {Buffer} */ bytes) =>
  `data:${type};base64,${bytes.toString('base64')}`;

for (const [name, style] of Object.entries(SAMPLES)) {
  const photo = dataUrl('image/jpeg', await readFile(join(folder, `${name}.jpg`)));
  const large = readPng(await square([[photo, 0]], PAINTED, 'image/png'));
  const painting = await paintNatively(large, await styleWeights({ [style]: 1 }));
  const halves = /** @type {[string, number][]} */ ([
    [photo, 0],
    [dataUrl('image/png', writePng(painting)), 0.5],
  ]);
  await writeFile(join(folder, `${name}-small.jpg`), await square(halves, SIZE, 'image/jpeg'));
}
await browser.close();
