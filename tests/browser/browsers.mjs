// The browsers that the tests run in, behind one interface.
import { setTimeout as sleep } from 'node:timers/promises';
import { openChromium } from './chromium.mjs';
import { openWebKit } from './webkit.mjs';

/**
 * @typedef {object} PageOptions
 * @property {string} [language] the browser's language, as `en` or `zh-CN`
 * @property {string} [size] of the window, where it is not a phone's (WebKit)
 * @property {import('playwright-core').BrowserContextOptions} [device] what to be (Chromium)
 * @property {string} [proxy] the proxy that every request goes through (Chromium)
 * @property {string} [profile] the folder of a profile that outlives the browser
 * @property {Record<string, string>} [environment] switches of the browser (WebKit)
 */

/** @typedef {{ x: number, y: number }} Point in CSS pixels, from the window's left upper corner */

/**
 * @typedef {object} TestPage
 * @property {string[]} messages what the page wrote to the console
 * @property {(url: string) => Promise<void>} open
 * @property {(selector: string) => Promise<void>} click
 * @property {(selector: string, path: string) => Promise<void>} chooseFile
 * @property {(key: string) => Promise<void>} press
 *   a key, named as in `KeyboardEvent.key`, or several at once, as `Control+z`
 * @property {(...points: Point[]) => Promise<void>} drag
 *   presses finger or mouse at the first point, moves it over the others, and lets go at the last
 * @property {(at: Point, pixels: number) => Promise<void>} wheel turns it, down where positive
 * @property {(middle: Point, from: number, to: number) => Promise<void>} pinch
 *   with two fingers side by side, each so far from the middle
 * @property {() => Promise<Buffer>} screenshot
 * @property {(script: Function | string, ...args: unknown[]) => Promise<any>} run
 *   runs a function in the page and gives its result
 * @property {(action: () => Promise<void>) => Promise<{ name: string, bytes: Buffer }>} download
 *   does something that saves a file, and gives the file
 * @property {() => Promise<number[]>} processes of the browser's, those that have pages in them
 * @property {() => Promise<void>} close
 */

/** @type {Record<string, (options?: PageOptions) => Promise<TestPage>>} */
export const browsers = { Chromium: openChromium, WebKit: openWebKit };

/**
 * Waits until a function gives something true in the page.
 *
 * @param {Pick<TestPage, 'run'>} page
 * @param {string} what it waits for, in words
 * @param {Function | string} check
 * @param {number} [milliseconds]
 */
export function until(page, what, check, milliseconds) {
  return eventually(what, () => page.run(check).catch(unlessReloading), milliseconds);
}

/**
 * Waits until a function gives something true here, outside the page.
 *
 * @template T
 * @param {string} what it waits for, in words
 * @param {() => T | Promise<T>} check
 * @param {number} [milliseconds]
 */
export async function eventually(what, check, milliseconds = 180_000) {
  const end = Date.now() + milliseconds;
  while (Date.now() < end) {
    const value = await check();
    if (value) {
      return value;
    }
    await sleep(50);
  }
  throw new Error(`waited in vain until ${what}`);
}

/** A page that is just being left cannot answer. @param {Error} error */
function unlessReloading(error) {
  if (!error.message.includes('Execution context was destroyed')) {
    throw error;
  }
}
