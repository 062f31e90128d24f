// Where the keyboard's focus is: to be seen, and never lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseSample, chooseStyle, painted } from './app.mjs';
import { openChromium } from './chromium.mjs';
import { visit } from './visit.mjs';

/** What has the focus, as a selector tells it; and whether all of it is to be seen. */
const focused = () => {
  const element = document.activeElement;
  if (!element || element === document.body) {
    return { at: 'nothing', covered: [] };
  }
  const style = element.getAttribute('data-style');
  const at = element.id ? `#${element.id}` : style ? `style ${style}` : element.className;
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const edge = 2;
  const corners = [
    [(left + right) / 2, top + edge],
    [(left + right) / 2, (top + bottom) / 2],
    [(left + right) / 2, bottom - edge],
  ];
  const covered = corners.filter(([x = 0, y = 0]) => {
    const seen = document.elementFromPoint(x, y);
    return !(seen && (element.contains(seen) || seen.contains(element)));
  });
  return { at, covered };
};

test('on the smallest screens nothing lies over what Tab leads to', async () => {
  await visit(openChromium, async ({ server, page: browser }) => {
    await browser.open(server.url);
    await chooseSample(browser, 'coffee');
    await chooseStyle(browser, 'great-wave');
    await painted(browser);
    for (const [width, height] of /** @type {const} */ ([
      [320, 568],
      [568, 320],
      [844, 390],
    ])) {
      await browser.page.setViewportSize({ width, height });
      for (const key of ['Tab', 'Shift+Tab']) {
        const seen = new Set();
        for (let presses = 0; presses < 60; presses += 1) {
          await browser.press(key);
          const { at, covered } = await browser.run(focused);
          assert.deepEqual(covered, [], `${at} by ${key}, ${width} by ${height}`);
          seen.add(at);
        }
        for (const at of ['#stroke', '#second', '#keep-colours', '#strength', '#save']) {
          assert.ok(seen.has(at), `${at} by ${key}: ${[...seen]}`);
        }
      }
    }
  });
});
