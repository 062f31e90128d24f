// Each browser gets the engine's build that it runs and that computes right there, and no other.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { browsers } from './browsers.mjs';
import { openChromium } from './chromium.mjs';
import { root } from './paths.mjs';
import { plainPhoto } from './photos.mjs';
import { decodeInBrowser, difference, paintNatively, readPng, styleWeights } from './pictures.mjs';
import { serve } from './server.mjs';
import { withFailingSelfTest } from './unsound.mjs';
import { openWebKit } from './webkit.mjs';

/** @typedef {import('./browsers.mjs').TestPage} TestPage */

const RELAXED = '/package/relaxed/brushwork_bg.wasm';
const SIMD = '/package/brushwork_bg.wasm';
const SCALAR = '/package/scalar/brushwork_bg.wasm';

/** The fastest build that each browser runs. @type {Record<string, [() => Promise<TestPage>, string]>} */
const fastest = {
  Chromium: [openChromium, RELAXED],
  WebKit: [openWebKit, SIMD],
  // It knows some of the instructions, but not all that the build has.
  'WebKit with a part of relaxed SIMD': [
    () => openWebKit({ environment: { JSC_useWasmRelaxedSIMD: '1' } }),
    SIMD,
  ],
};
/** How far paintings of two builds may be apart on average, in 255ths. */
const SAME = 2;

/**
 * Paints in a page that has nothing but the package.
 *
 * @param {import('./browsers.mjs').TestPage} page
 * @param {string} [folder] what to serve as the package
 */
async function paintFresh(page, folder = join(root, 'dist/package')) {
  const server = await serve('tests/browser/fixtures');
  server.mounts = {
    '/package/': folder,
    '/samples/': join(root, 'www/app/public/samples'),
    '/tests/': join(root, 'tests/browser'),
  };
  try {
    await page.open(server.url);
    /** @type {{ png: string, files: string[] }} */
    const { png, files } = await page.run(`async () => {
      const helpers = await import('/some/folder/helpers.js');
      const { Painter } = await import('/package/index.js');
      const painter = await Painter.load();
      const painting = await painter.paint('/samples/chelsea.jpg', { style: 'scream' });
      const png = await helpers.base64(await painting.toBlob('image/png'));
      return { png, files: painter.files };
    }`);
    const photo = await decodeInBrowser(page, plainPhoto);
    const expected = await paintNatively(photo, await styleWeights({ scream: 1 }));
    return {
      engine: files.map((url) => new URL(url).pathname).filter((path) => path.endsWith('.wasm')),
      fetched: server.requests
        .map((url) => new URL(url).pathname)
        .filter((path) => path.endsWith('.wasm')),
      off: difference(readPng(Buffer.from(png, 'base64')), expected),
    };
  } finally {
    server.close();
  }
}

for (const [name, [open, build]] of Object.entries(fastest)) {
  test(`${name} gets the fastest build it runs`, async () => {
    const page = await open();
    try {
      const { engine, fetched, off } = await paintFresh(page);
      assert.deepEqual([engine, fetched], [[build], [build]]);
      assert.ok(off <= SAME, `${off} from what the native engine paints`);
    } finally {
      await page.close();
    }
  });
}

for (const [name, open] of Object.entries(browsers)) {
  test(`where SIMD computes wrongly, as in iOS 16.4, the self-test finds out, in ${name}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'brushwork-unsound-'));
    const page = await open();
    try {
      await cp(join(root, 'dist/package'), folder, { recursive: true });
      for (const file of ['relaxed/brushwork_bg.wasm', 'brushwork_bg.wasm']) {
        const sound = await readFile(join(root, 'dist/package', file));
        await writeFile(join(folder, file), withFailingSelfTest(sound));
      }
      const { engine, fetched, off } = await paintFresh(page, folder);
      assert.deepEqual(engine, [SCALAR]);
      const tried = name === 'Chromium' ? [RELAXED, SIMD] : [SIMD];
      assert.deepEqual(fetched, [...tried, SCALAR]);
      assert.ok(off <= SAME, `${off} from what the native engine paints`);
    } finally {
      await page.close();
      await rm(folder, { recursive: true });
    }
  });
}
