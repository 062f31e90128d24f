import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { between, dragActions, keyActions, pinchInPage, wheelActions } from './gestures.mjs';
import { webKitWebDriverPath } from './paths.mjs';
import { WebDriver } from './webdriver.mjs';

const windowPath = join(dirname(fileURLToPath(import.meta.url)), 'webkit_window.py');

/**
 * Opens a page in WebKitGTK, on a display of its own.
 *
 * @param {import('./browsers.mjs').PageOptions} options
 * @returns {Promise<import('./browsers.mjs').TestPage & import('./chaos.mjs').Meddling>}
 */
export async function openWebKit({
  language = 'en',
  size = '390x844',
  profile,
  environment = {},
} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'brushwork-webkit-'));
  const downloads = join(folder, 'downloads');
  mkdirSync(downloads);
  const display = await startDisplay();
  const port = await freePort();
  const driver = spawn(webKitWebDriverPath, [`--port=${port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      DISPLAY: `:${display.number}`,
      WEBKIT_PROFILE: profile ?? join(folder, 'profile'),
      WEBKIT_DOWNLOADS: downloads,
      WEBKIT_SIZE: size,
      WEBKIT_LANGUAGES: language,
      ...environment,
    },
  });
  /** @type {string[]} */
  const messages = [];
  const listen = (/** @type {Buffer} */ output) => {
    const lines = output.toString().split('\n');
    messages.push(...lines.filter((line) => line.startsWith('CONSOLE')));
  };
  driver.stdout.on('data', listen);
  driver.stderr.on('data', listen);
  const web = new WebDriver(`http://127.0.0.1:${port}`);
  await web.answers();
  await web.start({ 'webkitgtk:browserOptions': { binary: windowPath, args: [] } });

  const processes = () => descendants(driver.pid ?? 0, 'WebKitWebProces');
  const signal = async (/** @type {NodeJS.Signals} */ name) => {
    for (const id of await processes()) {
      process.kill(id, name);
    }
  };
  let current = await web.window();
  const pageIn = (/** @type {string} */ window) => {
    const focused = async () => {
      if (current !== window) {
        await web.switchTo(window);
        current = window;
      }
      return web;
    };
    return {
      messages,
      open: async (/** @type {string} */ url) => (await focused()).open(url),
      click: async (/** @type {string} */ selector) => (await focused()).click(selector),
      chooseFile: async (/** @type {string} */ selector, /** @type {string} */ path) =>
        (await focused()).type(selector, path),
      press: async (/** @type {string} */ key) => (await focused()).perform(keyActions(key)),
      drag: async (/** @type {import('./browsers.mjs').Point[]} */ ...points) =>
        (await focused()).perform(dragActions(points)),
      wheel: async (
        /** @type {import('./browsers.mjs').Point} */ at,
        /** @type {number} */ pixels,
      ) => (await focused()).perform(wheelActions(at, pixels)),
      // WebKitGTK's driver takes a finger for a mouse, and two for one.
      pinch: async (
        /** @type {import('./browsers.mjs').Point} */ middle,
        /** @type {number} */ from,
        /** @type {number} */ to,
      ) => (await focused()).evaluate(pinchInPage, [middle, [from, ...between(from, to)]]),
      screenshot: async () => (await focused()).screenshot(),
      run: async (/** @type {Function | string} */ script, /** @type {unknown[]} */ ...args) =>
        (await focused()).evaluate(script, args),
      async download(/** @type {() => Promise<void>} */ action) {
        await action();
        const until = Date.now() + 20_000;
        while (Date.now() < until) {
          const name = (await readdir(downloads)).find((file) => !file.endsWith('.part'));
          if (name) {
            const bytes = await readFile(join(downloads, name));
            await rm(join(downloads, name));
            return { name, bytes };
          }
          await sleep(50);
        }
        throw new Error('nothing was downloaded');
      },
      processes,
      resize: async (/** @type {number} */ width, /** @type {number} */ height) =>
        (await focused()).resize(width, height),
      /** As a phone does it to an app that is not looked at: nothing of it runs. */
      async freeze(/** @type {number} */ milliseconds) {
        await signal('SIGSTOP');
        await sleep(milliseconds);
        await signal('SIGCONT');
      },
      another: async () => pageIn(await web.newWindow()),
      async close() {
        await web.quit().catch(() => {});
        driver.kill();
        display.process.kill();
        await sleep(200);
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      },
    };
  };
  return pageIn(current);
}

/**
 * The processes of this name that a process has started, or those that it has started, and so on.
 *
 * @param {number} ancestor
 * @param {string} name as much of it as the system keeps: 15 letters
 */
async function descendants(ancestor, name) {
  /** By process: its parent and its name. @type {Map<number, [number, string]>} */
  const known = new Map();
  for (const id of (await readdir('/proc')).map(Number).filter(Boolean)) {
    const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
    const [, own = '', parent] = /\((.*)\) \S (\d+)/.exec(stat) ?? [];
    known.set(id, [Number(parent), own]);
  }
  /** @param {number} id @returns {boolean} */
  const descends = (id) => id === ancestor || (known.has(id) && descends(known.get(id)?.[0] ?? 0));
  return [...known.keys()].filter((id) => known.get(id)?.[1] === name && descends(id));
}

/** Xvfb picks a free display and tells its number. */
async function startDisplay() {
  const screen = ['-screen', '0', '2560x1600x24', '-nolisten', 'tcp', '-displayfd', '1'];
  const xvfb = spawn('Xvfb', screen, { stdio: ['ignore', 'pipe', 'ignore'] });
  const number = await new Promise((found, failed) => {
    xvfb.stdout.once('data', (line) => found(Number.parseInt(line, 10)));
    xvfb.once('error', failed);
    xvfb.once('exit', (code) => failed(new Error(`Xvfb ended with ${code}`)));
  });
  return { number, process: xvfb };
}

/** @returns {Promise<number>} */
export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address ? address.port : 0;
}
