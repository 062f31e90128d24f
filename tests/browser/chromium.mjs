import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, devices } from 'playwright-core';
import { between } from './gestures.mjs';
import { chromiumPath } from './paths.mjs';

/** @typedef {import('./browsers.mjs').Point} Point */

/** How to start it: quiet, and offline but for the test's own server. */
const launching = {
  executablePath: chromiumPath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** @param {string[]} switches further ones */
export function launchChromium(switches = []) {
  return chromium.launch({ ...launching, args: [...launching.args, ...switches] });
}

/** What a page sees of an iPhone: size, sharpness, touch, user agent. */
export function iPhone() {
  const { viewport: _, defaultBrowserType: __, ...phone } = devices['iPhone 15'];
  return { ...phone, viewport: { width: 390, height: 844 } };
}

/**
 * Opens a page in Chromium, as an iPhone unless told otherwise. Where there is a touch screen, fingers do
 * what a mouse does elsewhere.
 *
 * @param {import('./browsers.mjs').PageOptions & { context?: import('playwright-core').BrowserContext }} options
 * @returns {Promise<import('./browsers.mjs').TestPage & { page: import('playwright-core').Page }>}
 */
export async function openChromium({
  language = 'en',
  device = iPhone(),
  profile,
  proxy,
  context,
} = {}) {
  // Without the last word, Chromium asks for addresses of this machine directly.
  const through = proxy && { proxy: { server: proxy, bypass: '<-loopback>' } };
  const options = { ...device, ...through, locale: language };
  if (profile) {
    context = await chromium.launchPersistentContext(profile, { ...launching, ...options });
  }
  context ??= await (await launchChromium()).newContext(options);
  const whole = context.browser() ?? context;
  const page = await context.newPage();
  /** @type {string[]} */
  const messages = [];
  page.on('console', (message) => {
    // Chromium's own remark that the page has a button for it.
    if (!message.text().startsWith('Banner not shown')) {
      messages.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => messages.push(`uncaught: ${error.message}`));

  return {
    page,
    messages,
    open: async (url) => void (await page.goto(url)),
    click: (selector) => (device.hasTouch ? tap(page, selector) : page.click(selector)),
    chooseFile: (selector, path) => page.setInputFiles(selector, path),
    press: (key) => page.keyboard.press(key),
    async drag(start, ...points) {
      if (device.hasTouch) {
        await touch(
          page,
          [start, ...points].map((point) => [point]),
        );
        return;
      }
      await page.mouse.move(start.x, start.y);
      await page.mouse.down();
      for (const { x, y } of points) {
        await page.mouse.move(x, y);
      }
      await page.mouse.up();
    },
    async wheel({ x, y }, pixels) {
      await page.mouse.move(x, y);
      await page.mouse.wheel(0, pixels);
    },
    pinch: ({ x, y }, from, to) =>
      touch(
        page,
        [from, ...between(from, to)].map((apart) => [
          { x: x - apart, y },
          { x: x + apart, y },
        ]),
      ),
    screenshot: () => page.screenshot(),
    run: (script, ...args) => page.evaluate(`(${script})(...${JSON.stringify(args)})`),
    async download(action) {
      const [download] = await Promise.all([page.waitForEvent('download'), action()]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    },
    async processes() {
      const devtools = await page.context().browser()?.newBrowserCDPSession();
      const { processInfo = [] } = (await devtools?.send('SystemInfo.getProcessInfo')) ?? {};
      return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
    },
    close: () => whole.close(),
  };
}

/**
 * A tap, until the page has heard of the click: Chromium makes that of a finger's touch only later.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} selector
 */
async function tap(page, selector) {
  const click = page.evaluate(
    () =>
      new Promise((done) => {
        const options = { capture: true, once: true };
        addEventListener('click', () => setTimeout(done), options);
      }),
  );
  // The page may be left by it.
  const heard = click.catch(() => {});
  await page.tap(selector);
  await Promise.race([heard, sleep(2000, undefined, { ref: false })]);
}

/**
 * Fingers put on the screen, moved and lifted.
 *
 * @param {import('playwright-core').Page} page
 * @param {Point[][]} moves where each finger is, one time after another
 */
async function touch(page, moves) {
  const devtools = await page.context().newCDPSession(page);
  // Where a finger is put is judged by what was drawn last.
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  );
  const put = (/** @type {string} */ type, /** @type {Point[]} */ fingers) =>
    devtools.send('Input.dispatchTouchEvent', {
      type: /** @type {'touchStart'} */ (type),
      touchPoints: fingers.map(({ x, y }, id) => ({ x, y, id })),
    });
  for (const [at, fingers] of moves.entries()) {
    await put(at === 0 ? 'touchStart' : 'touchMove', fingers);
  }
  if (moves.length > 1) {
    // They come to rest first: after a fling the next tap would only stop it.
    await sleep(100);
    await put('touchMove', moves.at(-1) ?? []);
  }
  await put('touchEnd', []);
  await devtools.detach();
}

/**
 * Watches the page's main thread from now on.
 *
 * @param {import('playwright-core').Page} page
 */
export async function mainThreadWatch(page) {
  const browser = page.context().browser();
  if (browser === null) {
    throw new Error('the page has no browser');
  }
  const categories = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel'];
  await browser.startTracing(page, { categories });
  return {
    /**
     * The longest task in milliseconds of its own time: what the page makes the thread do, and not
     * how long a busy machine made it wait.
     */
    async longestTask() {
      const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
      const threads = new Set();
      let longest = 0;
      for (const { name, args, pid, tid } of traceEvents) {
        if (name === 'thread_name' && args.name === 'CrRendererMain') {
          threads.add(`${pid} ${tid}`);
        }
      }
      for (const { name, pid, tid, tdur = 0 } of traceEvents) {
        if (name === 'RunTask' && threads.has(`${pid} ${tid}`)) {
          longest = Math.max(longest, tdur / 1000);
        }
      }
      return longest;
    },
  };
}
