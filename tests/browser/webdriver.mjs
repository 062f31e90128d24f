// A WebDriver client, as much of one as these tests need.

import { setTimeout as sleep } from 'node:timers/promises';

/** The key under which WebDriver names an element. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

export class WebDriver {
  #session = '';

  /** @param {string} base where the driver listens */
  constructor(base) {
    this.base = base;
  }

  /** Waits until the driver listens. */
  async answers() {
    for (let tries = 0; tries < 400; tries += 1) {
      try {
        await fetch(`${this.base}/status`);
        return;
      } catch {
        await sleep(50);
      }
    }
    throw new Error('the WebDriver does not answer');
  }

  /** @param {Record<string, unknown>} capabilities */
  async start(capabilities) {
    const { sessionId } = await this.#send('POST', '/session', {
      capabilities: { alwaysMatch: capabilities },
    });
    this.#session = `/session/${sessionId}`;
    await this.#post('/timeouts', { script: 120_000 });
  }

  /** Opens a page and waits until it is loaded. @param {string} url */
  async open(url) {
    await this.#post('/url', { url });
    // WebKitGTK's driver answers before the page's scripts have run, now and then.
    const loaded = `
      const done = arguments[arguments.length - 1];
      if (document.readyState === 'complete') {
        done();
      } else {
        addEventListener('load', () => done(), { once: true });
      }`;
    await this.run(loaded);
  }

  /**
   * Runs a script whose last argument is the callback that takes its result.
   *
   * @param {string} script
   * @param {unknown[]} args
   */
  run(script, args = []) {
    return this.#post('/execute/async', { script, args });
  }

  /**
   * Runs a function, and gives its result.
   *
   * @param {Function | string} script
   * @param {unknown[]} args
   */
  async evaluate(script, args = []) {
    const source = `
      const done = arguments[arguments.length - 1];
      (async () => (${script})(...arguments[0]))().then(
        (value) => done({ value }),
        (error) => done({ error: String(error) + ' ' + (error.stack ?? '') }),
      );`;
    const { value, error } = await this.run(source, [args]);
    if (error !== undefined) {
      throw new Error(error);
    }
    return value;
  }

  /** Waits, as Playwright does, for what is not on show yet. @param {string} selector */
  async click(selector) {
    const deadline = Date.now() + 5000;
    for (;;) {
      try {
        return await this.#post(`/element/${await this.#find(selector)}/click`, {});
      } catch (error) {
        if (Date.now() > deadline || !String(error).includes('element not interactable')) {
          throw error;
        }
        await sleep(50);
      }
    }
  }

  /**
   * Types text; into a file input, the path of the file to choose.
   *
   * @param {string} selector
   * @param {string} text
   */
  async type(selector, text) {
    await this.#post(`/element/${await this.#find(selector)}/value`, { text });
  }

  /** What fingers do, as WebDriver writes it. @param {unknown} actions */
  perform(actions) {
    return this.#post('/actions', { actions: [actions] });
  }

  /** @returns {Promise<Buffer>} a PNG */
  async screenshot() {
    return Buffer.from(await this.#send('GET', `${this.#session}/screenshot`), 'base64');
  }

  /** Of the window. @param {number} width @param {number} height */
  resize(width, height) {
    return this.#post('/window/rect', { width, height });
  }

  /** Opens another window. @returns {Promise<string>} its handle */
  async newWindow() {
    return (await this.#post('/window/new', { type: 'window' })).handle;
  }

  /** The handle of the window that everything goes to. @returns {Promise<string>} */
  window() {
    return this.#send('GET', `${this.#session}/window`);
  }

  /** Has everything go to this window. @param {string} handle */
  switchTo(handle) {
    return this.#post('/window', { handle });
  }

  quit() {
    return this.#send('DELETE', this.#session);
  }

  /** @param {string} selector */
  async #find(selector) {
    const found = await this.#post('/element', { using: 'css selector', value: selector });
    return found[ELEMENT];
  }

  /**
   * @param {string} path
   * @param {unknown} body
   */
  #post(path, body) {
    return this.#send('POST', this.#session + path, body);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<any>}
   */
  async #send(method, path, body) {
    const reply = await fetch(this.base + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = await reply.json();
    if (value?.error) {
      throw new Error(`${value.error}: ${value.message}`);
    }
    return value;
  }
}
