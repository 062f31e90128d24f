// Offline: what is kept on the device, when the page says so, and how a new version comes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  choosePhoto,
  chooseStyle,
  openCropper,
  painted,
  readyOffline,
  save,
  turnPhoto,
} from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { photoFiles } from './photos.mjs';
import { readPng } from './pictures.mjs';
import { serve } from './server.mjs';
import { buildNextVersion, NEW_HEADLINE } from './site.mjs';
import { visit } from './visit.mjs';

/** A folder for a browser's profile, and what takes it away. */
function profileFolder() {
  const profile = mkdtempSync(join(tmpdir(), 'brushwork-profile-'));
  return {
    profile,
    remove: () => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** @type {Awaited<ReturnType<typeof buildNextVersion>>} */
let next;
before(async () => {
  next = await buildNextVersion();
});
after(() => next.remove());

for (const [name, open] of Object.entries(browsers)) {
  describe(`offline in ${name}`, () => {
    test('server stopped and browser started anew, it goes from photo to saved painting', async () => {
      const server = await serve();
      const files = photoFiles();
      const { profile, remove } = profileFolder();
      try {
        const online = await open({ profile });
        await online.open(server.url);
        await readyOffline(online);
        await online.close();
        server.close();

        const offline = await open({ profile });
        try {
          await offline.open(server.url);
          await readyOffline(offline);
          await choosePhoto(offline, files.plain);
          await turnPhoto(offline);
          await chooseStyle(offline, 'great-wave');
          await painted(offline);
          const saved = readPng((await save(offline, 'image/png')).bytes);
          assert.deepEqual([saved.width, saved.height], [300, 451]);
          assert.deepEqual(offline.messages, []);
        } finally {
          await offline.close();
        }
      } finally {
        server.close();
        files.remove();
        remove();
      }
    });

    test('a download that broke off goes on later, and until then nothing is promised', async () => {
      await visit(open, async ({ server, page }) => {
        const times = (/** @type {string} */ ending) =>
          server.requests.filter((url) => url.endsWith(ending)).length;
        // The first one is the page's own; what comes after it is to be kept.
        server.breaksOff = (path) => path.endsWith('.onnx') && times('.onnx') > 1;
        await page.open(server.url);
        await until(page, 'it says that it is being kept', () =>
          document.querySelector('#offline .percent')?.textContent?.endsWith('%'),
        );
        await until(page, 'it says so no more', () =>
          document.querySelector('#offline')?.hasAttribute('hidden'),
        );
        const before = { wasm: times('.wasm'), shell: times('.css') };
        server.breaksOff = () => false;
        await page.run(() => dispatchEvent(new Event('online')));
        await readyOffline(page);
        const after = { wasm: times('.wasm'), shell: times('.css') };
        assert.deepEqual(after, before, 'what was there is not fetched again');
      });
    });

    test('a new version waits for a tap, and no file of the old one comes with it', async () => {
      const headline = () => document.querySelector('.headline')?.textContent;
      const offered = () => document.querySelector('#update')?.checkVisibility();
      await visit(open, async ({ server, page, files }) => {
        await page.open(server.url);
        await readyOffline(page);
        const before = await page.run(headline);
        server.folder = next.folder;
        await page.open(server.url);
        await until(page, 'the new version is offered', offered);
        assert.equal(await page.run(headline), before, 'nothing changes unasked');

        // The old version goes on as if nothing had happened, and is not disturbed while it paints.
        await choosePhoto(page, files.plain);
        await chooseStyle(page, 'scream');
        await until(page, 'it paints', () =>
          document.querySelector('#progress')?.checkVisibility(),
        );
        assert.equal(await page.run(offered), false);
        await painted(page);
        await openCropper(page);
        await page.click('#cropping [type=submit]');
        assert.deepEqual(server.missed, [], 'the old version asked for nothing that is gone');

        await page.click('#update .take');
        await until(
          page,
          'the new version is there',
          `() => document.querySelector('.headline')?.textContent === '${NEW_HEADLINE}'`,
        );
        await painted(page);
        await readyOffline(page);
        server.close();
        await page.open(server.url);
        await painted(page);
        assert.equal(await page.run(headline), NEW_HEADLINE);
        assert.deepEqual(page.messages, []);
      });
    });
  });
}
