// Where the keyboard's focus is: to be seen, and never lost.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  chooseSample,
  chooseStyle,
  dropPhoto,
  painted,
  painting,
  photoShown,
  problem,
} from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { holdablePaintings, interfere } from './chaos.mjs';
import { openChromium } from './chromium.mjs';
import { sharedVisit, visit } from './visit.mjs';

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

/** What has the focus, once the page has been drawn again: only then browsers take it from what is gone. */
const focusedSoon = `async () => {
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  return (${focused})().at;
}`;

/** As if by Tab. @param {string} selector */
const focus = (selector) => {
  const element = document.querySelector(selector);
  if (!(element instanceof HTMLElement)) {
    throw new Error(`no ${selector}`);
  }
  element.focus();
};

for (const [name, open] of Object.entries(browsers)) {
  describe(`the focus in ${name}`, () => {
    const visited = sharedVisit(open);
    const status = () => document.querySelector('#status')?.textContent;
    const idle = () => document.querySelector('#progress')?.hasAttribute('hidden');

    before(async () => {
      const { server, page } = visited;
      interfere(server, holdablePaintings);
      await page.open(server.url);
    });

    test('goes to the styles when a photo is opened, which is said', async () => {
      const { page } = visited;
      await page.run(focus, '#samples button');
      await page.press('Enter');
      await photoShown(page);
      assert.equal(await page.run(focusedSoon), 'style starry-night');
      assert.equal(await page.run(status), 'The photo is open. Choose a style.');
    });

    test('goes back to what it was before a problem', async () => {
      const { page, files } = visited;
      await page.run(focus, '#crop');
      await page.chooseFile('#file', files.text);
      await problem(page);
      assert.equal(await page.run(focusedSoon), '#crop', 'a problem does not take it');
      assert.equal(await page.run(status), '', 'the photo is not being opened any more');
      await page.run(focus, '#problem .dismiss');
      await page.press('Enter');
      assert.equal(await page.run(focusedSoon), '#crop');
    });

    test('goes to the chosen style when a painting is stopped, or done', async () => {
      const { page } = visited;
      await page.run(focus, '#another');
      await dropPhoto(page, { width: 1024, height: 1024 });
      await until(page, 'it is open', `() => (${status})().startsWith('The photo is open')`);
      assert.equal(await page.run(focusedSoon), '#another', 'nothing took it away');
      await page.run('() => paintings.hold()');
      await chooseStyle(page, 'udnie');
      await painting(page);
      await page.run(focus, '#stop');
      await page.press('Enter');
      assert.equal(await page.run(focusedSoon), 'style udnie', 'the one that was given up');
      assert.equal(await page.run(status), 'Stopped');
      await chooseStyle(page, 'udnie');
      await painting(page);
      await page.run(focus, '#stop');
      await page.run('() => paintings.goOn()');
      await painted(page);
      assert.equal(await page.run(focusedSoon), 'style udnie');
      await page.run('() => paintings.hold()');
      await chooseStyle(page, 'scream');
      await painting(page);
      await page.run(focus, '#stop');
      await page.press('Enter');
      assert.equal(await page.run(focusedSoon), 'style udnie', 'the one that is shown');
      await page.run('() => paintings.goOn()');
    });

    test('goes to redo when there is nothing more to undo, and back', async () => {
      const { page } = visited;
      await page.run(focus, '#undo');
      await page.press('Enter');
      assert.equal(await page.run(focusedSoon), '#redo');
      for (let steps = 0; steps < 2; steps += 1) {
        await page.run(focus, '#redo');
        await page.press('Enter');
      }
      assert.equal(await page.run(focusedSoon), '#undo');
      await until(page, 'nothing is under way', idle);
    });

    test('goes to what chooses a photo when the photo is forgotten', async () => {
      const { page } = visited;
      await page.run(focus, '#forget');
      await page.press('Enter');
      await until(page, 'the first view is back', () =>
        document.querySelector('#welcome')?.checkVisibility(),
      );
      assert.equal(await page.run(focusedSoon), '#choose');
      assert.deepEqual(page.messages, []);
    });
  });
}
