// Cropping, turning, mirroring and straightening, as they come out in the preview.
import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import { choosePhoto, forgetPhoto, openCropper, setControl } from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { openChromium } from './chromium.mjs';
import { plainPhoto } from './photos.mjs';
import { decodeInBrowser, difference, mirrored, readPng, turned } from './pictures.mjs';
import { sharedVisit, visit } from './visit.mjs';

/** @typedef {import('./browsers.mjs').TestPage} TestPage */

/** @param {TestPage} page @returns {Promise<import('./pictures.mjs').Picture>} */
async function preview(page) {
  const url = await page.run(() => {
    const canvas = document.querySelector('before-after .before');
    return canvas instanceof HTMLCanvasElement && canvas.toDataURL();
  });
  return readPng(Buffer.from(url.split(',')[1], 'base64'));
}

/** Closes the cropper, and gives the new preview. @param {TestPage} page */
async function done(page) {
  await page.run(() => {
    const canvas = document.querySelector('before-after .before');
    canvas?.setAttribute('data-old', '');
    const observer = new MutationObserver(() => {
      canvas?.removeAttribute('data-old');
      observer.disconnect();
    });
    // Drawing anew sets the canvas's size.
    if (canvas) {
      observer.observe(canvas, { attributeFilter: ['width', 'height'] });
    }
  });
  await page.click('#crop-done');
  await until(page, 'the preview is cropped', () => {
    return !document.querySelector('before-after .before')?.hasAttribute('data-old');
  });
  return preview(page);
}

/** @param {TestPage} page @param {string} value */
async function chooseRatio(page, value) {
  await page.run((/** @type {string} */ ratio) => {
    const radio = document.querySelector(`#ratios input[value="${ratio}"]`);
    if (radio instanceof HTMLInputElement) {
      radio.click();
    }
  }, value);
}

for (const [name, open] of Object.entries(browsers)) {
  describe(`cropping in ${name}`, () => {
    const visited = sharedVisit(open);
    /** @type {import('./pictures.mjs').Picture} */
    let photo;

    before(async () => {
      const { server, page } = visited;
      await page.open(server.url);
      photo = await decodeInBrowser(page, plainPhoto);
    });
    beforeEach(async () => {
      const { page, files } = visited;
      await forgetPhoto(page);
      await choosePhoto(page, files.plain);
      await openCropper(page);
    });

    test('left as it is, nothing changes', async () => {
      const { page } = visited;
      const result = await done(page);
      assert.ok(difference(result, photo) < 1);
    });

    test('a quarter turn and a mirror image are exact', async () => {
      const { page } = visited;
      await page.click('#turn');
      const once = await done(page);
      assert.ok(difference(once, turned(photo)) < 1, 'turned');
      await openCropper(page);
      await page.click('#mirror');
      const both = await done(page);
      assert.ok(difference(both, mirrored(turned(photo))) < 1, 'turned and mirrored');
    });

    test('every shape comes out, as large as the photo allows', async () => {
      const { page } = visited;
      const shapes = /** @type {const} */ ([
        ['1', 300, 300],
        ['0.8', 240, 300],
        ['0.75', 225, 300],
        ['1.7777777778', 451, 253],
        ['0.5625', 168, 300],
        ['original', 451, 300],
      ]);
      for (const [ratio, width, height] of shapes) {
        await chooseRatio(page, ratio);
        const result = await done(page);
        // cropperjs and the screen have their own pixels: one more or less is the same shape.
        assert.ok(
          Math.abs(result.width - width) <= 1 && Math.abs(result.height - height) <= 1,
          `${ratio}: ${result.width} by ${result.height}`,
        );
        await openCropper(page);
      }
      await page.click('#cropping [type=submit]');
    });

    test('straightened, it holds nothing but picture', async () => {
      const { page } = visited;
      await setControl(page, 'straighten', '20');
      const { width, height, data } = await done(page);
      assert.ok(width < 451 && height < 300, `${width} by ${height}`);
      for (const at of [0, width - 1, width * (height - 1), width * height - 1]) {
        const colour = data.subarray(at * 4, at * 4 + 3);
        assert.ok(Math.min(...colour) < 240, `a corner is blank: ${colour}`);
      }
    });

    test('arrow keys move the frame, plus makes it smaller, reset brings all back', async () => {
      const { page } = visited;
      await chooseRatio(page, '1');
      const keys = ['+', '+', '+', '+', 'ArrowRight', 'ArrowRight', 'ArrowDown'];
      await page.run((/** @type {string[]} */ pressed) => {
        for (const key of pressed) {
          document
            .querySelector('#crop-board')
            ?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
        }
      }, keys);
      const smaller = await done(page);
      const expected = 300 / 1.05 ** 4;
      assert.ok(Math.abs(smaller.width - expected) <= 1.5, `${smaller.width} for ${expected}`);
      await openCropper(page);
      await page.click('#reset-crop');
      assert.ok(difference(await done(page), photo) < 1);
    });

    test('a crop can be undone', async () => {
      const { page } = visited;
      await chooseRatio(page, '1');
      await done(page);
      await page.click('#undo');
      assert.ok(difference(await preview(page), photo) < 1);
      assert.deepEqual(page.messages, []);
    });
  });
}

test('two fingers and a wheel enlarge the picture under the frame, a corner is dragged', async () => {
  await visit(openChromium, async ({ server, page: browser, files }) => {
    await browser.open(server.url);
    await choosePhoto(browser, files.plain);
    await openCropper(browser);
    const devtools = await browser.page.context().newCDPSession(browser.page);
    const frame = await browser.page.locator('cropper-selection').boundingBox();
    assert.ok(frame);
    const [x, y] = [frame.x + frame.width / 2, frame.y + frame.height / 2];
    const touch = (/** @type {string} */ type, /** @type {number} */ apart) =>
      devtools.send('Input.dispatchTouchEvent', {
        type: /** @type {'touchStart'} */ (type),
        touchPoints:
          type === 'touchEnd'
            ? []
            : [
                { x: x - apart, y, id: 0 },
                { x: x + apart, y, id: 1 },
              ],
      });
    await touch('touchStart', 30);
    for (let apart = 35; apart <= 60; apart += 5) {
      await touch('touchMove', apart);
    }
    await touch('touchEnd', 0);
    const { width, height } = await done(browser);
    assert.ok(width < 350 && height < 250, `${width} by ${height}`);
    assert.ok(Math.abs(width / height - 451 / 300) < 0.03, `${width} by ${height}`);

    // A gesture that has ended is what straightening starts from anew.
    const settled = async (/** @type {() => Promise<void>} */ gesture) => {
      await setControl(browser, 'straighten', '5');
      await gesture();
      await until(
        browser,
        'the gesture has ended',
        () => document.querySelector('#straighten-value')?.textContent === '0°',
      );
    };
    const { mouse } = browser.page;
    await openCropper(browser);
    await browser.click('#reset-crop');
    await settled(async () => {
      await mouse.move(x, y);
      await mouse.wheel(0, -300);
    });
    const enlarged = await done(browser);
    assert.ok(enlarged.width < 430, `a wheel left ${enlarged.width}`);
    await openCropper(browser);
    await browser.click('#reset-crop');
    await settled(async () => {
      const corner = await browser.page.locator('[action=se-resize]').boundingBox();
      assert.ok(corner);
      const [cornerX, cornerY] = [corner.x + corner.width / 2, corner.y + corner.height / 2];
      await mouse.move(cornerX, cornerY);
      await mouse.down();
      await mouse.move(cornerX - 100, cornerY - 60, { steps: 5 });
      await mouse.up();
    });
    const dragged = await done(browser);
    assert.ok(dragged.width < 360 && dragged.height < 260, `${dragged.width} by ${dragged.height}`);
  });
});
