// The work in hand: undone and redone, kept over a reload and a crash, and forgotten.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  choosePhoto,
  chooseStyle,
  dropPhoto,
  forgetPhoto,
  painted,
  painting,
  problem,
  setControl,
  turnPhoto,
} from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { openChromium } from './chromium.mjs';
import { photoFiles } from './photos.mjs';
import { serve } from './server.mjs';
import { sharedVisit, visit } from './visit.mjs';
import { openWebKit } from './webkit.mjs';

/** What is chosen, and what is to be seen. */
const work = () => ({
  style: document.querySelector('#styles [aria-pressed=true]')?.getAttribute('data-style') ?? null,
  strength: document.querySelector('#strength-value')?.textContent,
  painted: document.querySelector('before-after .after')?.checkVisibility(),
  photo: document.querySelector('before-after .before')?.checkVisibility(),
});

/** Whether photo, crop and style are in the database. */
const keptStyle = async () => {
  const open = indexedDB.open('brushwork');
  await new Promise((done) => {
    open.onsuccess = done;
  });
  const store = open.result.transaction('work').objectStore('work');
  const read = (/** @type {string} */ key) =>
    new Promise((done) => {
      const request = store.get(key);
      request.onsuccess = () => done(request.result);
    });
  const [photo, settings] = await Promise.all([read('photo'), read('settings')]);
  open.result.close();
  return photo?.crop && settings?.style;
};

for (const [name, open] of Object.entries(browsers)) {
  describe(`the work in hand in ${name}`, () => {
    const visited = sharedVisit(open);

    before(async () => {
      const { server, page, files } = visited;
      await page.open(server.url);
      await choosePhoto(page, files.plain);
    });

    test('each step is undone and redone, down to the bare photo', async () => {
      const { page } = visited;
      await chooseStyle(page, 'scream');
      await painted(page);
      await chooseStyle(page, 'udnie');
      await painted(page);
      await setControl(page, 'strength', '60');
      await painted(page);
      const states = [await page.run(work)];
      const undo = () => page.click('#undo');
      const steps = [undo, () => page.press('Control+z'), undo];
      steps.push(
        () => page.press('Control+Shift+z'),
        () => page.click('#redo'),
      );
      for (const step of steps) {
        await step();
        await until(page, 'nothing is under way', () => {
          const progress = document.querySelector('#progress');
          return progress instanceof HTMLElement && progress.hidden;
        });
        states.push(await page.run(work));
      }
      const shown = { photo: true, painted: true };
      assert.deepEqual(states, [
        { style: 'udnie', strength: '60%', ...shown },
        { style: 'udnie', strength: '100%', ...shown },
        { style: 'scream', strength: '100%', ...shown },
        { style: null, strength: '100%', photo: true, painted: false },
        { style: 'scream', strength: '100%', ...shown },
        { style: 'udnie', strength: '100%', ...shown },
      ]);
    });

    test('a reload brings back the photo and the settings, painted', async () => {
      const { server, page } = visited;
      // More than once: what was brought back must be kept as well as what was chosen.
      for (let times = 0; times < 3; times += 1) {
        await page.open(server.url);
        await until(page, 'the photo is back', () =>
          document.querySelector('before-after .before')?.checkVisibility(),
        );
      }
      await painted(page);
      assert.deepEqual(await page.run(work), {
        style: 'udnie',
        strength: '100%',
        photo: true,
        painted: true,
      });
    });

    test('one tap forgets it all', async () => {
      const { server, page } = visited;
      await forgetPhoto(page);
      const first = () => document.querySelector('#welcome')?.checkVisibility();
      await page.open(server.url);
      // Long enough for a photo to come back, if there were one.
      await page.run(() => new Promise((done) => setTimeout(done, 1000)));
      assert.ok(await page.run(first));
      assert.deepEqual(page.messages, []);
    });
  });
}

/**
 * Ends a page as the system does it, without a word to it, and opens the next one.
 *
 * @param {Awaited<ReturnType<typeof openChromium>>} browser
 */
async function afterCrash({ page }) {
  const devtools = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  devtools.send('Page.crash').catch(() => {});
  await crashed;
  return openChromium({ context: page.context() });
}

test('after a kill in the middle of a painting the page says so, and offers a smaller size', async () => {
  await visit(openChromium, async ({ server, page: browser, files }) => {
    await browser.open(server.url);
    await choosePhoto(browser, files.plain);
    await chooseStyle(browser, 'scream');
    await painting(browser);
    const next = await afterCrash(browser);
    await next.open(server.url);
    assert.match(await problem(next), /closed in the middle of a painting/);
    await next.click('#problem .way-out');
    await painted(next);
    const size = await next.run(() => {
      const canvas = document.querySelector('before-after .after');
      return canvas instanceof HTMLCanvasElement && canvas.width * canvas.height;
    });
    assert.ok(size <= 512 * 512, `${size} pixels`);
  });
});

test('after a kill while a large file was made the page says so, and paints the preview', async () => {
  await visit(openChromium, async ({ server, page: browser }) => {
    await browser.open(server.url);
    await dropPhoto(browser, { width: 3000, height: 2000 });
    await chooseStyle(browser, 'scream');
    await painted(browser);
    await browser.click('#save');
    await browser.click('#sizes label:has([value=full])');
    await until(browser, 'it is being painted', () =>
      document.querySelector('#file-facts')?.textContent?.startsWith('Painting'),
    );
    const next = await afterCrash(browser);
    await next.open(server.url);
    assert.match(await problem(next), /while it made a large file.*smaller size/);
    await next.click('#problem .dismiss');
    await painted(next);
    const size = await next.run(() => {
      const canvas = document.querySelector('before-after .after');
      return canvas instanceof HTMLCanvasElement && [canvas.width, canvas.height];
    });
    assert.deepEqual(size, [1024, 682]);
  });
});

/** The megabytes at which WebKit ends a page in the test of it. */
const LIMIT = '500';

test(`killed at ${LIMIT} MB in the middle of it all, WebKit brings back photo, crop and settings`, async () => {
  const server = await serve();
  const files = photoFiles();
  const profile = mkdtempSync(join(tmpdir(), 'brushwork-profile-'));
  try {
    const phone = { profile, environment: { WEBKIT_MEMORY: LIMIT } };
    // So that it is in the middle of a painting for as long as it takes.
    server.heldBack = '.onnx';
    const page = await openWebKit(phone);
    try {
      await page.open(server.url);
      await choosePhoto(page, files.plain);
      await turnPhoto(page);
      await chooseStyle(page, 'scream');
      await until(page, 'all of it is kept', keptStyle);
      await page.run(() => {
        /** @type {Uint8Array[]} */
        const taken = [];
        setInterval(() => {
          if (taken.length < 64) {
            taken.push(new Uint8Array(1 << 24).fill(taken.length));
          }
        }, 20);
      });
      const end = Date.now() + 180_000;
      while (!page.messages.some((line) => line.includes('page ended')) && Date.now() < end) {
        await sleep(50);
      }
      assert.match(page.messages.join('\n'), /page ended: exceeded-memory-limit/);
    } finally {
      await page.close();
    }
    server.heldBack = undefined;
    const next = await openWebKit(phone);
    try {
      await next.open(server.url);
      assert.match(await problem(next), /closed in the middle of a painting/);
      assert.equal(
        await next.run(() => document.querySelector('#problem .way-out')?.textContent),
        'Paint it smaller',
      );
      const { style, photo } = await next.run(work);
      assert.deepEqual({ style, photo }, { style: 'scream', photo: true });
      const size = () => {
        const canvas = document.querySelector('before-after .before');
        return canvas instanceof HTMLCanvasElement && [canvas.width, canvas.height];
      };
      assert.deepEqual(await next.run(size), [300, 451]);
      await next.click('#problem .way-out');
      await painted(next);
    } finally {
      await next.close();
    }
  } finally {
    server.close();
    files.remove();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});
