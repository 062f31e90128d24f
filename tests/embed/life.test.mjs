// A page may paint all day: memory stays where it is, and so does the time that a painting takes.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { browsers } from '../browser/browsers.mjs';
import { root } from '../browser/paths.mjs';
import { Server } from '../browser/server.mjs';
import { built, pack, unpack } from './sites.mjs';

// So large that the copies of half a run outweigh what a browser's own memory rises and falls by.
const [WIDTH, HEIGHT] = [448, 336];
/** Of a painting. */
const BYTES = WIDTH * HEIGHT * 4;
/** After those that warm up, the second half is held against the first. */
const PAINTINGS = 200;
const WARM_UP = 40;
const MIDDLE = (WARM_UP + PAINTINGS) / 2;
/** So many of the first and of the last ones tell how long a painting takes. */
const TIMED = 50;

const folder = join(built, 'life');
await unpack(await pack(), folder);

for (const [name, open] of Object.entries(browsers)) {
  test(`${PAINTINGS} paintings in a row take no more memory in the end, and no more time, in ${name}`, async (context) => {
    const server = new Server(join(root, 'tests/browser/fixtures'));
    server.mounts = { '/package/': folder };
    await server.listen();
    const page = await open();
    try {
      await page.open(server.url);
      await page.run(`async () => {
        const { Painter } = await import('/package/index.js');
        const painter = await Painter.load({ workers: 1 });
        const styles = painter.styles.map(({ id }) => id);
        const photo = new ImageData(${WIDTH}, ${HEIGHT});
        photo.data.fill(255);
        globalThis.paint = async (at) => {
          const from = performance.now();
          const style = styles[at % styles.length];
          await (await painter.paint(photo, { style })).toBlob();
          return performance.now() - from;
        };
      }`);
      const memory = [];
      const times = [];
      for (let at = 0; at < PAINTINGS; at += 1) {
        times.push(await page.run(`(at) => paint(at)`, at));
        memory.push(await memoryOf(page));
      }
      // Between two collections of garbage it rises and falls: the lows are what is really kept.
      const before = Math.min(...memory.slice(WARM_UP, MIDDLE));
      const grown = Math.min(...memory.slice(MIDDLE)) - before;
      const early = median(times.slice(WARM_UP, WARM_UP + TIMED));
      const late = median(times.slice(-TIMED));
      context.diagnostic(
        `${(before / 1e6).toFixed(0)} MB, and ${(grown / 1e6).toFixed(1)} MB more; ` +
          `${early.toFixed(0)} ms a painting, then ${late.toFixed(0)} ms`,
      );
      // Were one copy of each painting kept, it would be more than this.
      const kept = (PAINTINGS - MIDDLE) * BYTES;
      assert.ok(grown < 0.75 * kept, `${grown} bytes more`);
      // A machine that does other things as well is no sign; what slows down all day is.
      assert.ok(late <= 2 * early, `${early} ms a painting, then ${late} ms`);
    } finally {
      await page.close();
      server.close();
    }
  });
}

/** @param {number[]} values */
function median(values) {
  return Number([...values].sort((a, b) => a - b)[values.length >> 1]);
}

/**
 * What the page's process has of the machine's memory, WebAssembly's included, in bytes.
 *
 * @param {import('../browser/browsers.mjs').TestPage} page
 */
async function memoryOf(page) {
  let bytes = 0;
  for (const id of await page.processes()) {
    const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
    bytes += Number(status.match(/^RssAnon:\s+(\d+) kB$/m)?.[1] ?? 0) * 1024;
  }
  return bytes;
}
