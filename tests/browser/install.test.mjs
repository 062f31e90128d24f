// The page as an app: what Chromium and an iPhone want of it, and how it offers itself.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { validateManifest } from '@pwabuilder/manifest-validation';
import { until } from './browsers.mjs';
import { iPhone, openChromium } from './chromium.mjs';
import { root } from './paths.mjs';
import { readPng } from './pictures.mjs';
import { sharedVisit } from './visit.mjs';

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

describe('the page on an iPhone', () => {
  const visited = sharedVisit(openChromium);

  before(async () => {
    const { server, page: browser } = visited;
    // Of all browsers only those on iOS have it.
    await browser.page.addInitScript(() => Object.assign(navigator, { standalone: false }));
    await browser.open(server.url);
  });

  test('says once how it comes to the home screen', async () => {
    const { server, page: browser } = visited;
    const hint = browser.page.locator('#install-hint');
    assert.match(
      (await hint.textContent()) ?? '',
      /Share.*Add to Home Screen.*once.*online.*Ready offline/s,
    );
    await browser.click('#install-hint .dismiss');
    assert.equal(await hint.isVisible(), false);
    await browser.open(server.url);
    assert.equal(await hint.isVisible(), false, 'not a second time');
  });

  test('from the home screen there is no such hint', async () => {
    const { server, page: browser } = visited;
    const { page } = await openChromium({ context: browser.page.context() });
    await page.addInitScript(() => {
      localStorage.clear();
      Object.assign(navigator, { standalone: true });
    });
    await page.goto(server.url);
    await page.waitForFunction(() => document.querySelector('.headline')?.textContent);
    assert.equal(await page.isVisible('#install-hint'), false);
    await page.close();
  });

  test('has what iOS reads: icon, title, status bar, and a splash screen as large as the screen', async () => {
    const { page: browser } = visited;
    await until(browser, 'the splash screens are there', () =>
      document.querySelector('link[rel=apple-touch-startup-image]'),
    );
    const found = await browser.run(async () => {
      const meta = (/** @type {string} */ name) =>
        document.querySelector(`meta[name="${name}"]`)?.getAttribute('content');
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
        capable: meta('apple-mobile-web-app-capable'),
        title: meta('apple-mobile-web-app-title'),
        bar: meta('apple-mobile-web-app-status-bar-style'),
        viewport: meta('viewport'),
        icon: icon?.getAttribute('href'),
        splash,
      };
    });
    const { screen = { width: 0, height: 0 }, deviceScaleFactor = 1 } = {
      screen: { width: 390, height: 844 },
      ...iPhone(),
    };
    const [short, long] = [screen.width * deviceScaleFactor, screen.height * deviceScaleFactor];
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

  test('keeps clear of the notch and of the bar below', async () => {
    const { page: browser } = visited;
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
