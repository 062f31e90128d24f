// The work in hand: undone and redone, kept over a reload, and forgotten.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { choosePhoto, chooseStyle, forgetPhoto, painted, setControl, turnPhoto } from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { interfere } from './chaos.mjs';
import { kept } from './kept.mjs';
import { sharedVisit } from './visit.mjs';

/** What is chosen, and what is to be seen. */
const work = () => ({
  style: document.querySelector('#styles [aria-pressed=true]')?.getAttribute('data-style') ?? null,
  strength: document.querySelector('#strength-value')?.textContent,
  painted: document.querySelector('before-after .after')?.checkVisibility(),
  photo: document.querySelector('before-after .before')?.checkVisibility(),
});

for (const [name, open] of Object.entries(browsers)) {
  describe(`the work in hand in ${name}`, () => {
    const visited = sharedVisit(open);

    before(async () => {
      const { server, page, files } = visited;
      await page.open(server.url);
      await choosePhoto(page, files.plain);
    });

    test('each step is undone and redone, down to the bare photo', async () => {
      const { page } = visited;
      await chooseStyle(page, 'scream');
      await painted(page);
      await chooseStyle(page, 'udnie');
      await painted(page);
      await setControl(page, 'strength', '60');
      await painted(page);
      const states = [await page.run(work)];
      const undo = () => page.click('#undo');
      const steps = [undo, () => page.press('Control+z'), undo];
      steps.push(
        () => page.press('Control+Shift+z'),
        () => page.click('#redo'),
      );
      for (const step of steps) {
        await step();
        await until(page, 'nothing is under way', () => {
          const progress = document.querySelector('#progress');
          return progress instanceof HTMLElement && progress.hidden;
        });
        states.push(await page.run(work));
      }
      const shown = { photo: true, painted: true };
      assert.deepEqual(states, [
        { style: 'udnie', strength: '60%', ...shown },
        { style: 'udnie', strength: '100%', ...shown },
        { style: 'scream', strength: '100%', ...shown },
        { style: null, strength: '100%', photo: true, painted: false },
        { style: 'scream', strength: '100%', ...shown },
        { style: 'udnie', strength: '100%', ...shown },
      ]);
    });

    test('a reload brings back the photo and the settings, painted', async () => {
      const { server, page } = visited;
      // More than once: what was brought back must be kept as well as what was chosen.
      for (let times = 0; times < 3; times += 1) {
        await page.open(server.url);
        await until(page, 'the photo is back', () =>
          document.querySelector('before-after .before')?.checkVisibility(),
        );
      }
      await painted(page);
      assert.deepEqual(await page.run(work), {
        style: 'udnie',
        strength: '100%',
        photo: true,
        painted: true,
      });
    });

    test('a crop that was undone does not come back with a reload', async () => {
      const { server, page } = visited;
      const isCropped = `async () => (await (${kept})()).crop !== undefined`;
      await turnPhoto(page);
      await until(page, 'the crop is kept', isCropped);
      await page.click('#undo');
      await until(page, 'and kept no longer', `async () => !(await (${isCropped})())`);
      await page.open(server.url);
      await painted(page);
      const size = await page.run(() => {
        const canvas = document.querySelector('before-after .before');
        return canvas instanceof HTMLCanvasElement && [canvas.width, canvas.height];
      });
      assert.deepEqual(size, [451, 300]);
    });

    test('no first view flashes up before the photo is back', async () => {
      const { server, page } = visited;
      interfere(server, () => {
        let flashed = false;
        const look = () => {
          flashed ||= document.querySelector('#welcome')?.checkVisibility() ?? false;
          Object.assign(globalThis, { flashed });
          requestAnimationFrame(look);
        };
        look();
      });
      // In another folder: here the page comes from the device by now, just as it was.
      await page.open(server.elsewhere);
      await until(page, 'the photo is back', () =>
        document.querySelector('before-after .before')?.checkVisibility(),
      );
      server.rewrite = undefined;
      assert.equal(await page.run('() => globalThis.flashed'), false);
    });

    test('one tap forgets it all', async () => {
      const { server, page } = visited;
      await forgetPhoto(page);
      const first = () => document.querySelector('#welcome')?.checkVisibility();
      await page.open(server.url);
      // Long enough for a photo to come back, if there were one.
      await page.run(() => new Promise((done) => setTimeout(done, 1000)));
      assert.ok(await page.run(first));
      assert.deepEqual(page.messages, []);
    });
  });
}
