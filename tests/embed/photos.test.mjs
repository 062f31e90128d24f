// Photos from other sites, and what is left of a photo that was read.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { browsers, until } from '../browser/browsers.mjs';
import { root } from '../browser/paths.mjs';
import { servePackage } from './sites.mjs';

const samples = join(root, 'www/app/public/samples');

/** Serves a photo to other sites: to those that ask for it by CORS, or to none. @param {boolean} shared */
async function otherSite(shared) {
  const photo = await readFile(join(samples, 'chelsea.jpg'));
  const http = createServer(({ headers }, response) => {
    response.writeHead(200, {
      'content-type': 'image/jpeg',
      'cache-control': 'max-age=3600',
      // As many do, it says so only to those who ask, and not that it depends on that.
      ...(shared && headers.origin ? { 'access-control-allow-origin': '*' } : {}),
    });
    response.end(photo);
  });
  await new Promise((done) => http.listen(0, '127.0.0.1', () => done(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (http.address());
  return {
    url: `http://127.0.0.1:${port}/chelsea.jpg`,
    close() {
      http.closeAllConnections();
      http.close();
    },
  };
}

/** @type {import('../browser/server.mjs').Server} */
let server;
before(async () => {
  server = await servePackage('photos');
});
after(() => server?.close());

for (const [name, open] of Object.entries(browsers)) {
  describe(`photos in ${name}`, () => {
    /** @type {import('../browser/browsers.mjs').TestPage} */
    let page;
    before(async () => {
      page = await open();
    });
    after(() => page?.close());

    /** What becomes of the photo at an address of another site. @param {string} url */
    const painted = (url) =>
      page.run(
        `async (url) => {
          const { Painter } = await import('/package/index.js');
          const painter = await Painter.load({ workers: 1 });
          const end = await painter.paint(url, { maxPixels: 10_000 }).then(
            ({ width }) => width,
            ({ name, code }) => [name, code].join(),
          );
          painter.dispose();
          return end;
        }`,
        url,
      );

    test('one that another site shares is painted, be it shown already', async () => {
      const other = await otherSite(true);
      try {
        await page.open(server.url);
        await page.run(
          `async (url) => {
            const image = new Image();
            image.src = url;
            document.body.append(image);
            await image.decode();
          }`,
          other.url,
        );
        assert.equal(await painted(other.url), 122);
        await page.run(
          `async (url) => {
            await import('/package/element.js');
            const photo = document.createElement('brushwork-photo');
            photo.src = url + '?as-element';
            document.body.append(photo);
            globalThis.photo = photo;
          }`,
          other.url,
        );
        assert.equal(await until(page, 'it is painted', '() => photo.painting?.width'), 451);
      } finally {
        other.close();
      }
    });

    test('one that is not shared is told from one that cannot be had', async () => {
      const other = await otherSite(false);
      await page.open(server.url);
      assert.equal(await painted(other.url), 'BrushworkError,cross-origin');
      other.close();
      assert.equal(await painted(other.url), 'BrushworkError,network');
    });

    test('of what was read, neither bitmaps nor canvases are left', async () => {
      // On the page and in the worker.
      const watch = `
        const made = [];
        const real = createImageBitmap;
        globalThis.createImageBitmap = async (...given) => {
          const bitmap = await real(...given);
          made.push(bitmap);
          return bitmap;
        };
        globalThis.OffscreenCanvas &&= class extends OffscreenCanvas {
          constructor(...given) {
            super(...given);
            made.push(this);
          }
        };
        const left = () => made.map(({ width }) => width);`;
      server.rewrite = (path, content) =>
        path.endsWith('/worker.js')
          ? Buffer.concat([
              Buffer.from(`(() => {
                ${watch}
                const answers = new BroadcastChannel('left');
                new BroadcastChannel('left?').onmessage = () => answers.postMessage(left());
              })();`),
              content,
            ])
          : content;
      try {
        await page.open(server.url);
        const [onPage, inWorker] = await page.run(`async () => {
          ${watch}
          const { Painter } = await import('/package/index.js');
          const painter = await Painter.load({ workers: 1 });
          const canvas = document.createElement('canvas');
          canvas.getContext('2d').fillRect(0, 0, 300, 150);
          await painter.paint(canvas, { maxPixels: 10_000 });
          await painter.paint('/samples/chelsea.jpg', { crop: { x: 0, y: 0, width: 50, height: 50 } });
          const tiny = { crop: { x: 0, y: 0, width: 5, height: 50 } };
          await painter.paint('/samples/chelsea.jpg', tiny).catch(() => {});
          const answer = new Promise((told) => {
            new BroadcastChannel('left').onmessage = ({ data }) => told(data);
          });
          new BroadcastChannel('left?').postMessage('');
          const inWorker = await answer;
          painter.dispose();
          return [left(), inWorker];
        }`);
        assert.ok(onPage.length >= 1 && inWorker.length >= 5);
        for (const width of [...onPage, ...inWorker]) {
          assert.ok(width <= 1, `${width} pixels wide: ${onPage}; ${inWorker}`);
        }
      } finally {
        server.rewrite = undefined;
      }
    });
  });
}
