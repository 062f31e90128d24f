// Networks that other people exported run in the packed package as in onnxruntime, and what cannot
// run is refused by name.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { browsers } from '../browser/browsers.mjs';
import { root } from '../browser/paths.mjs';
import { Server } from '../browser/server.mjs';
import { built, pack, unpack } from './sites.mjs';

const networks = readdirSync(join(root, 'tests/embed/networks'))
  .filter((file) => file.endsWith('.onnx'))
  .map((file) => file.replace('.onnx', ''));
assert.ok(networks.length >= 13);

for (const [name, open] of Object.entries(browsers)) {
  describe(`a model of one’s own in ${name}`, () => {
    /** @type {Server} */
    let server;
    /** @type {import('../browser/browsers.mjs').TestPage} */
    let page;

    before(async () => {
      const folder = join(built, 'own-model');
      await unpack(await pack(), folder);
      server = new Server(join(root, 'tests/embed/pages'));
      server.mounts = {
        '/fixtures/': join(root, 'tests/browser/fixtures'),
        '/package/': folder,
        '/networks/': join(root, 'tests/embed/networks'),
        '/onnxruntime/': join(root, 'node_modules/onnxruntime-web/dist'),
        '/samples/': join(root, 'www/app/public/samples'),
      };
      await server.listen();
      page = await open();
      await page.open(`${server.origin}/fixtures/index.html`);
      await page.run(`async () => {
      globalThis.own = await import('/some/folder/own-model.js');
    }`);
    });
    after(async () => {
      await page?.close();
      server?.close();
    });

    for (const network of networks) {
      // What works its sizes out from the picture's might do so for one size only.
      const sizes = network.endsWith('-free') ? ['256, 256', '312, 200'] : ['128, 96'];
      for (const size of sizes) {
        test(`${network} paints what onnxruntime paints (${size})`, async () => {
          const { mean, largest, contrast } = await page.run(
            `() => own.compare('${network}', ${size})`,
          );
          assert.ok(mean <= 0.5 && largest <= 2, `${mean} apart on average, ${largest} at most`);
          assert.ok(contrast > 10, 'the painting is nearly of one colour');
        });
      }
    }

    test('a network of a fixed size paints pictures of any other size', async () => {
      const size = await page.run(`() => own.sizeOf('resize-17-fixed', 203, 151)`);
      assert.deepEqual(size, [203, 151]);
    });

    test('what it calls white can be told, and is believed', async () => {
      const [found, told, wrong] = await page.run(`() => own.meansByWhite('transposed-13')`);
      assert.deepEqual(told, found);
      assert.ok(wrong < 10, `a painting in 0..1 taken for one in 0..255 is black, not ${wrong}`);
    });

    test('bytes, a Blob, a buffer and a URL are one model; its styles can be named', async () => {
      const { styles, named, same } = await page.run(`() => own.forms('transposed-13')`);
      assert.deepEqual(styles, ['style-1']);
      assert.deepEqual(named, ['mine']);
      assert.ok(same);
    });

    test('an operator that cannot run is named', async () => {
      const { code, message } = await page.run(`() => own.refusal('transposed-13')`);
      assert.equal(code, 'unsupported-model');
      assert.match(message, /Tand/);
    });
  });
}
