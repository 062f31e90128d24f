// The page as an app: what Chromium and an iPhone want of it, and how it offers itself.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { validateManifest } from '@pwabuilder/manifest-validation';
import { chooseSample, openCropper } from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { interfere } from './chaos.mjs';
import { openChromium } from './chromium.mjs';
import { root } from './paths.mjs';
import { readPng } from './pictures.mjs';
import { sharedVisit, visit } from './visit.mjs';

const site = join(root, 'dist/site');

/** @type {{ [field: string]: any }} */
const manifest = JSON.parse(await readFile(join(site, 'manifest.webmanifest'), 'utf8'));

test('the manifest is as it should be, wherever the site lies', async () => {
  const validations = await validateManifest(/** @type {any} */ (manifest));
  const faults = validations.filter(({ valid }) => !valid);
  assert.deepEqual(
    faults.map(({ member, errorString }) => `${member}: ${errorString}`),
    [],
  );
  const { display, id, scope, start_url: start, theme_color: colour } = manifest;
  assert.deepEqual(
    { display, id, scope, start },
    { display: 'standalone', id: './', scope: './', start: './' },
  );
  assert.match(colour, /^#/);
});

test('every icon is as large as it says, and those for iOS and for masks are opaque', async () => {
  /** @type {Array<{ src: string, sizes: string, type: string, purpose: string }>} */
  const icons = [
    ...manifest.icons,
    { src: 'apple-touch-icon.png', sizes: '180x180', type: 'image/png', purpose: 'apple' },
  ];
  const purposes = new Set();
  for (const { src, sizes, type, purpose } of icons) {
    purposes.add(purpose);
    if (type === 'image/png') {
      const { width, height, data } = readPng(await readFile(join(site, src)));
      assert.equal(`${width}x${height}`, sizes, src);
      const opaque = data.every((value, at) => at % 4 !== 3 || value === 255);
      assert.equal(opaque, purpose !== 'any', src);
    }
  }
  assert.deepEqual(purposes, new Set(['any', 'maskable', 'apple']));
});

describe('the page as an app in Chromium', () => {
  const visited = sharedVisit(() => openChromium({ profile }));
  const profile = mkdtempSync(join(tmpdir(), 'brushwork-profile-'));

  before(async () => {
    const { server, page: browser } = visited;
    await browser.open(server.url);
  });
  after(async () => {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  test('can be installed, in Chromium’s own judgement', async () => {
    const { page: browser } = visited;
    const devtools = await browser.page.context().newCDPSession(browser.page);
    const { errors } = await devtools.send('Page.getAppManifest');
    assert.deepEqual(errors, []);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors, []);
  });

  test('offers it by a button', async () => {
    const { page: browser } = visited;
    await until(browser, 'the button is there', () =>
      document.querySelector('#install')?.checkVisibility(),
    );
    // Looked at right after the page's own listener: the browser may offer it anew at once.
    await browser.run(() => {
      const button = document.querySelector('#install');
      button?.addEventListener('click', () => {
        button.setAttribute('data-hidden-by-click', String(!button.checkVisibility()));
      });
    });
    await browser.click('#install');
    await until(browser, 'the click was heard', () =>
      document.querySelector('#install')?.hasAttribute('data-hidden-by-click'),
    );
    assert.equal(await browser.page.getAttribute('#install', 'data-hidden-by-click'), 'true');
    assert.deepEqual(browser.messages, []);
  });
});

for (const [name, open] of Object.entries(browsers)) {
  describe(`the page on an iPhone, in ${name}`, () => {
    const visited = sharedVisit(open);
    const hinted = () => document.querySelector('#install-hint')?.checkVisibility();

    before(async () => {
      const { server, page } = visited;
      // Of all browsers only those on iOS have it.
      interfere(server, () => Object.assign(navigator, { standalone: false }));
      await page.open(server.url);
    });

    test('says once how it comes to the home screen', async () => {
      const { server, page } = visited;
      assert.ok(await page.run(hinted));
      const [glyph, words] = await page.run(() => {
        const hint = document.querySelector('#install-hint');
        return [hint?.querySelector('use')?.getAttribute('href'), hint?.textContent];
      });
      assert.equal(glyph, '#glyph-share');
      assert.match(words, /Share.*Add to Home Screen.*once.*online.*Ready offline/s);
      // Long enough for it to be seen, and no more than that.
      await until(page, 'it is remembered', () => localStorage['brushwork-install-hint']);
      await page.open(server.url);
      assert.equal(await page.run(hinted), false, 'not a second time by itself');
      await page.click('#install');
      assert.equal(await page.run(hinted), true, 'but when it is asked for');
      const installable = () => document.querySelector('#install')?.checkVisibility();
      assert.equal(await page.run(installable), false);
      await page.click('#install-hint .dismiss');
      assert.deepEqual([await page.run(hinted), await page.run(installable)], [false, true]);
    });

    test('has what iOS reads: icon, title, status bar, and a splash screen as large as the screen', async () => {
      const { page } = visited;
      await until(
        page,
        'the splash screens are there',
        () => document.querySelectorAll('link[rel=apple-touch-startup-image]').length === 4,
      );
      const { sides, ...found } = await page.run(async () => {
        const meta = (/** @type {string} */ of) =>
          document.querySelector(`meta[name="${of}"]`)?.getAttribute('content');
        /** @type {Record<string, string>} */
        const splash = {};
        for (const link of document.querySelectorAll('link[rel=apple-touch-startup-image]')) {
          const image = new Image();
          image.src = link.getAttribute('href') ?? '';
          await image.decode();
          splash[link.getAttribute('media') ?? ''] = `${image.width}x${image.height}`;
        }
        const icon = document.querySelector('link[rel=apple-touch-icon]');
        return {
          sides: [screen.width, screen.height].map((side) => side * devicePixelRatio),
          capable: meta('apple-mobile-web-app-capable'),
          title: meta('apple-mobile-web-app-title'),
          bar: meta('apple-mobile-web-app-status-bar-style'),
          viewport: meta('viewport'),
          icon: icon?.getAttribute('href'),
          splash,
        };
      });
      if (name === 'Chromium') {
        assert.deepEqual(sides, [1179, 2556], 'it is an iPhone 15');
      }
      const [short, long] = [Math.min(...sides), Math.max(...sides)];
      assert.deepEqual(found, {
        capable: 'yes',
        title: 'Brushwork',
        bar: 'default',
        viewport: 'width=device-width, initial-scale=1, viewport-fit=cover',
        icon: './apple-touch-icon.png',
        splash: {
          '(prefers-color-scheme: light) and (orientation: portrait)': `${short}x${long}`,
          '(prefers-color-scheme: light) and (orientation: landscape)': `${long}x${short}`,
          '(prefers-color-scheme: dark) and (orientation: portrait)': `${short}x${long}`,
          '(prefers-color-scheme: dark) and (orientation: landscape)': `${long}x${short}`,
        },
      });
    });

    test('fingers move what is cropped and compared, and select nothing', async () => {
      const { page } = visited;
      await chooseSample(page, 'chelsea');
      await openCropper(page);
      const styles = await page.run(() => {
        const style = (/** @type {string} */ selector) =>
          getComputedStyle(/** @type {Element} */ (document.querySelector(selector)));
        return {
          cropper: style('cropper-canvas').touchAction,
          comparing: style('before-after').webkitUserSelect,
          pinching: style('before-after').touchAction,
        };
      });
      assert.deepEqual(styles, {
        cropper: 'none',
        comparing: 'none',
        pinching: 'pan-y pinch-zoom',
      });
      await page.click('#cropping [type=submit]');
    });

    test('from the home screen there is no such hint', async () => {
      const { server, page } = visited;
      interfere(server, () => {
        localStorage.clear();
        Object.assign(navigator, { standalone: true });
      });
      await page.open(server.url);
      await until(page, 'the page is there', () => document.querySelector('main:not([hidden])'));
      assert.equal(await page.run(hinted), false);
    });
  });
}

test('in Chromium the page keeps clear of the notch and of the bar below', async () => {
  await visit(openChromium, async ({ server, page: browser }) => {
    await browser.open(server.url);
    const paddings = () => [
      getComputedStyle(/** @type {Element} */ (document.querySelector('.bar'))).paddingTop,
      getComputedStyle(/** @type {Element} */ (document.querySelector('main'))).paddingBottom,
    ];
    assert.deepEqual(await browser.run(paddings), ['4px', '16px']);
    const devtools = await browser.page.context().newCDPSession(browser.page);
    const insets = { top: 47, bottom: 34 };
    await devtools.send(/** @type {any} */ ('Emulation.setSafeAreaInsetsOverride'), { insets });
    assert.deepEqual(await browser.run(paddings), ['51px', '50px']);
  });
});
