// How the tests of chaos interfere with a page: by a script of their own, before any of the page's.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './browsers.mjs';
import { openChromium } from './chromium.mjs';
import { openWebKit } from './webkit.mjs';

/**
 * @typedef {object} Meddling what a browser itself can do to a page
 * @property {(width: number, height: number) => Promise<void>} resize
 * @property {(milliseconds: number) => Promise<void>} freeze stops all of it for so long
 * @property {() => Promise<import('./browsers.mjs').TestPage>} another
 *   opens another page, beside it: to be asked one at a time
 */

/** @typedef {import('./browsers.mjs').TestPage & Meddling} MeddledPage */

/** The browsers, with what they themselves can do. @type {Record<string, () => Promise<MeddledPage>>} */
export const meddlers = {
  async Chromium() {
    const browser = await openChromium();
    const { page } = browser;
    const devtools = await page.context().newCDPSession(page);
    return {
      ...browser,
      resize: (width, height) => page.setViewportSize({ width, height }),
      /** Hidden behind another tab as well. */
      async freeze(milliseconds) {
        const other = await page.context().newPage();
        await other.bringToFront();
        await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
        await sleep(milliseconds);
        await devtools.send('Page.setWebLifecycleState', { state: 'active' });
        await other.close();
        await page.bringToFront();
      },
      another: () => openChromium({ context: page.context() }),
    };
  },
  WebKit: () => openWebKit(),
};

/**
 * The same where a site may keep nothing, which `fill` has to tell some of.
 *
 * @type {Record<string, () => Promise<
 *   import('./browsers.mjs').TestPage & { fill?: (origin: string) => Promise<void> }
 * >>}
 */
export const withFullDisk = {
  async Chromium() {
    const browser = await openChromium();
    const devtools = await browser.page.context().newCDPSession(browser.page);
    return {
      ...browser,
      fill: async (origin) =>
        void (await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 })),
    };
  },
  // Of a disk of a terabyte, a thousand bytes.
  WebKit: () => openWebKit({ environment: { WEBKIT_STORAGE: '1e-9' } }),
};

/**
 * Has the server put a script at the head of the page. It stands before the page's policy, which
 * would not let it run.
 *
 * @param {import('./server.mjs').Server} server
 * @param {() => void} script
 * @param {(path: string, content: Buffer) => Buffer} [spoil] what else to change
 */
export function interfere(server, script, spoil = (_path, content) => content) {
  server.rewrite = (path, content) =>
    path.endsWith('/') || path.endsWith('.html')
      ? Buffer.from(String(content).replace('<head>', `<head><script>(${script})()</script>`))
      : spoil(path, content);
}

/**
 * As many workers on every machine, as many as on an iPhone, whose Safari tells of two cores; and
 * without a service worker, which would take the files from us.
 */
export function likeAnIPhone() {
  Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
  Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { value: 2 });
}

/**
 * Gives the page `paintings`, by which a test is in the middle of one however fast the machine is: after
 * `hold()`, none gets further than to have begun, until `goOn()`. `die()` ends the workers without a word.
 */
export function holdablePaintings() {
  /** @type {Worker[]} */
  let workers = [];
  /** What they have said since. @type {[Worker, unknown][]} */
  let waiting = [];
  let held = false;
  const isPainting = () => {
    const progress = document.querySelector('#progress');
    const words = progress?.querySelector('.progress-text')?.textContent;
    return progress?.checkVisibility() && words?.startsWith('Painting');
  };
  Object.assign(globalThis, {
    Worker: class extends Worker {
      /** @param {ConstructorParameters<typeof Worker>} given */
      constructor(...given) {
        super(...given);
        workers.push(this);
        this.addEventListener('message', (event) => {
          if (held && isPainting()) {
            event.stopImmediatePropagation();
            waiting.push([this, event.data]);
          }
        });
      }
    },
    paintings: {
      hold() {
        held = true;
      },
      goOn() {
        const said = waiting;
        [held, waiting] = [false, []];
        for (const [worker, data] of said) {
          worker.dispatchEvent(new MessageEvent('message', { data }));
        }
      },
      die() {
        const alive = workers;
        [workers, waiting] = [[], []];
        for (const worker of alive) {
          worker.terminate();
        }
      },
      /** Whether there are any workers. */
      live: () => workers.length > 0,
    },
  });
}

/** Nothing is there from before: neither files of a service worker, nor a photo and its style. */
export function withoutKeeping() {
  Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
  IDBFactory.prototype.open = () => {
    throw new DOMException('Refused.', 'SecurityError');
  };
}

/** Whole, a good way into it: the same every time. @param {Buffer} content */
export function garbled(content) {
  const spoiled = Buffer.from(content);
  let random = 1;
  for (let at = 0; at < spoiled.length; at += 1 + (random >>> 25)) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    spoiled[at] = Number(spoiled[at]) ^ (random >>> 16);
  }
  return spoiled;
}

/**
 * Waits for the end of a painting, whichever it is: `painted`, or the sentence that says what went
 * wrong.
 *
 * @param {import('./browsers.mjs').TestPage} page
 * @returns {Promise<string>}
 */
export function outcome(page) {
  return until(page, 'it is painted, or told why not', () => {
    const shown = (/** @type {string} */ selector) =>
      document.querySelector(selector)?.checkVisibility();
    if (shown('#problem')) {
      return document.querySelector('#problem p')?.textContent;
    }
    return shown('before-after .after') && !shown('#progress') && 'painted';
  });
}

/**
 * Tries again, as the page offers it, until it is painted. What was under way when the trouble ended
 * may fail once more.
 *
 * @param {import('./browsers.mjs').TestPage} page
 */
export async function tryAgain(page) {
  let end = '';
  for (let tries = 0; tries < 3 && end !== 'painted'; tries += 1) {
    await page.click('#problem .way-out');
    end = await outcome(page);
  }
  assert.equal(end, 'painted');
}
