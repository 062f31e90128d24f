// Shrinks the sample photos to what the first view shows, and puts them beside them.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launchChromium } from './chromium.mjs';
import { root } from './paths.mjs';

const folder = join(root, 'www/app/public/samples');

/** Two pixels for each of CSS. */
const SIZE = 272;

const browser = await launchChromium();
const page = await browser.newPage();
const photos = (await readdir(folder)).filter((name) => /^[a-z]+\.jpg$/.test(name));
for (const name of photos) {
  const photo = `data:image/jpeg;base64,${(await readFile(join(folder, name))).toString('base64')}`;
  const small = await page.evaluate(
    async ([url, size]) => {
      const bitmap = await createImageBitmap(await (await fetch(String(url))).blob());
      const side = Math.min(bitmap.width, bitmap.height);
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = Number(size);
      const context = canvas.getContext('2d');
      if (context) {
        context.imageSmoothingQuality = 'high';
        const [x, y] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
        context.drawImage(bitmap, x, y, side, side, 0, 0, canvas.width, canvas.height);
      }
      return canvas.toDataURL('image/jpeg', 0.82).split(',')[1] ?? '';
    },
    [photo, SIZE],
  );
  await writeFile(join(folder, name.replace('.jpg', '-small.jpg')), Buffer.from(small, 'base64'));
}
await browser.close();
