// The packed package loads and paints wherever it is put: every example is built with it and opened.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { browsers, until } from '../browser/browsers.mjs';
import { plainPhoto } from '../browser/photos.mjs';
import {
  decodeInBrowser,
  difference,
  paintNatively,
  readPng,
  styleWeights,
} from '../browser/pictures.mjs';
import { Server } from '../browser/server.mjs';
import { built, pack, site, unpack } from './sites.mjs';

/** How far paintings of two machines may be apart on average, in 255ths. */
const SAME = 2;

/** The painting that the page shows, as soon as there is one. */
const painting = async () => {
  const image = document.querySelector('#painting');
  const shown = document.querySelector('brushwork-photo')?.painting;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (image instanceof HTMLImageElement && image.naturalWidth > 0) {
    await image.decode();
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    context?.drawImage(image, 0, 0);
  } else if (shown) {
    canvas.width = shown.width;
    canvas.height = shown.height;
    context?.putImageData(shown.toImageData(), 0, 0);
  } else {
    return undefined;
  }
  return canvas.toDataURL('image/png').replace(/^.*,/, '');
};

/** @type {string} */
let tarball;
/** Where the package is served for other sites. @type {Server} */
let cdn;

before(async () => {
  tarball = await pack();
  const folder = join(built, 'cdn-files');
  await unpack(tarball, folder);
  cdn = new Server(folder);
  cdn.headers = { 'access-control-allow-origin': '*' };
  await cdn.listen();
});
after(() => cdn?.close());

const hosts = {
  static: 'a plain folder',
  element: 'a page whose only script is the element',
  'strict-policy': 'a page with a strict policy',
  cdn: 'another origin',
  vite: 'Vite',
  webpack: 'webpack',
  esbuild: 'esbuild',
  'server-rendered': 'a page that a server made',
};

/** Those that every browser opens: what bundlers make is the same for all. */
const EVERYWHERE = ['static', 'element'];

/** The sites are built once, for all browsers. @type {Map<string, Promise<string>>} */
const sites = new Map();

/** @param {string} name */
function siteOf(name) {
  const change = (/** @type {string} */ text) =>
    text.replaceAll('https://cdn.example/brushwork/', cdn.url);
  const known = sites.get(name) ?? site(name, tarball, change);
  sites.set(name, known);
  return known;
}

for (const [browser, open] of Object.entries(browsers)) {
  describe(`in ${browser} the package paints from`, () => {
    /** @type {import('../browser/browsers.mjs').TestPage} */
    let page;
    /** @type {import('../browser/pictures.mjs').Picture} */
    let expected;

    before(async () => {
      page = await open();
      await page.open(cdn.url);
      const photo = await decodeInBrowser(page, plainPhoto);
      expected = await paintNatively(photo, await styleWeights({ 'great-wave': 1 }));
    });
    after(() => page?.close());

    for (const [name, what] of Object.entries(hosts)) {
      if (browser !== 'Chromium' && !EVERYWHERE.includes(name)) {
        continue;
      }
      test(what, async () => {
        const server = new Server(await siteOf(name));
        await server.listen();
        try {
          page.messages.length = 0;
          await page.open(server.url);
          const png = await until(page, 'the painting is there', painting).catch((error) => {
            throw new Error(`${error.message}; ${page.messages.join('; ')}`);
          });
          const off = difference(readPng(Buffer.from(png, 'base64')), expected);
          assert.ok(off <= SAME, `${off} from what the native engine paints`);
          assert.deepEqual(page.messages, []);
          const asked = [...server.requests, ...cdn.requests];
          const engines = asked.filter((url) => /\.wasm$/.test(url));
          assert.equal(engines.length, 1, `only the engine that is used is fetched: ${engines}`);
        } finally {
          cdn.requests.length = 0;
          server.close();
        }
      });
    }
  });
}
