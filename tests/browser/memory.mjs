// What memory the page takes to paint, by the size of the photo: prints the table of docs/reliability.md.
// The page's process is Chromium's or WebKit's for this page, its WebAssembly included.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choosePhoto, chooseStyle, painted } from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { interfere } from './chaos.mjs';
import { openChromium } from './chromium.mjs';
import { engineMemory, tellingMemory } from './engine-memory.mjs';
import { serve } from './server.mjs';

/** Megapixels, width and height. */
const PHOTOS = /** @type {const} */ ([
  [1, 1152, 864],
  [4, 2304, 1728],
  [12, 4000, 3000],
  [24, 6000, 4000],
  [48, 8000, 6000],
]);

/** As many as an iPhone gets: Safari tells of two cores there. */
const WORKERS = 2;

/** On every machine the same; and without a service worker, which would take the files from us. */
function likeAnIPhone() {
  Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
  Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { value: 2 });
}

/**
 * Writes a photo of each size into a folder.
 *
 * @param {string} folder
 */
async function makePhotos(folder) {
  const server = await serve();
  const page = await openChromium();
  try {
    await page.open(server.url);
    for (const [megapixels, width, height] of PHOTOS) {
      const encoded = await page.run(
        async (/** @type {number} */ across, /** @type {number} */ down) => {
          const sample = await fetch('samples/coffee.jpg');
          const bitmap = await createImageBitmap(await sample.blob());
          const canvas = new OffscreenCanvas(across, down);
          canvas.getContext('2d')?.drawImage(bitmap, 0, 0, across, down);
          const reader = new FileReader();
          reader.readAsDataURL(await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 }));
          await new Promise((done) => {
            reader.onload = done;
          });
          return String(reader.result).split(',')[1];
        },
        width,
        height,
      );
      await writeFile(join(folder, `${megapixels}.jpg`), Buffer.from(encoded, 'base64'));
    }
  } finally {
    await page.close();
    server.close();
  }
}

/** What the page's process has had at the most, in bytes. @param {import('./browsers.mjs').TestPage} page */
async function peak(page) {
  const peaks = (await page.processes()).map(async (id) => {
    const status = await readFile(`/proc/${id}/status`, 'utf8');
    return Number(status.match(/^VmHWM:\s+(\d+) kB$/m)?.[1]) * 1024;
  });
  return Math.max(...(await Promise.all(peaks)));
}

/** @param {import('./browsers.mjs').TestPage} page */
async function taken(page) {
  const engines = await engineMemory(page, WORKERS);
  return { engine: Math.max(...engines), page: await peak(page) };
}

/** Bytes in the megabytes that systems count in. @param {number} bytes */
const megabytes = (bytes) => Math.round(bytes / 2 ** 20);

/** Numbers of pixels as megapixels. @param {number} pixels */
const megapixels = (pixels) => (pixels / 1e6).toFixed(1);

/** Paints a photo as the page offers it, then saves it in its full size. @param {import('./browsers.mjs').TestPage} page @param {string} photo */
async function paintAndSave(page, photo) {
  await choosePhoto(page, photo);
  await chooseStyle(page, 'great-wave');
  await painted(page);
  const preview = await page.run(() => {
    const canvas = document.querySelector('before-after .after');
    return canvas instanceof HTMLCanvasElement && canvas.width * canvas.height;
  });
  const first = await taken(page);
  await page.click('#save');
  await page.run(() => {
    const full = document.querySelector('#sizes input[value="full"]');
    if (full instanceof HTMLInputElement && full.checkVisibility()) {
      full.click();
    }
  });
  await until(
    page,
    'the file is ready',
    () => document.querySelector('#download')?.hasAttribute('href'),
    600_000,
  );
  const facts = await page.run(() => document.querySelector('#file-facts')?.textContent);
  const [width, height] = (facts.match(/\d+/g) ?? []).map(Number);
  return { preview, first, full: Number(width) * Number(height), saved: await taken(page) };
}

const folder = await mkdtemp(join(tmpdir(), 'brushwork-memory-'));
await makePhotos(folder);
console.log(
  '| browser | photo | painted at first | engine | page | saved in full | engine | page |',
);
console.log('|---|---|---|---|---|---|---|---|');
for (const [name, open] of Object.entries(browsers)) {
  for (const [size] of PHOTOS) {
    const server = await serve();
    interfere(server, likeAnIPhone, tellingMemory);
    const page = await open();
    try {
      await page.open(server.url);
      const { preview, first, full, saved } = await paintAndSave(page, join(folder, `${size}.jpg`));
      console.log(
        `| ${name} | ${size} MP | ${megapixels(preview)} MP | ${megabytes(first.engine)} MB ` +
          `| ${megabytes(first.page)} MB | ${megapixels(full)} MP | ${megabytes(saved.engine)} MB ` +
          `| ${megabytes(saved.page)} MB |`,
      );
    } finally {
      await page.close();
      server.close();
    }
  }
}
await rm(folder, { recursive: true });
