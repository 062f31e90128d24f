// A small static host for the built site. It serves it from a sub-folder, as many hosts do.
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './paths.mjs';

const FOLDER = '/some/folder/';

/** @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.onnx': 'application/octet-stream',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/**
 * @param {string} folder what to serve, from the repository's root
 * @returns {Promise<Server>}
 */
export async function serve(folder = 'dist/site') {
  const server = new Server(resolve(root, folder));
  await server.listen();
  return server;
}

export class Server {
  /** Files to send only the first half of, as they end: `.onnx`. @type {string | undefined} */
  cutShort;
  /** Says for which files the connection breaks in the middle. @type {(path: string) => boolean} */
  breaksOff = () => false;
  /** What to send in place of a file. @type {((path: string, content: Buffer) => Buffer) | undefined} */
  rewrite;
  /** Files to hold back until this is undone, as they end. @type {string | undefined} */
  heldBack;
  /** The URLs that were asked for. @type {string[]} */
  requests = [];
  /** Those of them that are not there. @type {string[]} */
  missed = [];
  /** Those of them whose answer the browser did not wait for. @type {string[]} */
  left = [];
  /** Further folders, by the path they are served under. @type {Record<string, string>} */
  mounts = {};
  /** Sent with every file. @type {Record<string, string>} */
  headers = {};
  /** Scheme, host and port. */
  origin = '';
  /** The site's own address. */
  url = '';
  /** The same site in another folder: to the browser, another one. */
  elsewhere = '';
  #http = createServer((request, response) => this.#answer(request, response));

  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
    // A browser may use this server as its proxy, too: then every address it asks for is seen here.
    this.#http.on('connect', ({ url = '' }, socket) => {
      this.requests.push(url);
      socket.destroy();
    });
  }

  /** @param {number} [port] any, unless it is the one from before */
  async listen(port = 0) {
    await new Promise((done) => this.#http.listen(port, '127.0.0.1', () => done(undefined)));
    const address = this.#http.address();
    if (address === null || typeof address === 'string') {
      throw new Error('the server has no port');
    }
    this.origin = `http://127.0.0.1:${address.port}`;
    this.url = this.origin + FOLDER;
    this.elsewhere = `${this.origin}/elsewhere/`;
    this.mounts['/elsewhere/'] ??= this.folder;
  }

  close() {
    this.#http.closeAllConnections();
    this.#http.close();
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  async #answer(request, response) {
    const { href, pathname } = new URL(request.url ?? '/', this.origin);
    const path = decodeURIComponent(pathname);
    this.requests.push(href);
    response.on('close', () => response.writableFinished || this.left.push(href));
    const file = this.#file(path);
    const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (!file || !found?.isFile()) {
      this.missed.push(href);
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
      return;
    }
    const half = this.cutShort && path.endsWith(this.cutShort);
    while (this.heldBack && path.endsWith(this.heldBack) && this.#http.listening) {
      await sleep(20);
    }
    if (this.rewrite) {
      const content = this.rewrite(path, await readFile(file));
      response.writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'content-length': content.length,
        'cache-control': 'no-store',
      });
      response.end(content);
      return;
    }
    const length = half ? found.size >> 1 : found.size;
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': length,
      'cache-control': 'no-store',
      ...this.headers,
    });
    if (this.breaksOff(path)) {
      createReadStream(file, { end: length >> 1 })
        .on('end', () => response.destroy())
        .pipe(response, { end: false });
    } else {
      createReadStream(file, { end: length - 1 }).pipe(response);
    }
  }

  /** @param {string} path */
  #file(path) {
    for (const [prefix, folder] of [...Object.entries(this.mounts), [FOLDER, this.folder]]) {
      if (prefix !== undefined && folder !== undefined && path.startsWith(prefix)) {
        const inside = normalize(path.slice(prefix.length) || 'index.html');
        return inside.startsWith('..') ? undefined : join(folder, inside);
      }
    }
    return undefined;
  }
}
