// Two painters of the packed package at once, stopped whenever it pleases: what they finish is right.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { browsers, until } from '../browser/browsers.mjs';
import { root } from '../browser/paths.mjs';
import { Server } from '../browser/server.mjs';
import { built, pack, unpack } from './sites.mjs';

const PAINTINGS = 50;

/** @type {Server} */
let server;

before(async () => {
  const folder = join(built, 'stops');
  await unpack(await pack(), folder);
  server = new Server(join(root, 'tests/embed/pages'));
  server.mounts = {
    '/fixtures/': join(root, 'tests/browser/fixtures'),
    '/package/': folder,
  };
  await server.listen();
});
after(() => server?.close());

for (const [name, open] of Object.entries(browsers)) {
  test(`${PAINTINGS} paintings stopped at random moments in ${name}`, async (context) => {
    const page = await open();
    try {
      await page.open(`${server.origin}/fixtures/index.html`);
      const seed = Date.now() % 1e6;
      await page.run(`async () => {
        const { twoPainters } = await import('/some/folder/stops.js');
        const ended = (outcome) => Object.assign(globalThis, { outcome });
        twoPainters(${PAINTINGS}, ${seed}).then(ended, (error) => ended({ wrong: [String(error)] }));
      }`);
      const { painted, stopped, slowest, wrong } = await until(
        page,
        'all are painted or stopped',
        () => Object(globalThis).outcome,
        400_000,
      );
      context.diagnostic(
        `seed ${seed}: ${painted} painted, ${stopped} stopped, each within ${slowest} ms`,
      );
      assert.deepEqual(wrong, []);
      assert.equal(painted + stopped, PAINTINGS);
      assert.ok(stopped > 0);
      assert.ok(slowest < 100, `${slowest} ms`);
      assert.deepEqual(page.messages, []);
    } finally {
      await page.close();
    }
  });
}
