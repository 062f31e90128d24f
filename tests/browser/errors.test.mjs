// What goes wrong is told in a plain sentence, with a way out, and the photo stays.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  choosePhoto,
  chooseStyle,
  dropPhoto,
  openSaving,
  painted,
  photoShown,
  problem,
} from './app.mjs';
import { browsers, eventually, until } from './browsers.mjs';
import { interfere, likeAnIPhone } from './chaos.mjs';
import { openChromium } from './chromium.mjs';
import { sharedVisit, visit } from './visit.mjs';
import { openWebKit } from './webkit.mjs';

const wayOut = () => {
  const button = document.querySelector('#problem .way-out');
  return button instanceof HTMLElement && !button.hidden && button.textContent;
};
for (const [name, open] of Object.entries(browsers)) {
  describe(`errors in ${name}`, () => {
    const visited = sharedVisit(open);

    before(async () => {
      const { server, page } = visited;
      await page.open(server.url);
    });

    test('a file that is no picture', async () => {
      const { page, files } = visited;
      await page.chooseFile('#file', files.text);
      assert.match(await problem(page), /not a picture/);
      assert.equal(await page.run(wayOut), 'Choose another photo');
      await page.click('#problem .dismiss');
    });

    test('a picture of which only the start is there', async () => {
      const { page, files } = visited;
      await page.chooseFile('#file', files.cut);
      assert.match(await problem(page), /not a picture/);
      await page.click('#problem .dismiss');
    });

    test('a photo as iPhones keep it, which this browser cannot read', async () => {
      const { page, files } = visited;
      await page.chooseFile('#file', files.heic);
      assert.match(await problem(page), /HEIC.*Safari.*JPEG/);
      await page.click('#problem .dismiss');
    });

    test('an empty file', async () => {
      const { page, files } = visited;
      await page.chooseFile('#file', files.empty);
      assert.match(await problem(page), /empty/);
      assert.equal(await page.run(wayOut), 'Choose another photo');
      assert.deepEqual(page.messages, []);
    });
  });

  // A page of its own: where the engine has run before, the service worker may have kept the whole model.
  test(`a model cut short: the photo stays, and trying again paints it, in ${name}`, async () => {
    await visit(open, async ({ server, page, files }) => {
      server.cutShort = '.onnx';
      await page.open(server.url);
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'great-wave');
      assert.match(await problem(page), /did not download completely/);
      assert.equal(await page.run(wayOut), 'Try again');
      await photoShown(page);
      server.cutShort = undefined;
      await page.click('#problem .way-out');
      await painted(page);
      assert.deepEqual(page.messages, []);
    });
  });

  test(`trying again waits for no download that began before, in ${name}`, async () => {
    await visit(open, async ({ server, page, files }) => {
      const asked = () => server.requests.filter((url) => url.includes('/draft')).length;
      const goOnline = () => void dispatchEvent(new Event('online'));
      server.cutShort = '.onnx';
      await page.open(server.url);
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'great-wave');
      await problem(page);
      // The page tries by itself, to be ready offline: that waits for bytes which do not come.
      const before = asked();
      server.heldBack = '.onnx';
      await eventually('it tries by itself', async () => {
        await page.run(goOnline);
        return asked() > before;
      });
      server.cutShort = undefined;
      await page.click('#problem .way-out');
      await eventually('it tries anew', () => asked() > before + 1);
      server.heldBack = undefined;
      await painted(page);
      assert.deepEqual(page.messages, []);
    });
  });
}

test('a sample that does not arrive', async () => {
  await visit(openChromium, async ({ server, page: browser }) => {
    await browser.open(server.url);
    await browser.page.context().setOffline(true);
    await browser.click('#samples button');
    assert.match(await problem(browser), /could not be downloaded/);
    await browser.page.context().setOffline(false);
    await browser.click('#problem .dismiss');
    await browser.click('#samples button');
    await photoShown(browser);
  });
});

test('a sample that the server has no time for, and one that comes late', async () => {
  await visit(openChromium, async ({ server, page: browser, files }) => {
    interfere(server, likeAnIPhone);
    await browser.open(server.url);
    const busy = '**/coffee.jpg';
    await browser.page.route(busy, (route) => route.fulfill({ status: 503, body: 'busy' }));
    await browser.click('#samples button:has(img[src*=coffee])');
    assert.match(await problem(browser), /could not be downloaded/);
    await browser.page.unroute(busy);
    await browser.click('#problem .dismiss');
    server.heldBack = '/coffee.jpg';
    await browser.click('#samples button:has(img[src*=coffee])');
    await until(browser, 'it says that it is being opened', opening);
    await choosePhoto(browser, files.plain);
    server.heldBack = undefined;
    // Long enough for the sample to come, and to be shown, if it were.
    await sleep(1500);
    const shown = await browser.run(() => {
      const canvas = document.querySelector('before-after .before');
      return canvas instanceof HTMLCanvasElement && canvas.width;
    });
    assert.equal(shown, 451);
    assert.ok(!(await browser.run(opening)));
    assert.deepEqual(
      browser.messages.filter((line) => !line.includes('503')),
      [],
    );
  });
});

const opening = () => document.querySelector('#opening')?.checkVisibility();

for (const [name, open] of Object.entries(browsers)) {
  test(`what reads a photo dies, or sends what does not fit into memory: it is told, in ${name}`, async () => {
    await visit(open, async ({ server, page, files }) => {
      interfere(
        server,
        () => {
          /** @type {Worker[]} */
          const started = [];
          Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
          Object.assign(globalThis, {
            started,
            Worker: class extends Worker {
              /** @param {ConstructorParameters<typeof Worker>} given */
              constructor(...given) {
                super(...given);
                if (String(given[0]).includes('decode')) {
                  started.push(this);
                }
              }
            },
          });
        },
        // It never gets to the end by itself.
        (path, content) =>
          path.includes('decode.worker')
            ? Buffer.from(`self.createImageBitmap = () => new Promise(() => {});${content}`)
            : content,
      );
      await page.open(server.url);
      for (const end of [
        'started.pop().terminate()',
        "started.pop().dispatchEvent(new MessageEvent('messageerror'))",
      ]) {
        await page.run(() => {
          const dismiss = document.querySelector('#problem .dismiss');
          return dismiss instanceof HTMLElement && dismiss.click();
        });
        await page.chooseFile('#file', files.plain);
        await until(
          page,
          'it has begun',
          `async () => started.length > 0 &&
            (await navigator.locks.query()).pending.some(({ name }) => name.startsWith('brushwork-answer'))`,
        );
        await page.run(`() => { ${end}; }`);
        assert.match(await problem(page), /not enough memory/);
        assert.ok(!(await page.run(opening)));
      }
      assert.equal(await page.run(wayOut), 'Open it smaller');
      await page.click('#problem .way-out');
      await photoShown(page);
    });
  });
}

test('too little memory for a large file: a smaller one is saved', async () => {
  await visit(openChromium, async ({ server, page }) => {
    /** Canvases as in Safari, which past its limit gives empty ones: here 2 megapixels. */
    const limited = (/** @type {typeof OffscreenCanvasRenderingContext2D} */ { prototype }) => {
      const { getImageData } = prototype;
      prototype.getImageData = function (x, y, across, down) {
        const { width, height } = this.canvas;
        return width * height > 2_000_000
          ? new ImageData(across, down)
          : getImageData.call(this, x, y, across, down);
      };
    };
    const script = `(${limited})(OffscreenCanvasRenderingContext2D);`;
    server.rewrite = (path, content) =>
      /\/worker-[^/]*\.js$/.test(path) ? Buffer.from(script + content) : content;
    await page.open(server.url);
    await dropPhoto(page, { width: 3000, height: 2000 });
    await chooseStyle(page, 'scream');
    await painted(page);
    await openSaving(page);
    await page.click('#sizes label:has([value=full])');
    assert.match(await problem(page), /not enough memory.*smaller size/);
    await page.click('#problem .dismiss');
    await openSaving(page);
    await until(page, 'a smaller file is ready', () =>
      document.querySelector('#file-facts')?.textContent?.startsWith('1024 × 682 '),
    );
  });
});

test('a browser without WebAssembly, as in Lockdown Mode, is told so at once', async () => {
  await visit(
    () => openWebKit({ environment: { JSC_useWasm: '0' } }),
    async ({ server, page }) => {
      await page.open(server.url);
      assert.match(await problem(page), /Lockdown Mode/);
      assert.deepEqual(page.messages, []);
    },
  );
});
