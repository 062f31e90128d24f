// What stops.test.mjs does in the page: two painters at work at once, stopped now and then.
import { Painter } from '/package/index.js';

/** Two strips high. */
const [WIDTH, HEIGHT] = [96, 200];
/** Every so many paintings, one is not stopped. */
const WHOLE = 5;

/** Repeatable numbers of 0 to 1. @param {number} state */
function randomNumbers(state) {
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @param {number} paintings how many in all @param {number} seed */
export async function twoPainters(paintings, seed) {
  const random = randomNumbers(seed);
  const photo = new ImageData(WIDTH, HEIGHT);
  photo.data.forEach((_, at) => {
    photo.data[at] = at % 4 === 3 ? 255 : random() * 255;
  });
  const painters = [await Painter.load({ workers: 2 }), await Painter.load({ workers: 2 })];
  const [first] = painters;
  const styles = first.styles.slice(0, WHOLE).map(({ id }) => id);

  // What is right, and how long it takes from the start of the workers on.
  const expected = new Map();
  for (const style of styles) {
    expected.set(style, (await first.paint(photo, { style })).toImageData().data.join());
  }
  first.dispose();
  const from = performance.now();
  await first.paint(photo);
  const usual = performance.now() - from;

  const seen = { painted: 0, stopped: 0, slowest: 0, wrong: [] };
  let next = 0;
  const work = async (painter) => {
    while (next < paintings) {
      const at = next;
      next += 1;
      const style = styles[at % styles.length];
      const controller = new AbortController();
      const { signal } = controller;
      let told = 0;
      const stop = () => {
        told = performance.now();
        controller.abort(`stop ${at}`);
      };
      const timer = at % WHOLE === 0 ? undefined : setTimeout(stop, random() * 2 * usual);
      try {
        const painting = await painter.paint(photo, { style, signal });
        seen.painted += 1;
        if (painting.toImageData().data.join() !== expected.get(style)) {
          seen.wrong.push(`painting ${at} is not what it was undisturbed`);
        }
      } catch (error) {
        seen.stopped += 1;
        seen.slowest = Math.max(seen.slowest, performance.now() - told);
        if (!signal.aborted || error !== `stop ${at}`) {
          seen.wrong.push(`painting ${at}: ${error}`);
        }
      }
      clearTimeout(timer);
    }
  };
  await Promise.all(painters.map(work));
  for (const painter of painters) {
    painter.dispose();
  }
  return seen;
}
