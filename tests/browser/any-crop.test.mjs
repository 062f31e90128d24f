// Any crop, size and limit, of photos of any size: painted as asked for, or said why not.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { browsers } from './browsers.mjs';
import { root } from './paths.mjs';
import { serve } from './server.mjs';

/** How many of them. */
const TRIES = 400;

/** The least side that is painted, in pixels. */
const LEAST = 8;

/** The most pixels that are painted. */
const MOST = 2 ** 26;

/** The longest side that every browser has canvases of. */
const LONGEST = 32_767;

/**
 * @typedef {object} Wishes
 * @property {import('brushwork').Rectangle} [crop]
 * @property {import('brushwork').Frame} [size]
 * @property {number} [maxPixels]
 */

/**
 * Wishes that are the same every time: sound ones, and others.
 *
 * @returns {Array<{ photo: [number, number], wishes: Wishes }>}
 */
function anyWishes() {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  /** @template T @param {T[]} values @returns {T} */
  const oneOf = (values) => /** @type {T} */ (values[Math.floor(random() * values.length)]);
  const side = () => oneOf([1, 7, 8, 9, 16, 63, 100, Math.ceil(random() * 100)]);
  const number = () =>
    oneOf([
      ...[0, -0, -1, 0.5, 7.99, 8, 64, 1e9, -1e9, 1e300, 5e-324],
      ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      ...[random() * 100, random() * 64 - 32, Math.floor(random() * 64), Math.ceil(random() * 40)],
    ]);
  return Array.from({ length: TRIES }, () => {
    /** @type {Wishes} */
    const wishes = {};
    if (random() < 0.8) {
      const [x, y, width, height] =
        random() < 0.5 ? [0, 0, side(), side()] : [number(), number(), number(), number()];
      wishes.crop = { x, y, width, height };
    }
    if (random() < 0.4) {
      wishes.size = oneOf([
        { width: side() },
        { height: side() },
        { width: side(), height: side() },
        { width: 1e300 },
      ]);
    }
    if (random() < 0.4) {
      wishes.maxPixels = oneOf([1, 64, 100, 1000.5, 1e6]);
    }
    return { photo: [side(), side()], wishes };
  });
}

/**
 * The width and height that a painting of these wishes has, before they are cut to whole pixels.
 *
 * @param {[number, number]} photo
 * @param {Wishes} wishes
 * @returns {[number, number]}
 */
function expectedSize([across, down], { crop, size, maxPixels = Number.POSITIVE_INFINITY }) {
  const inside = (from = 0, length = Number.POSITIVE_INFINITY, all = 0) =>
    Math.max(0, Math.min(from + length, all) - Math.max(from, 0));
  const width = inside(crop?.x, crop?.width, across);
  const height = inside(crop?.y, crop?.height, down);
  if (width * height === 0) {
    return [0, 0];
  }
  const fills = Math.min(
    (size?.width ?? Number.POSITIVE_INFINITY) / width,
    (size?.height ?? Number.POSITIVE_INFINITY) / height,
  );
  const scale = Math.min(size ? fills : 1, Math.sqrt(maxPixels / (width * height)));
  return [width * scale, height * scale];
}

for (const [name, open] of Object.entries(browsers)) {
  test(`any crop is painted as asked for, or said why not, in ${name}`, async (context) => {
    const server = await serve('tests/browser/fixtures');
    server.mounts = { '/package/': join(root, 'dist/package') };
    const page = await open();
    try {
      await page.open(server.url);
      await page.run(`async () => {
        const { Painter } = await import('/package/index.js');
        const painter = await Painter.load({ workers: 1 });
        globalThis.ends = (all) => Promise.all(all.map(async ({ photo, wishes }) => {
          try {
            const { width, height } = await painter.paint(new ImageData(...photo), wishes);
            return [width, height];
          } catch (error) {
            return error.code ?? String(error);
          }
        }));
      }`);
      const wished = anyWishes();
      // As text, since not every browser can be handed what JSON has no numbers for.
      const text = JSON.stringify(wished, (_, value) =>
        typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
      );
      const ends = await page.run('(all) => ends(JSON.parse(all))', text);
      /** @type {Record<string, number>} */
      const counts = {};
      for (const [index, { photo, wishes }] of wished.entries()) {
        const end = ends[index];
        const kind = typeof end === 'string' ? end : 'painted';
        counts[kind] = (counts[kind] ?? 0) + 1;
        const told = `${inspect({ photo, wishes })}: ${end}`;
        const expected = expectedSize(photo, wishes);
        const width = Math.floor(expected[0] + 1e-6);
        const height = Math.floor(expected[1] + 1e-6);
        const { x = 0, y = 0, width: across = 0, height: down = 0 } = wishes.crop ?? {};
        if (![x, y, across, down].every(Number.isFinite) || Math.min(across, down) < 0) {
          assert.equal(end, 'bad-recipe', told);
        } else if (Math.min(width, height) < LEAST) {
          assert.equal(end, 'too-small', told);
        } else if (width * height > MOST) {
          assert.equal(end, 'too-large', told);
        } else if (Math.max(width, height) <= LONGEST || end !== 'no-memory') {
          assert.deepEqual(end, [width, height], told);
        }
      }
      context.diagnostic(JSON.stringify(counts));
    } finally {
      await page.close();
      server.close();
    }
  });
}
