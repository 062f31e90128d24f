// Cropping, turning, mirroring and straightening, as they come out in the preview.
import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  boxOf,
  choosePhoto,
  chooseStyle,
  forgetPhoto,
  middleOf,
  openCropper,
  painted,
  setControl,
  turnPhoto,
} from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { interfere, likeAnIPhone } from './chaos.mjs';
import { scriptOf } from './paths.mjs';
import { plainPhoto } from './photos.mjs';
import { decodeInBrowser, difference, drawnOn, mirrored, part, turned } from './pictures.mjs';
import { sharedVisit, visit } from './visit.mjs';

/** @typedef {import('./browsers.mjs').TestPage} TestPage */

/** @param {TestPage} page */
const preview = (page) => drawnOn(page, 'before-after .before');

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

/**
 * Does something with fingers, and waits until the page has taken it in: then it writes down anew by how
 * much the crop is straightened.
 *
 * @param {TestPage} page
 * @param {() => Promise<void>} move
 */
async function gesture(page, move) {
  await page.run(() => {
    const degrees = document.querySelector('#straighten-value');
    if (degrees) {
      degrees.textContent = '';
    }
  });
  await move();
  await until(
    page,
    'the gesture has ended',
    () => document.querySelector('#straighten-value')?.textContent === '0°',
  );
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

    test('left as it is, nothing changes, and there is nothing to undo', async () => {
      const { page } = visited;
      await page.click('#crop-done');
      assert.ok(difference(await preview(page), photo) < 1);
      const undo = await page.run(() => document.querySelector('#undo:disabled') !== null);
      assert.ok(undo);
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

    test('turned, the frame keeps the shape that is chosen', async () => {
      const { page } = visited;
      await chooseRatio(page, '0.8');
      await page.click('#turn');
      const { width, height } = await done(page);
      assert.ok(Math.abs(width / height - 0.8) < 0.01, `${width} by ${height}`);
      // Upright, the photo is 300 wide.
      assert.ok(Math.abs(width - 300) <= 1, `${width} by ${height}`);
    });

    test('while the cropper is open, keys and drops leave the page under it as it is', async () => {
      const { page } = visited;
      await chooseRatio(page, '1');
      const square = await done(page);
      await openCropper(page);
      await page.press('Control+z');
      await page.run(async () => {
        const blob = await (await fetch('samples/coffee.jpg')).blob();
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([blob], 'coffee.jpg', { type: 'image/jpeg' }));
        const dropped = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
        if (document.body.dispatchEvent(dropped)) {
          throw new Error('the browser leaves the page for the file');
        }
        // Long enough for it to be opened, if it were.
        await new Promise((passed) => setTimeout(passed, 1000));
      });
      await page.click('#cropping [type=submit]');
      assert.ok(difference(await preview(page), square) < 1);
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

    test('the slider tells how far it is straightened, whatever is done, and takes it back', async () => {
      const { page } = visited;
      const tilt = () => document.querySelector('#straighten-value')?.textContent;
      const tilts = [];
      await setControl(page, 'straighten', '12.5');
      tilts.push(await page.run(tilt));
      await chooseRatio(page, '1');
      tilts.push(await page.run(tilt));
      await page.click('#mirror');
      await page.click('#turn');
      tilts.push(await page.run(tilt));
      const tilted = await done(page);
      await openCropper(page);
      tilts.push(await page.run(tilt));
      await setControl(page, 'straighten', '0');
      assert.deepEqual(tilts, ['12.5°', '12.5°', '-12.5°', '-12.5°']);
      const { width, height } = await done(page);
      assert.deepEqual([width, height], [tilted.width, tilted.height]);
      const x = Math.round((photo.height - width) / 2);
      const y = Math.round((photo.width - height) / 2);
      const expected = part(turned(mirrored(photo)), { x, y }, { width, height });
      const apart = difference(await preview(page), expected);
      assert.ok(apart < 8, `${apart} from the photo's own middle`);
    });

    test('arrow keys move the frame, plus makes it smaller, reset brings all back', async () => {
      const { page } = visited;
      await chooseRatio(page, '1');
      await page.run(() => document.getElementById('crop-board')?.focus());
      for (const key of ['+', '+', '+', '+', 'ArrowRight', 'ArrowRight', 'ArrowDown']) {
        await page.press(key);
      }
      const smaller = await done(page);
      const expected = 300 / 1.05 ** 4;
      assert.ok(Math.abs(smaller.width - expected) <= 1.5, `${smaller.width} for ${expected}`);
      await openCropper(page);
      await page.click('#reset-crop');
      assert.ok(difference(await done(page), photo) < 1);
    });

    test('two fingers enlarge the picture under the frame', async () => {
      const { page } = visited;
      const middle = middleOf(await boxOf(page, 'cropper-selection'));
      await gesture(page, () => page.pinch(middle, 30, 60));
      const { width, height } = await done(page);
      assert.ok(width < 350 && height < 250, `${width} by ${height}`);
      assert.ok(Math.abs(width / height - 451 / 300) < 0.03, `${width} by ${height}`);
    });

    test('a wheel enlarges the picture, and a drag moves the frame over it', async () => {
      const { page } = visited;
      const MOVED = 12;
      await gesture(page, async () =>
        page.wheel(middleOf(await boxOf(page, 'cropper-selection')), -300),
      );
      const frame = await boxOf(page, 'cropper-selection');
      const middle = middleOf(frame);
      await gesture(page, () =>
        page.drag(middle, { ...middle, x: middle.x + 5 }, { ...middle, x: middle.x + MOVED }),
      );
      const dragged = await done(page);
      const { width, height } = dragged;
      assert.ok(width < 430 && height < 290, `a wheel left ${width} by ${height}`);
      const centred = { x: (photo.width - width) / 2, y: (photo.height - height) / 2 };
      const shift = (MOVED * width) / frame.width;
      const expected = part(photo, { ...centred, x: centred.x + shift }, { width, height });
      const unmoved = part(photo, centred, { width, height });
      const [near, far] = [difference(dragged, expected), difference(dragged, unmoved)];
      assert.ok(near * 2 < far, `${near} from where it was dragged to, ${far} from where it was`);
    });

    test('a corner is dragged', async () => {
      const { page } = visited;
      const corner = middleOf(await boxOf(page, '[action=se-resize]'));
      const at = (/** @type {number} */ share) => ({
        x: corner.x - 100 * share,
        y: corner.y - 60 * share,
      });
      await gesture(page, () => page.drag(corner, at(0.5), at(1)));
      const { width, height } = await done(page);
      assert.ok(width < 360 && height < 260, `${width} by ${height}`);
    });

    test('no painting of another crop is stretched over the photo', async () => {
      const { page } = visited;
      await page.click('#crop-done');
      await chooseStyle(page, 'scream');
      await painted(page);
      await page.run(() => {
        /** @type {string[]} */
        const shapes = [];
        Object.assign(globalThis, { shapes });
        const [before, after] = document.querySelectorAll('before-after canvas');
        if (before instanceof HTMLCanvasElement && after instanceof HTMLCanvasElement) {
          const note = () =>
            shapes.push(
              `${before.width} by ${before.height}, ` +
                (after.hidden ? 'bare' : `${after.width} by ${after.height}`),
            );
          const observer = new MutationObserver(note);
          for (const canvas of [before, after]) {
            observer.observe(canvas, { attributeFilter: ['width', 'height', 'hidden'] });
          }
        }
      });
      await turnPhoto(page);
      await painted(page);
      const shapes = new Set(await page.run('() => globalThis.shapes'));
      assert.deepEqual([...shapes], ['300 by 451, bare', '300 by 451, 300 by 451']);
    });

    test('a crop can be undone', async () => {
      const { page } = visited;
      await chooseRatio(page, '1');
      await done(page);
      await page.click('#undo');
      assert.ok(difference(await preview(page), photo) < 1);
      await page.press('Control+y');
      assert.equal((await preview(page)).width, 300, 'and redone');
      assert.deepEqual(page.messages, []);
    });
  });

  test(`no cropper of one photo lies over another that was chosen before it opened, in ${name}`, async () => {
    await visit(open, async ({ server, page, files }) => {
      interfere(server, likeAnIPhone);
      await page.open(server.url);
      await choosePhoto(page, files.plain);
      await turnPhoto(page);
      server.heldBack = await scriptOf('decode.worker');
      // What has a crop is read anew for the cropper.
      await page.click('#crop');
      await page.chooseFile('#file', files.taken(3));
      server.heldBack = undefined;
      await until(page, 'the other one is shown', () => {
        const canvas = document.querySelector('before-after .before');
        return canvas instanceof HTMLCanvasElement && canvas.width === 451;
      });
      // Long enough for the cropper to open, if it did.
      await sleep(500);
      assert.equal(await page.run(() => document.querySelector('#cropping[open]')), null);
      assert.equal((await preview(page)).width, 451);
    });
  });
}
