// Under policies that forbid a good deal, the packed package paints, or says why it does not.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { browsers, until } from '../browser/browsers.mjs';
import { servePackage } from './sites.mjs';

/** @type {import('../browser/server.mjs').Server} */
let server;
/** The same on another origin. @type {import('../browser/server.mjs').Server} */
let cdn;
before(async () => {
  server = await servePackage('policies');
  cdn = await servePackage('policies-cdn');
  cdn.headers = { 'access-control-allow-origin': '*' };
});
after(() => {
  server?.close();
  cdn?.close();
});

const TRUSTED = "require-trusted-types-for 'script'";

for (const [name, open] of Object.entries(browsers)) {
  describe(`under a policy in ${name}`, () => {
    /** @type {import('../browser/browsers.mjs').TestPage} */
    let page;
    before(async () => {
      page = await open();
    });
    after(() => page?.close());

    /** Opens an empty page that has this policy. @param {string} policy */
    async function openUnder(policy) {
      server.headers = {
        'content-security-policy': policy,
        'access-control-allow-origin': '*',
      };
      await page.open(server.url);
      page.messages.length = 0;
    }

    /** @param {string} folder of the package */
    const painted = (folder) =>
      page.run(
        `async (folder) => {
          const { Painter } = await import(folder + 'index.js');
          const painter = await Painter.load({ workers: 2 });
          const end = await painter.paint(folder + '../samples/chelsea.jpg', { maxPixels: 10_000 }).then(
            ({ width }) => width,
            ({ name, code }) => [name, code].join(),
          );
          painter.dispose();
          return end;
        }`,
        folder,
      );

    test('that gives a page no origin, it paints', async () => {
      await openUnder('sandbox allow-scripts');
      assert.equal(await painted(`${server.origin}/package/`), 122);
    });

    test('that wants scripts to be trusted, it paints, and so does the element', async () => {
      await openUnder(TRUSTED);
      assert.equal(await painted('/package/'), 122);
      await page.run(`async () => {
        await import('/package/element.js');
        const photo = document.createElement('brushwork-photo');
        photo.src = '/samples/chelsea.jpg';
        document.body.append(photo);
        globalThis.photo = photo;
      }`);
      assert.equal(await until(page, 'it is painted', '() => photo.painting?.width'), 451);
      assert.deepEqual(page.messages, []);
    });

    test('that wants scripts to be trusted, it paints from another origin', async () => {
      await openUnder(TRUSTED);
      assert.equal(await painted(`${cdn.origin}/package/`), 122);
      assert.deepEqual(page.messages, []);
    });

    test('that does not trust it, it says so', async () => {
      await openUnder(`${TRUSTED}; trusted-types another`);
      const end = await painted('/package/');
      const known = await page.run(`() => 'trustedTypes' in globalThis`);
      assert.equal(end, known ? 'BrushworkError,network' : 122);
    });
  });
}
