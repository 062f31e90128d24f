// Offline: what is kept on the device, when the page says so, and how a new version comes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  choosePhoto,
  chooseSample,
  chooseStyle,
  openCropper,
  painted,
  readyOffline,
  save,
  turnPhoto,
} from './app.mjs';
import { browsers, eventually, until } from './browsers.mjs';
import { meddlers } from './chaos.mjs';
import { openChromium } from './chromium.mjs';
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

const headline = () => document.querySelector('.headline')?.textContent;
const offered = () => document.querySelector('#update')?.checkVisibility();

/** @param {import('./browsers.mjs').TestPage} page */
async function newVersionShown(page) {
  const shown = `() => document.querySelector('.headline')?.textContent === '${NEW_HEADLINE}'`;
  await until(page, 'the new version is there', shown);
}

/** What of the engine is on the device. @param {import('./browsers.mjs').TestPage} page */
async function keptEngine(page) {
  /** @type {string[]} */
  const urls = await page.run(async () => {
    const found = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) {
        found.push(url);
      }
    }
    return found;
  });
  return urls.filter((url) => /\.(wasm|onnx|bin)$/.test(url)).map((url) => url.replace(/.*\./, ''));
}

/** As browsers do when the device is short of room. @param {import('./browsers.mjs').TestPage} page */
async function loseWhatIsKept(page) {
  await page.run(async () => {
    for (const name of await caches.keys()) {
      await caches.delete(name);
    }
  });
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
        const kept = await keptEngine(online);
        assert.deepEqual(
          kept.sort(),
          ['bin', 'onnx', 'onnx', 'wasm'],
          'of the engine only what runs here',
        );
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
        // The first one is the page's own; the next one is to be kept, after the engine.
        const drafts = () => server.requests.filter((url) => url.includes('/draft')).length;
        let broken = false;
        server.breaksOff = (path) => {
          const breaks = path.includes('/draft') && drafts() > 1;
          broken ||= breaks;
          return breaks;
        };
        await page.open(server.url);
        await eventually('it breaks off', () => broken);
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

    test('what opens the page is kept before the engine is there, which comes over the network once', async () => {
      // Private windows keep no file of this size.
      const { profile, remove } = profileFolder();
      await visit(
        () => open({ profile }),
        async ({ server, page }) => {
          const times = (/** @type {string} */ ending) =>
            server.requests.filter((url) => url.endsWith(ending)).length;
          server.headers = { 'cache-control': 'max-age=3600' };
          server.heldBack = '.wasm';
          await page.open(server.url);
          await until(
            page,
            'the page is kept',
            async () => (await navigator.serviceWorker.getRegistration())?.active,
          );
          const line = () => document.querySelector('#offline .words')?.textContent;
          assert.notEqual(await page.run(line), 'Ready offline', 'nothing is promised yet');
          server.heldBack = undefined;
          await readyOffline(page);
          assert.deepEqual([times('.wasm'), times('.onnx'), times('.bin')], [1, 2, 1]);
          assert.deepEqual(page.messages, []);
        },
      );
      remove();
    });

    test('so does one that broke off before the page itself was kept', async () => {
      await visit(open, async ({ server, page }) => {
        server.breaksOff = (path) => /cropping-.*\.js$/.test(path);
        await page.open(server.url);
        await until(page, 'it is being kept', async () =>
          navigator.serviceWorker.getRegistration(),
        );
        await until(
          page,
          'that has failed',
          async () => !(await navigator.serviceWorker.getRegistration()),
        );
        server.breaksOff = () => false;
        await page.run(() => dispatchEvent(new Event('online')));
        await readyOffline(page);
        const photos = server.requests.filter((url) => /coffee.jpg|astronaut.jpg/.test(url));
        assert.equal(photos.length, 2, 'what was there is not fetched again');
      });
    });

    test('what the browser has thrown away is kept anew', async () => {
      await visit(open, async ({ server, page }) => {
        await page.open(server.url);
        await readyOffline(page);
        await loseWhatIsKept(page);
        await page.open(server.url);
        await readyOffline(page);
        server.close();
        await page.open(server.url);
        await readyOffline(page);
        await chooseSample(page, 'chelsea');
        await chooseStyle(page, 'scream');
        await painted(page);
        await openCropper(page);
        assert.deepEqual(page.messages, []);
      });
    });

    test('if there is a new version as well, the page opens in that', async () => {
      await visit(open, async ({ server, page }) => {
        await page.open(server.url);
        await readyOffline(page);
        await loseWhatIsKept(page);
        server.folder = next.folder;
        await page.open(server.url);
        await newVersionShown(page);
        await until(page, 'it is offered to be kept', offered);
        await page.click('#update .take');
        await readyOffline(page);
        assert.equal(await page.run(headline), NEW_HEADLINE);
        assert.deepEqual(server.missed, []);
      });
    });

    test('a new version waits for a tap, and no file of the old one comes with it', async () => {
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
        await page.run(() => {
          const progress = document.querySelector('#progress');
          const update = document.querySelector('#update');
          /** @type {(boolean | undefined)[]} */
          const offered = [];
          Object.assign(globalThis, { offeredMeanwhile: offered });
          if (progress) {
            const look = () =>
              progress.checkVisibility() && offered.push(update?.checkVisibility());
            new MutationObserver(look).observe(progress, { attributeFilter: ['hidden'] });
          }
        });
        await chooseStyle(page, 'scream');
        await painted(page);
        assert.deepEqual(await page.run('() => globalThis.offeredMeanwhile'), [false]);
        await openCropper(page);
        await page.click('#cropping [type=submit]');
        assert.deepEqual(server.missed, [], 'the old version asked for nothing that is gone');

        await page.click('#update .take');
        await newVersionShown(page);
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

for (const [name, open] of Object.entries(meddlers)) {
  test(`in ${name} a tab goes on in the old version when another one takes the new one`, async () => {
    await visit(open, async ({ server, page }) => {
      await page.open(server.url);
      await readyOffline(page);
      const before = await page.run(headline);
      const second = await page.another();
      server.folder = next.folder;
      await second.open(server.url);
      await until(second, 'the new version is offered', offered);
      await second.click('#update .take');
      await newVersionShown(second);
      await readyOffline(second);

      // Not open yet is the cropper; the workers start anew after each stop.
      await chooseSample(page, 'chelsea');
      await openCropper(page);
      await page.click('#cropping [type=submit]');
      await chooseStyle(page, 'udnie');
      await chooseStyle(page, 'scream');
      await painted(page);
      assert.equal(await page.run(headline), before);
      assert.deepEqual(server.missed, [], 'the old version asked for nothing that is gone');

      assert.ok(await page.run(offered), 'it is offered here, too');
      await page.click('#update .take');
      await newVersionShown(page);
      await painted(page);
      assert.deepEqual(page.messages, []);
    });
  });
}

test('a service worker that the browser ends half-way is started again', async () => {
  await visit(openChromium, async ({ server, page: browser }) => {
    const models = () => server.requests.filter((url) => url.endsWith('.onnx')).length;
    // The page's own go through, the revision last; the next ones are held back.
    server.breaksOff = (path) => {
      if (path.includes('/revise')) {
        server.heldBack = '.onnx';
      }
      return false;
    };
    await browser.open(server.url);
    await eventually('the next one is asked for', () => models() >= 3);
    const devtools = await browser.page.context().newCDPSession(browser.page);
    await devtools.send('ServiceWorker.enable');
    await devtools.send('ServiceWorker.stopAllWorkers');
    server.breaksOff = () => false;
    server.heldBack = undefined;
    await readyOffline(browser);
    assert.deepEqual((await keptEngine(browser)).sort(), ['bin', 'onnx', 'onnx', 'wasm']);
  });
});
