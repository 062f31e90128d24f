// Fingers, mouse and keys, for the browsers whose driver does not know them by itself.

/** @typedef {import('./browsers.mjs').Point} Point */

/** The steps in which a gesture goes from one number to another. @param {number} from @param {number} to */
export function between(from, to) {
  const STEPS = 6;
  return Array.from({ length: STEPS }, (_, at) => from + ((to - from) * (at + 1)) / STEPS);
}

/**
 * Two fingers, as a function for the page to run: for a driver that makes a mouse of every finger. The
 * page gets the events that a browser with a touch screen sends.
 *
 * @param {Point} middle
 * @param {number[]} distances of each finger from it, one after another
 */
export function pinchInPage(middle, distances) {
  const fingers = [-1, 1];
  const target = document.elementFromPoint(middle.x, middle.y);
  /** @param {string} type @param {number} apart */
  const send = (type, apart) => {
    for (const side of fingers) {
      const event = new PointerEvent(type, {
        pointerType: 'touch',
        pointerId: side + 10,
        isPrimary: side < 0,
        button: type === 'pointermove' ? -1 : 0,
        buttons: type === 'pointerup' ? 0 : 1,
        clientX: middle.x + side * apart,
        clientY: middle.y,
        bubbles: true,
        cancelable: true,
        composed: true,
      });
      target?.dispatchEvent(event);
    }
  };
  send('pointerdown', Number(distances[0]));
  for (const apart of distances) {
    send('pointermove', apart);
  }
  send('pointerup', Number(distances.at(-1)));
}

/** What WebDriver calls the keys that are no letters. @type {Record<string, string>} */
const KEYS = {
  Control: '\uE009',
  Shift: '\uE008',
  Tab: '\uE004',
  Enter: '\uE007',
  Escape: '\uE00C',
  PageUp: '\uE00E',
  PageDown: '\uE00F',
  End: '\uE010',
  Home: '\uE011',
  ArrowLeft: '\uE012',
  ArrowUp: '\uE013',
  ArrowRight: '\uE014',
  ArrowDown: '\uE015',
};

/** Keys pressed together and let go, for WebDriver. @param {string} keys as `Control+z` */
export function keyActions(keys) {
  // A plus at the end is a key itself.
  const values = keys.split(/\+(?=.)/).map((key) => KEYS[key] ?? key);
  return {
    type: 'key',
    id: 'keyboard',
    actions: [
      ...values.map((value) => ({ type: 'keyDown', value })),
      ...values.reverse().map((value) => ({ type: 'keyUp', value })),
    ],
  };
}

/** A mouse pressed, moved and let go, for WebDriver. @param {Point[]} points */
export function dragActions([start, ...points]) {
  const move = (/** @type {Point | undefined} */ point) => ({
    type: 'pointerMove',
    duration: 0,
    // It takes whole pixels only.
    x: Math.round(point?.x ?? 0),
    y: Math.round(point?.y ?? 0),
  });
  return {
    type: 'pointer',
    id: 'mouse',
    parameters: { pointerType: 'mouse' },
    actions: [
      move(start),
      { type: 'pointerDown', button: 0 },
      ...points.map(move),
      { type: 'pointerUp', button: 0 },
    ],
  };
}

/** A wheel turned, for WebDriver. @param {Point} at @param {number} pixels */
export function wheelActions({ x, y }, pixels) {
  const scroll = { type: 'scroll', origin: 'viewport', duration: 0, deltaX: 0, deltaY: pixels };
  return {
    type: 'wheel',
    id: 'wheel',
    actions: [{ ...scroll, x: Math.round(x), y: Math.round(y) }],
  };
}
