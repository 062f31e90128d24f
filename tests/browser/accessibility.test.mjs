// axe-core's judgement of every state of the page, in both languages, light and dark.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { choosePhoto, chooseStyle, openCropper, painted, problem, setControl } from './app.mjs';
import { browsers, until } from './browsers.mjs';
import { visit } from './visit.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What is wrong with what the page shows now. */
const violations = async () => {
  const { violations: found } = await /** @type {any} */ (globalThis).axe.run();
  return found.map(
    (/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ n) => n.html)}`,
  );
};

/** What not every browser and not every visit shows. @param {string[]} ids */
const show = (...ids) => {
  for (const id of ids) {
    document.getElementById(id)?.removeAttribute('hidden');
  }
};

/** A dialog keeps fingers from this button, but not scripts. */
const switchLanguage = () => document.getElementById('language')?.click();

for (const [name, open] of Object.entries(browsers)) {
  test(`axe finds nothing in any state, in either language, in ${name}`, async () => {
    await visit(open, async ({ server, page, files }) => {
      const schemes = page.setColourScheme ? /** @type {const} */ (['light', 'dark']) : [];
      const isSound = async (/** @type {string} */ state) => {
        for (const language of ['English', 'Chinese']) {
          for (const scheme of schemes.length > 0 ? schemes : [undefined]) {
            if (scheme) {
              await page.setColourScheme?.(scheme);
            }
            const found = await page.run(violations);
            assert.deepEqual(found, [], `${state}, ${language}, ${scheme ?? 'light'}`);
          }
          await page.run(switchLanguage);
        }
      };
      // The engine comes later, so that the page can be looked at while it gets ready.
      server.heldBack = '.wasm';
      await page.open(server.url);
      await page.run(`() => { ${axe} }`);
      await isSound('welcome');
      await page.run(show, 'install', 'install-hint', 'offline', 'update');
      await isSound('notes');
      await choosePhoto(page, files.plain);
      await isSound('photo');
      await chooseStyle(page, 'great-wave');
      await until(page, 'it gets ready', () =>
        document.querySelector('#progress')?.checkVisibility(),
      );
      await isSound('getting ready');
      server.heldBack = undefined;
      await painted(page);
      await setControl(page, 'second', 'scream');
      await painted(page);
      await isSound('painted');
      await page.click('#save');
      await until(page, 'the file is ready', () => document.querySelector('#download[href]'));
      await page.run(show, 'share', 'copy', 'sizes', 'saving-progress');
      await isSound('saving');
      await page.click('#saving [type=submit]');
      await openCropper(page);
      await isSound('cropping');
      await page.click('#cropping [type=submit]');
      await page.chooseFile('#file', files.empty);
      await problem(page);
      await isSound('problem');
    });
  });
}
