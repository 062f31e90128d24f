// <brushwork-photo> on a page of its own.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { browsers, until } from '../browser/browsers.mjs';
import { root } from '../browser/paths.mjs';
import { Server } from '../browser/server.mjs';
import { built, pack, packAs, unpack } from './sites.mjs';

const folder = join(built, 'element-package');
const another = join(built, 'element-package-another');

before(async () => {
  await unpack(await pack(), folder);
  await unpack(await packAs('0.9.9'), another);
});

for (const [name, open] of Object.entries(browsers)) {
  describe(`<brushwork-photo> in ${name}`, () => {
    /** @type {Server} */
    let server;
    /** @type {import('../browser/browsers.mjs').TestPage} */
    let page;

    /** @param {string} id @param {string} type */
    const happened = async (id, type) =>
      until(
        page,
        `${id} tells of ${type}`,
        `() => events.find((event) => event[0] === '${id}' && event[1] === '${type}')`,
      );

    before(async () => {
      server = new Server(join(root, 'tests/embed/pages'));
      server.mounts = {
        '/package/': folder,
        // Another version of the package, as another part of a page may bring along.
        '/another/': another,
        '/samples/': join(root, 'www/app/public/samples'),
      };
      await server.listen();
      page = await open();
      await page.open(`${server.url}element.html`);
    });
    after(async () => {
      await page?.close();
      server?.close();
    });

    test('paints what is near the screen, and nothing else', async () => {
      const painted = await happened('near', 'painted');
      assert.deepEqual(painted, ['near', 'painted', 173]);
      assert.ok(await happened('near', 'progress'));
      const far = await page.run(() => document.querySelector('#far')?.hasAttribute('aria-busy'));
      assert.equal(far, false);
      const asked = server.requests.filter((url) => url.endsWith('coffee.jpg'));
      assert.deepEqual(asked, []);
    });

    test('shows photo and painting side by side, by a slider that keys move, too', async () => {
      const seen = () =>
        page.run(() => {
          const tree = document.querySelector('#near')?.shadowRoot;
          const slider = /** @type {HTMLInputElement} */ (tree?.querySelector('input'));
          const canvas = /** @type {HTMLCanvasElement} */ (tree?.querySelector('canvas'));
          slider.focus();
          const { clipPath } = getComputedStyle(canvas);
          return [slider.hidden, slider.getAttribute('aria-label'), slider.value, clipPath];
        });
      const label = 'How much of the photo is shown';
      assert.deepEqual(await seen(), [false, label, '30', 'inset(0px 0px 0px 30%)']);
      await page.press('ArrowRight');
      await page.press('ArrowRight');
      assert.deepEqual(await seen(), [false, label, '32', 'inset(0px 0px 0px 32%)']);
    });

    test('is accessible', async () => {
      const axe = await readFile(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
      await page.run(`() => { ${axe} }`);
      const violations = await page.run(`async () => {
        const { violations } = await axe.run();
        return violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html));
      }`);
      assert.deepEqual(violations, []);
      const words = await page.run(
        () => document.querySelector('#near')?.shadowRoot?.querySelector('img')?.alt,
      );
      assert.equal(words, 'A cat');
    });

    test('paints anew when its attributes change, once for all of them', async () => {
      await page.run(`() => {
        events.length = 0;
        const photo = document.querySelector('#near');
        photo.styleId = 'scream';
        photo.strength = 0.5;
        photo.setAttribute('max-pixels', '10000');
      }`);
      assert.deepEqual(await happened('near', 'painted'), ['near', 'painted', 122]);
      const painted = await page.run(
        `() => events.filter(([, type]) => type === 'painted').length`,
      );
      assert.equal(painted, 1);
    });

    test('says what goes wrong, and goes on showing the photo', async () => {
      await page.run(`() => { document.querySelector('#near').styleId = 'nobody'; }`);
      assert.deepEqual(await happened('near', 'error'), ['near', 'error', 'unknown-style']);
      const [message, shown, busy] = await page.run(() => {
        const element = document.querySelector('#near');
        const tree = element?.shadowRoot;
        const width = tree?.querySelector('img')?.getBoundingClientRect().width ?? 0;
        const words = tree?.querySelector('p')?.textContent;
        return [words, width > 100, element?.hasAttribute('aria-busy')];
      });
      assert.match(message, /no style of that name/);
      assert.deepEqual([shown, busy], [true, false]);
    });

    test('paints the rest when it comes near the screen', async () => {
      await page.run(() => document.querySelector('#far')?.scrollIntoView());
      assert.deepEqual(await happened('far', 'painted'), ['far', 'painted', 173]);
    });

    test('moved while it paints, it paints in its new place', async () => {
      await page.run(`async () => {
        events.length = 0;
        const photo = document.querySelector('#far');
        photo.styleId = 'great-wave';
        await new Promise((begun) => photo.addEventListener('progress', begun, { once: true }));
        document.querySelector('main').append(photo);
      }`);
      assert.deepEqual(await happened('far', 'painted'), ['far', 'painted', 173]);
      const ended = await page.run(`() => events.filter(([, type]) => type !== 'progress').length`);
      assert.equal(ended, 1, 'it was painted once, and there was no error');
    });

    test('two versions of the package live on one page', async () => {
      server.requests = [];
      const [isTheirs, files] = await page.run(`async () => {
        const [{ BrushworkPhoto }, { Painter }] = await Promise.all([
          import('/another/element.js'),
          import('/another/index.js'),
        ]);
        const photo = document.querySelector('#far');
        events.length = 0;
        // Both at once.
        photo.styleId = 'scream';
        const painter = await Painter.load({ workers: 2 });
        const options = { style: 'scream', maxPixels: 20_000 };
        const painting = await painter.paint('/samples/coffee.jpg', options);
        globalThis.theirs = painting.toImageData().data.join();
        painter.dispose();
        return [photo instanceof BrushworkPhoto, painter.files];
      }`);
      assert.equal(isTheirs, false, 'the element is of the version that came first');
      assert.deepEqual(await happened('far', 'painted'), ['far', 'painted', 173]);
      const same = await page.run(`() => {
        const ours = document.querySelector('#far').painting.toImageData().data.join();
        return ours === theirs;
      }`);
      assert.ok(same, 'both paint the same');
      const paths = (/** @type {string[]} */ urls) => urls.map((url) => new URL(url).pathname);
      assert.ok(
        paths(files).every((path) => path.startsWith('/another/')),
        `${files}`,
      );
      const fetched = paths(server.requests).filter((path) =>
        /^.another.*(wasm|onnx|bin|worker)/.test(path),
      );
      assert.deepEqual([...new Set(fetched)].sort(), paths(files).sort());
      // The first one lives on without the other.
      await page.run(`() => {
        events.length = 0;
        document.querySelector('#far').styleId = 'udnie';
      }`);
      assert.deepEqual(await happened('far', 'painted'), ['far', 'painted', 173]);
      assert.deepEqual(page.messages, []);
    });
  });
}
