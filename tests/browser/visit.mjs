// The site served, a browser open, photos at hand; and all of it put away at the end.
import { after, before } from 'node:test';
import { photoFiles } from './photos.mjs';
import { serve } from './server.mjs';

/**
 * @template {{ close(): Promise<void> }} Page
 * @typedef {object} Visit
 * @property {import('./server.mjs').Server} server
 * @property {Page} page
 * @property {ReturnType<typeof photoFiles>} files
 */

/**
 * For one test: nothing is on the page yet.
 *
 * @template {{ close(): Promise<void> }} Page
 * @param {() => Promise<Page>} open
 * @param {(visit: Visit<Page>) => Promise<void>} work
 */
export async function visit(open, work) {
  const visited = await begin(open);
  try {
    await work(visited);
  } finally {
    await end(visited);
  }
}

/**
 * For all tests of a `describe`: filled in before the first of them.
 *
 * @template {{ close(): Promise<void> }} Page
 * @param {() => Promise<Page>} open
 * @returns {Visit<Page>}
 */
export function sharedVisit(open) {
  const visited = /** @type {Visit<Page>} */ ({});
  before(async () => void Object.assign(visited, await begin(open)));
  after(() => end(visited));
  return visited;
}

/**
 * @template {{ close(): Promise<void> }} Page
 * @param {() => Promise<Page>} open
 * @returns {Promise<Visit<Page>>}
 */
async function begin(open) {
  const server = await serve();
  const files = photoFiles();
  try {
    return { server, files, page: await open() };
  } catch (error) {
    server.close();
    files.remove();
    throw error;
  }
}

/** Whatever of it there is: it may not have begun. @param {Partial<Visit<{ close(): Promise<void> }>>} visited */
async function end({ server, page, files }) {
  await page?.close();
  server?.close();
  files?.remove();
}
