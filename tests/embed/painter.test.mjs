// What a Painter of the packed package does when it is stopped, given odd things, or its workers fail.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { browsers, eventually } from '../browser/browsers.mjs';
import { servePackage } from './sites.mjs';

/** @type {import('../browser/server.mjs').Server} */
let server;
before(async () => {
  server = await servePackage('painter');
});
after(() => server?.close());

/** Newer than the oldest browsers that the README names. */
const NEWER = `
  delete AbortSignal.prototype.throwIfAborted;
  delete AbortSignal.prototype.reason;
  delete AbortSignal.timeout;
  delete AbortSignal.any;
  delete Array.prototype.at;
  delete Object.hasOwn;
  delete Symbol.dispose;
  delete globalThis.structuredClone;
`;

/** Runs before a worker's own script. @param {string} script */
const inWorkers = (script) => {
  server.rewrite = (path, content) =>
    path.endsWith('/worker.js') ? Buffer.concat([Buffer.from(`${script};`), content]) : content;
};

for (const [name, open] of Object.entries(browsers)) {
  describe(`a Painter in ${name}`, () => {
    /** @type {import('../browser/browsers.mjs').TestPage} */
    let page;

    /** Opens a page of its own that has the package, and counts its workers. @param {string} [first] */
    async function begin(first = '') {
      await page.open(server.url);
      await page.run(`async () => {
        ${first}
        const workers = [];
        globalThis.Worker = class extends Worker {
          constructor(...given) {
            super(...given);
            workers.push(this);
          }
          terminate() {
            this.ended = true;
            super.terminate();
          }
        };
        const failure = (error) => [error.name, error.code, error.message];
        const { Painter } = await import('/package/index.js');
        Object.assign(globalThis, { Painter, workers, failure });
      }`);
      page.messages.length = 0;
    }

    before(async () => {
      page = await open();
    });
    after(() => page?.close());

    test('a worker whose answer does not fit into memory is noticed, and another one paints', async () => {
      await begin();
      const [failed, width] = await page.run(`async () => {
        const painter = await Painter.load({ workers: 1 });
        await painter.preload();
        const photo = new ImageData(200, 200);
        const lose = () => workers[0].dispatchEvent(new MessageEvent('messageerror'));
        const codes = await painter.paint(photo, { onProgress: lose }).then(() => [], failure);
        const { width } = await painter.paint(photo);
        painter.dispose();
        return [codes.slice(0, 2), width];
      }`);
      assert.deepEqual(failed, ['BrushworkError', 'no-memory']);
      assert.equal(width, 200);
    });

    test('paints and stops in browsers that lack what newer ones have', async () => {
      inWorkers(NEWER);
      try {
        await begin(NEWER);
        const [width, stopped, early, disposed] = await page.run(`async () => {
          const painter = await Painter.load({ workers: 2 });
          const photo = new ImageData(200, 200);
          const { width } = await painter.paint(photo);
          const controller = new AbortController();
          const { signal } = controller;
          const stopped = painter.paint(photo, { signal }).catch((error) => error);
          controller.abort();
          const early = painter.paint(photo, { signal }).catch((error) => error);
          const reasons = [await stopped, await early];
          const disposed = painter.paint(photo).catch((error) => error);
          painter.dispose();
          return [width, ...[...reasons, await disposed].map((reason) => reason?.name)];
        }`);
        assert.deepEqual(
          [width, stopped, early, disposed],
          [200, 'AbortError', 'AbortError', 'AbortError'],
        );
      } finally {
        server.rewrite = undefined;
      }
    });

    test('tells of no progress any more once it was stopped', async () => {
      await begin();
      server.heldBack = '.wasm';
      try {
        await page.run(`async () => {
          globalThis.painter = await Painter.load({ workers: 1 });
          globalThis.told = 0;
          const controller = new AbortController();
          await new Promise((begun) => {
            const painting = painter.paint(new ImageData(20, 20), {
              signal: controller.signal,
              onProgress: () => {
                told += 1;
                begun();
              },
            });
            painting.catch(() => {});
          });
          controller.abort();
          told = 0;
        }`);
      } finally {
        server.heldBack = undefined;
      }
      const [width, told] = await page.run(`async () => {
        const { width } = await painter.paint(new ImageData(20, 20));
        painter.dispose();
        return [width, told];
      }`);
      assert.deepEqual([width, told], [20, 0]);
    });

    test('breaks off the download of its model when it is disposed of, and paints after that', async () => {
      await begin();
      server.heldBack = '.onnx';
      server.requests = [];
      server.left = [];
      try {
        await page.run(`async () => {
          globalThis.painter = await Painter.load({ workers: 1 });
          globalThis.loading = painter.preload().catch((error) => error.name);
        }`);
        await eventually('the model is asked for', () =>
          server.requests.some((url) => url.endsWith('.onnx')),
        );
        assert.equal(await page.run('() => (painter.dispose(), loading)'), 'AbortError');
        await eventually('the browser no longer waits for it', () =>
          server.left.some((url) => url.endsWith('.onnx')),
        );
      } finally {
        server.heldBack = undefined;
      }
      const width = await page.run(`async () => {
        const { width } = await painter.paint(new ImageData(20, 20));
        painter.dispose();
        return width;
      }`);
      assert.equal(width, 20);
      assert.deepEqual(page.messages, []);
    });

    test('takes null for no options', async () => {
      await begin();
      const width = await page.run(`async () => {
        const painter = await Painter.load(null);
        await painter.preload(null);
        const { width } = await painter.paint(new ImageData(20, 20), null);
        painter.dispose();
        return width;
      }`);
      assert.equal(width, 20);
    });

    test('refuses what is no colour for white, and no rectangle to crop', async () => {
      const failures = await page.run(`async () => {
        const codeOf = ({ name, code }) => [name, code].join();
        const failures = [];
        for (const white of [0, 2, -1, 128, Number.NaN, 'white']) {
          const model = new Uint8Array(8);
          failures.push(await Painter.load({ model, white, styles: [] }).catch(codeOf));
        }
        const painter = await Painter.load({ workers: 1 });
        for (const wrong of [Number.NaN, Infinity, -Infinity]) {
          for (const side of ['x', 'y', 'width', 'height']) {
            const crop = { x: 0, y: 0, width: 20, height: 20, [side]: wrong };
            failures.push(await painter.paint(new ImageData(20, 20), { crop }).catch(codeOf));
          }
        }
        return failures;
      }`);
      assert.equal(failures.length, 18);
      assert.deepEqual(new Set(failures), new Set(['BrushworkError,bad-recipe']));
    });

    test('a model over which the engine traps is not supported, and is not tried again', async () => {
      inWorkers(`(() => {
        const { Instance } = WebAssembly;
        WebAssembly.Instance = function (...given) {
          const engine_new = () => { throw new WebAssembly.RuntimeError('unreachable'); };
          return { exports: { ...new Instance(...given).exports, engine_new } };
        };
      })()`);
      try {
        await begin();
        const [own, started, shipped, startedAgain] = await page.run(`async () => {
          const model = await (await fetch('/package/draft.onnx')).arrayBuffer();
          const own = await Painter.load({ model, workers: 1 }).catch(failure);
          const started = workers.length;
          const painter = await Painter.load({ workers: 1 });
          const shipped = await painter.preload().catch(failure);
          return [own, started, shipped, workers.length - started];
        }`);
        assert.deepEqual(own.slice(0, 2), ['BrushworkError', 'unsupported-model']);
        assert.match(own[2], /unreachable/);
        assert.equal(started, 1);
        assert.deepEqual(shipped.slice(0, 2), ['BrushworkError', 'engine']);
        assert.equal(startedAgain, 2);
      } finally {
        server.rewrite = undefined;
      }
    });

    test('a worker that fails for an unknown reason does not paint any more', async () => {
      inWorkers(`self.OffscreenCanvasRenderingContext2D.prototype.drawImage = () => {
        throw new TypeError('unheard of');
      }`);
      try {
        await begin();
        const [error, ended] = await page.run(`async () => {
          const painter = await Painter.load({ workers: 1 });
          const error = await painter.paint('/samples/chelsea.jpg').catch(failure);
          return [error, workers.map(({ ended }) => ended)];
        }`);
        assert.deepEqual(error.slice(0, 2), ['BrushworkError', 'engine']);
        assert.match(error[2], /unheard of/);
        assert.deepEqual(ended, [true, true], 'it was tried twice, and nothing is left of it');
      } finally {
        server.rewrite = undefined;
      }
    });

    test('when one of its workers does not start, the others end', async () => {
      await begin();
      const [error, ended, width] = await page.run(`async () => {
        const { Worker } = globalThis;
        let started = 0;
        globalThis.Worker = function (...given) {
          started += 1;
          if (started === 3) {
            throw new TypeError('not another one');
          }
          return new Worker(...given);
        };
        const painter = await Painter.load({ workers: 4 });
        const error = await painter.preload().catch(failure);
        const ended = workers.map(({ ended }) => ended);
        Object.assign(globalThis, { Worker });
        const { width } = await painter.paint(new ImageData(20, 20));
        painter.dispose();
        return [error, ended, width];
      }`);
      assert.deepEqual(error.slice(0, 2), ['BrushworkError', 'network']);
      assert.deepEqual(ended, [true, true]);
      assert.equal(width, 20);
    });

    test('paints within a worker of the page, too', async () => {
      await begin();
      const outcome = await page.run(`() => new Promise((done) => {
        const worker = new Worker('/pages/in-worker.js', { type: 'module' });
        worker.onmessage = ({ data }) => done(data);
        worker.onerror = ({ message }) => done(message);
      })`);
      assert.deepEqual(outcome, [122, 122]);
    });

    test('keeps nothing of a painting that it has given', async (context) => {
      const tab = /** @type {{ page?: import('playwright-core').Page }} */ (page).page;
      if (!tab) {
        context.skip('garbage is collected when this browser likes');
        return;
      }
      await begin();
      await page.run(`async () => {
        globalThis.painter = await Painter.load({ workers: 1 });
        globalThis.painting = new WeakRef(await painter.paint(new ImageData(20, 20)));
      }`);
      const devtools = await tab.context().newCDPSession(tab);
      await devtools.send('HeapProfiler.collectGarbage');
      const left = await page.run('() => [typeof painter, typeof painting.deref()]');
      assert.deepEqual(left, ['object', 'undefined']);
    });
  });
}
