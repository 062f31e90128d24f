// A page may paint all day: memory stays where it is.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openChromium } from '../browser/chromium.mjs';
import { root } from '../browser/paths.mjs';
import { Server } from '../browser/server.mjs';
import { built, pack, unpack } from './sites.mjs';

const [WIDTH, HEIGHT] = [512, 384];
/** Of a painting. */
const BYTES = WIDTH * HEIGHT * 4;
/** After those that warm up, the second half is held against the first. */
const PAINTINGS = 50;
const WARM_UP = 10;

test('50 paintings in a row end with no more memory than they began with', async (context) => {
  const folder = join(built, 'life');
  await unpack(await pack(), folder);
  const server = new Server(join(root, 'tests/browser/fixtures'));
  server.mounts = { '/package/': folder };
  await server.listen();
  const { page, close } = await openChromium();
  try {
    await page.goto(server.url);
    await page.evaluate(`(async () => {
      const { Painter } = await import('/package/index.js');
      const painter = await Painter.load({ workers: 1 });
      const styles = painter.styles.map(({ id }) => id);
      const photo = new ImageData(${WIDTH}, ${HEIGHT});
      photo.data.fill(255);
      globalThis.paint = async (at) => {
        const style = styles[at % styles.length];
        await (await painter.paint(photo, { style })).toBlob();
      };
    })()`);
    const memory = await memoryOf(page);
    const readings = [];
    for (let at = 0; at < PAINTINGS; at += 1) {
      await page.evaluate(`paint(${at})`);
      readings.push(await memory());
    }
    // Between two collections of garbage it rises and falls: the lows are what is really kept.
    const middle = (WARM_UP + PAINTINGS) / 2;
    const before = Math.min(...readings.slice(WARM_UP, middle));
    const grown = Math.min(...readings.slice(middle)) - before;
    context.diagnostic(`${(before / 1e6).toFixed(0)} MB, and ${(grown / 1e6).toFixed(1)} MB more`);
    // Were one copy of each painting kept, it would be more than this.
    const kept = (PAINTINGS - middle) * BYTES;
    assert.ok(grown < 0.75 * kept, `${grown} bytes more`);
  } finally {
    await close();
    server.close();
  }
});

/**
 * What the page's process has of the machine's memory, WebAssembly's included, in bytes.
 *
 * @param {import('playwright-core').Page} page
 */
async function memoryOf(page) {
  const browser = page.context().browser();
  assert.ok(browser);
  const inBrowser = await browser.newBrowserCDPSession();
  const inPage = await page.context().newCDPSession(page);
  const { processInfo } = await inBrowser.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  return async () => {
    await inPage.send('HeapProfiler.collectGarbage');
    let bytes = 0;
    for (const { id } of renderers) {
      const status = await readFile(`/proc/${id}/status`, 'utf8');
      bytes += Number(status.match(/^RssAnon:\s+(\d+) kB$/m)?.[1]) * 1024;
    }
    return bytes;
  };
}
