// Every state of the page, in both languages: axe-core's judgement, light and dark, and on every screen
// whether it fits.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import {
  choosePhoto,
  chooseStyle,
  openCropper,
  openSaving,
  painted,
  problem,
  setControl,
} from './app.mjs';
import { until } from './browsers.mjs';
import { openChromium } from './chromium.mjs';
import { visit } from './visit.mjs';
import { openWebKit } from './webkit.mjs';

/** @typedef {import('./browsers.mjs').TestPage} TestPage */

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What is wrong with what the page shows now. */
const violations = async () => {
  const { violations: found } = await /** @type {any} */ (globalThis).axe.run();
  return found.map(
    (/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ n) => n.html)}`,
  );
};

/** What not every browser and not every visit shows. @param {string[]} ids */
const show = (...ids) => {
  for (const id of ids) {
    document.getElementById(id)?.removeAttribute('hidden');
  }
};

/** A dialog keeps fingers from this button, but not scripts. */
const switchLanguage = () => document.getElementById('language')?.click();

/** What is wider than the screen, cut off, or too small for a thumb. */
const misfits = () => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) {
    found.push(`the page is ${document.documentElement.scrollWidth} wide`);
  }
  const modal = document.querySelector('dialog:modal');
  for (const control of document.querySelectorAll('button, a[href], select, input')) {
    if (!control.checkVisibility() || (modal && !modal.contains(control))) {
      continue;
    }
    const target = control.closest('label') ?? control;
    const { width, height, left, right } = target.getBoundingClientRect();
    const scrolls = target.closest('.strip, .ratios');
    if (Math.min(width, height) < 43.9 || (!scrolls && (left < -0.1 || right > innerWidth + 0.1))) {
      found.push(`${target.outerHTML}: ${width} by ${height}, from ${left} to ${right}`);
    }
    if (target.scrollWidth > target.clientWidth + 1 && target.clientWidth > 0) {
      found.push(`${target.outerHTML}: ${target.scrollWidth} in ${target.clientWidth}`);
    }
  }
  return found;
};

/** Whether the tools stand beside the picture; nothing where there is no picture. */
const panes = () => {
  const [stage, tools] = ['.stage', '.tools'].map((part) =>
    document.querySelector(part)?.getBoundingClientRect(),
  );
  return stage?.width && tools ? tools.left >= stage.right && tools.top < stage.bottom : null;
};

/** How wide and high a window is in which the tools stand beside the picture. */
const hasPanes = (/** @type {number} */ width, /** @type {number} */ height) =>
  width >= 900 || (width >= 600 && height <= 500);

/** A phone with a notch, upright and on its side. */
const notched = [
  { size: { width: 390, height: 844 }, insets: { top: 59, right: 0, bottom: 34, left: 0 } },
  { size: { width: 844, height: 390 }, insets: { top: 0, right: 59, bottom: 21, left: 59 } },
];

/** What lies under the notch, or where the phone's own bar is. @param {Record<'top' | 'right' | 'bottom' | 'left', number>} insets */
const covered = (insets) => {
  const modal = document.querySelector('dialog:modal');
  // A page that scrolls may end anywhere.
  const scrolls = document.documentElement.scrollHeight > innerHeight;
  const found = [];
  for (const part of document.querySelectorAll(
    'h1, h2, p, output, button, a[href], select, input',
  )) {
    const visible = part.checkVisibility() && !part.closest('.visually-hidden, [aria-hidden=true]');
    if (!visible || (modal && !modal.contains(part)) || part.closest('.strip, .ratios')) {
      continue;
    }
    const { left, top, right, bottom } = part.getBoundingClientRect();
    // The words have to be clear; what is around them to be touched need not.
    const { paddingLeft, paddingRight } = getComputedStyle(part);
    if (
      left + Number.parseFloat(paddingLeft) < insets.left ||
      right - Number.parseFloat(paddingRight) > innerWidth - insets.right ||
      top < insets.top ||
      (!scrolls && !part.closest('.tools') && bottom > innerHeight - insets.bottom)
    ) {
      found.push(`${part.outerHTML}: ${[left, top, right, bottom]}`);
    }
  }
  return found;
};

const sizes = /** @type {const} */ ([
  [320, 568],
  [844, 390],
  [820, 1180],
  [1440, 900],
  [2560, 1440],
  [390, 844],
]);

/**
 * Goes through every state of the page.
 *
 * @template {TestPage} Page
 * @param {import('./visit.mjs').Visit<Page>} visited
 * @param {(state: string) => Promise<void>} isSound looks at the page as it is now
 */
async function everyState({ server, page, files }, isSound) {
  // The engine comes later, so that the page can be looked at while it gets ready.
  server.heldBack = '.wasm';
  await page.open(server.url);
  await page.run(`() => { ${axe} }`);
  await isSound('welcome');
  await page.run(show, 'install', 'install-hint', 'offline', 'update', 'opening');
  await isSound('notes');
  await choosePhoto(page, files.plain);
  await isSound('photo');
  await chooseStyle(page, 'great-wave');
  await until(page, 'it gets ready', () => document.querySelector('#progress:not([hidden])'));
  await isSound('getting ready');
  server.heldBack = undefined;
  await painted(page);
  await setControl(page, 'second', 'scream');
  await painted(page);
  await isSound('painted');
  await openSaving(page);
  await until(page, 'a file is ready', () => document.querySelector('#download[href]'));
  await page.run(show, 'share', 'copy', 'sizes', 'saving-progress', 'stop-saving');
  await isSound('saving');
  await page.click('#saving [type=submit]');
  await openCropper(page);
  await isSound('cropping');
  await page.click('#cropping [type=submit]');
  await page.chooseFile('#file', files.empty);
  await problem(page);
  await isSound('problem');
}

test('in every state axe finds nothing, and everything fits the screen and the thumb, in Chromium', async () => {
  await visit(openChromium, async (visited) => {
    const { page: browser } = visited;
    const { page } = browser;
    const devtools = await page.context().newCDPSession(page);
    const setInsets = (/** @type {object} */ insets) =>
      devtools.send(/** @type {any} */ ('Emulation.setSafeAreaInsetsOverride'), { insets });
    await everyState(visited, async (state) => {
      for (const language of ['English', 'Chinese']) {
        for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
          await page.emulateMedia({ colorScheme });
          const found = await browser.run(violations);
          assert.deepEqual(found, [], `${state}, ${language}, ${colorScheme}`);
        }
        for (const [width, height] of sizes) {
          await page.setViewportSize({ width, height });
          assert.deepEqual(await browser.run(misfits), [], `${state}, ${language}, ${width} wide`);
          const beside = await browser.run(panes);
          assert.ok(beside === null || beside === hasPanes(width, height), `${width} wide`);
        }
        for (const { size, insets } of notched) {
          await page.setViewportSize(size);
          await setInsets(insets);
          assert.deepEqual(await browser.run(covered, insets), [], `${state}, ${size.width} wide`);
        }
        await setInsets({});
        await page.setViewportSize({ width: 390, height: 844 });
        await browser.run(switchLanguage);
      }
    });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const moves =
      '() => getComputedStyle(document.querySelector(".samples img")).transitionDuration';
    assert.equal(await browser.run(moves), '0s', 'nothing moves for who wants it so');
  });
});

// WebKit has its colours from the desktop, and each state takes turns with the languages.
for (const [colours, environment] of /** @type {const} */ ([
  ['light', {}],
  ['dark', { GTK_THEME: 'Adwaita:dark' }],
])) {
  test(`in every state axe finds nothing, and everything fits, in WebKit, ${colours}`, async () => {
    const open = () => openWebKit({ environment, language: colours === 'dark' ? 'zh-CN' : 'en' });
    await visit(open, async (visited) => {
      const { page } = visited;
      await everyState(visited, async (state) => {
        const isDark = await page.run(() => matchMedia('(prefers-color-scheme: dark)').matches);
        assert.equal(isDark, colours === 'dark');
        const language = await page.run(() => document.documentElement.lang);
        assert.deepEqual(await page.run(violations), [], `${state}, ${language}`);
        for (const [width, height] of /** @type {const} */ ([
          [320, 568],
          [1440, 900],
          [390, 844],
        ])) {
          await page.resize(width, height);
          await until(page, `it is ${width} wide`, `() => innerWidth === ${width}`);
          assert.deepEqual(await page.run(misfits), [], `${state}, ${language}, ${width} wide`);
          const beside = await page.run(panes);
          assert.ok(beside === null || beside === hasPanes(width, height), `${width} wide`);
        }
        await page.run(switchLanguage);
      });
    });
  });
}
