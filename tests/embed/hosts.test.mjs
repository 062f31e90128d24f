// The packed package loads and paints wherever it is put: every example is built with it and opened.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { browsers, until } from '../browser/browsers.mjs';
import { decodeInBrowser, difference, paintNatively, styleWeights } from '../browser/pictures.mjs';
import { Server } from '../browser/server.mjs';
import { built, pack, serveInDevelopment, site, unpack } from './sites.mjs';

/** How far paintings of two machines may be apart on average, in 255ths. */
const SAME = 2;
/** In milliseconds. WebKit compiles the engine anew for each page: minutes, when others want the cores, too. */
const PATIENCE = 400_000;

/** The painting that the page shows, as soon as there is one. */
const painting = () => {
  const image = /** @type {HTMLImageElement | null} */ (document.querySelector('#painting'));
  const shown = document.querySelector('brushwork-photo')?.painting;
  const width = image?.naturalWidth ?? shown?.width;
  const height = image?.naturalHeight ?? shown?.height;
  if (!width || !height) {
    return undefined;
  }
  const context = new OffscreenCanvas(width, height).getContext('2d');
  if (image) {
    context?.drawImage(image, 0, 0);
  } else if (shown) {
    context?.putImageData(shown.toImageData(), 0, 0);
  }
  const pixels = context?.getImageData(0, 0, width, height).data ?? [];
  // A picture that WebKit is still decoding for the screen is drawn as nothing: one looks again.
  if (pixels[3] === 0) {
    return undefined;
  }
  let text = '';
  for (let start = 0; start < pixels.length; start += 0x8000) {
    text += String.fromCharCode(...pixels.slice(start, start + 0x8000));
  }
  return { width, height, base64: btoa(text) };
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
  element: 'a page whose only script is the element, under the same strict policy',
  'strict-policy': 'a page with a strict policy',
  cdn: 'another origin, under a policy that names it',
  'bundlers:vite': 'Vite',
  'bundlers:webpack': 'webpack',
  'bundlers:esbuild': 'esbuild',
  'server-rendered': 'a page that a server made',
};

/** What some hosts make of the example's policy, and send along. @type {Record<string, (strict: string) => string>} */
const policies = {
  element: (strict) => strict,
  // As the package's README says; and the page's import map stands in the page.
  cdn: (strict) =>
    strict
      .replace('script-src', `script-src 'unsafe-inline' ${cdn.origin}`)
      .replace("worker-src 'self'", 'worker-src blob:')
      .replace('connect-src', `connect-src ${cdn.origin}`),
};

/** That of the example. */
async function strictPolicy() {
  const html = await readFile(join(await siteOf('strict-policy'), 'index.html'), 'utf8');
  return String(/content="(default-src[^"]*)"/.exec(html)?.[1]);
}

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
      const file = join(await siteOf('static'), 'photo.jpg');
      const photo = await decodeInBrowser(page, await readFile(file));
      expected = await paintNatively(photo, await styleWeights({ 'great-wave': 1 }));
    });
    after(() => page?.close());

    async function paintsRight() {
      const shown = until(page, 'the painting is there', painting, PATIENCE);
      const { width, height, base64 } = await shown.catch((error) => {
        throw new Error(`${error.message}; ${page.messages.join('; ')}`);
      });
      const painted = { width, height, data: Buffer.from(base64, 'base64') };
      const off = difference(painted, expected);
      assert.ok(off <= SAME, `${off} from what the native engine paints`);
    }

    test('Vite before anything is built', async () => {
      const server = await serveInDevelopment(dirname(await siteOf('bundlers:vite')));
      try {
        await page.open(server.url);
        await paintsRight();
        // It would go on looking for the server that is gone.
        await page.open('about:blank');
      } finally {
        server.close();
      }
    });

    for (const [name, what] of Object.entries(hosts)) {
      test(what, async () => {
        const server = new Server(await siteOf(name));
        const policy = policies[name]?.(await strictPolicy());
        server.headers = policy ? { 'content-security-policy': policy } : {};
        await server.listen();
        try {
          page.messages.length = 0;
          await page.open(server.url);
          await paintsRight();
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
