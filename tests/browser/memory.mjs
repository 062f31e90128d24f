// What memory the page takes to paint, by the size of the photo: prints the table of docs/reliability.md.
// `engine` is the WebAssembly memory of the worker that has most of it. `page` is what the browser's
// process for the page has, all engines included, without the browser's own program.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { choosePhoto, chooseStyle, openSaving, painted } from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { interfere, likeAnIPhone } from './chaos.mjs';
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

/** As many as an iPhone has: they paint the preview and the thumbnails. */
const WORKERS = 2;

/** How often the memory is looked at, in milliseconds. */
const INTERVAL = 50;

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

/**
 * Looks at the memory of a page's process from now on.
 *
 * @param {import('./browsers.mjs').TestPage} page
 */
async function watchMemory(page) {
  const processes = await page.processes();
  let peak = 0;
  let over = false;
  const look = async () => {
    while (!over) {
      for (const id of processes) {
        const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
        const kilobytes = [...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)];
        peak = Math.max(
          peak,
          kilobytes.reduce((sum, [, count]) => sum + Number(count) * 1024, 0),
        );
      }
      await sleep(INTERVAL);
    }
  };
  const looking = look();
  return {
    /** What there was at the most until now, in bytes. */
    async taken() {
      return { engine: Math.max(...(await engineMemory(page, WORKERS))), page: peak };
    },
    end() {
      over = true;
      return looking;
    },
  };
}

/** Bytes in the megabytes that systems count in. @param {number} bytes */
const megabytes = (bytes) => Math.round(bytes / 2 ** 20);

/** Numbers of pixels as megapixels. @param {number} pixels */
const megapixels = (pixels) => (pixels / 1e6).toFixed(1);

/**
 * Paints a photo as the page does by itself, then saves it in its full size.
 *
 * @param {import('./browsers.mjs').TestPage} page
 * @param {string} photo
 */
async function paintAndSave(page, photo) {
  const memory = await watchMemory(page);
  await choosePhoto(page, photo);
  await chooseStyle(page, 'great-wave');
  await painted(page);
  const preview = await page.run(() => {
    const canvas = document.querySelector('before-after .after');
    return canvas instanceof HTMLCanvasElement && canvas.width * canvas.height;
  });
  const first = await memory.taken();
  await openSaving(page);
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
  const saved = await memory.taken();
  await memory.end();
  return { preview, first, full: Number(width) * Number(height), saved };
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
