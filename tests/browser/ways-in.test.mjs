// The ways a photo gets in, other than the file input that every other test uses.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { choosePhoto, chooseSample, chooseStyle, forgetPhoto, painted } from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { plainPhoto } from './photos.mjs';
import { decodeInBrowser, difference, drawnOn, orientations } from './pictures.mjs';
import { sharedVisit } from './visit.mjs';

for (const [name, open] of Object.entries(browsers)) {
  describe(`ways in, in ${name}`, () => {
    const visited = sharedVisit(open);

    beforeEach(async () => {
      const { server, page } = visited;
      await page.open(server.url);
      await forgetPhoto(page);
    });

    /** Waits for a photo of this size to be shown. @param {number} width @param {number} height */
    const shown = (width, height) =>
      until(
        visited.page,
        `a photo of ${width} by ${height} is shown`,
        `() => {
          const canvas = document.querySelector('before-after .before');
          return canvas.checkVisibility() && canvas.width === ${width} && canvas.height === ${height};
        }`,
      );

    test('a sample', async () => {
      const { page } = visited;
      await chooseSample(page, 'coffee');
      await shown(600, 400);
    });

    test('a file dropped anywhere', async () => {
      const { page } = visited;
      await page.run(async () => {
        const blob = await (await fetch('samples/chelsea.jpg')).blob();
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([blob], 'cat.jpg', { type: 'image/jpeg' }));
        const dropped = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
        document.body.dispatchEvent(dropped);
      });
      await shown(451, 300);
    });

    test('while a file is over the page, it says where to drop it', async () => {
      const { page } = visited;
      const send = (/** @type {string} */ type) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([' '], 'cat.jpg', { type: 'image/jpeg' }));
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true }));
      };
      const told = () => {
        const sheet = document.querySelector('.drop-here');
        return sheet?.checkVisibility() && sheet.textContent;
      };
      assert.equal(await page.run(told), false);
      await page.run(send, 'dragover');
      assert.equal(await page.run(told), 'Drop the photo here');
      await page.run(send, 'dragleave');
      assert.equal(await page.run(told), false);
    });

    test('a picture pasted', async () => {
      const { page } = visited;
      await page.run(async () => {
        const blob = await (await fetch('samples/coffee.jpg')).blob();
        const clipboardData = new DataTransfer();
        clipboardData.items.add(new File([blob], 'coffee.jpg', { type: 'image/jpeg' }));
        const pasted = new Event('paste', { bubbles: true });
        Object.assign(pasted, { clipboardData });
        document.body.dispatchEvent(pasted);
      });
      await shown(600, 400);
    });

    test('however the camera was held, the photo is upright', async () => {
      const { page, files } = visited;
      const photo = await decodeInBrowser(page, plainPhoto);
      for (const [orientation, upright] of Object.entries(orientations)) {
        const expected = upright(photo);
        await forgetPhoto(page);
        await choosePhoto(page, files.taken(Number(orientation)));
        await shown(expected.width, expected.height);
        const off = difference(await drawnOn(page, 'before-after .before'), expected);
        assert.ok(off < 1, `${orientation}: ${off} from upright`);
      }
    });

    test('48 megapixels, shrunk to what is painted in seconds', async () => {
      const { page } = visited;
      await page.run(() => {
        /** @type {boolean[]} */
        const told = [];
        Object.assign(globalThis, { told });
        const note = document.querySelector('#opening');
        if (note) {
          new MutationObserver(() => told.push(!note.hasAttribute('hidden'))).observe(note, {
            attributeFilter: ['hidden'],
          });
        }
      });
      await page.run(async () => {
        const canvas = new OffscreenCanvas(8000, 6000);
        const context = canvas.getContext('2d');
        const bitmap = await createImageBitmap(await (await fetch('samples/coffee.jpg')).blob());
        context?.drawImage(bitmap, 0, 0, 8000, 6000);
        const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.5 });
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([blob], 'large.jpg', { type: 'image/jpeg' }));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
      });
      await shown(1024, 768);
      const told = await page.run('() => globalThis.told');
      assert.deepEqual(told, [true, false], 'the page says that it is being opened');
      await chooseStyle(page, 'udnie');
      await painted(page);
    });

    test('the camera has a button of its own, and the album takes every kind of picture', async () => {
      const { page } = visited;
      const inputs = await page.run(() =>
        ['file', 'camera-file'].map((id) => {
          const input = document.getElementById(id);
          return [input?.getAttribute('accept'), input?.getAttribute('capture')];
        }),
      );
      assert.deepEqual(inputs, [
        ['image/*', null],
        ['image/*', 'environment'],
      ]);
      const asked = await page.run(() => {
        /** @type {string[]} */
        const opened = [];
        const note = (/** @type {Event} */ { target }) => {
          if (target instanceof HTMLInputElement) {
            opened.push(target.id);
          }
        };
        addEventListener('click', note);
        for (const id of ['choose', 'camera']) {
          document.getElementById(id)?.click();
        }
        removeEventListener('click', note);
        return opened;
      });
      assert.deepEqual(asked, ['file', 'camera-file']);
    });
  });
}
