// What goes wrong is told in a plain sentence, with a way out, and the photo stays.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { choosePhoto, chooseStyle, painted, problem } from './app.mjs';
import { browsers } from './browsers.mjs';
import { photoFiles } from './photos.mjs';
import { serve } from './server.mjs';
import { openWebKit } from './webkit.mjs';

const wayOut = () => {
  const button = document.querySelector('#problem .way-out');
  return button instanceof HTMLElement && !button.hidden && button.textContent;
};
const photoShown = () => {
  const studio = document.querySelector('#studio');
  return studio instanceof HTMLElement && !studio.hidden;
};

for (const [name, open] of Object.entries(browsers)) {
  describe(`errors in ${name}`, () => {
    /** @type {import('./server.mjs').Server} */
    let server;
    /** @type {import('./browsers.mjs').TestPage} */
    let page;
    /** @type {ReturnType<typeof photoFiles>} */
    let files;

    before(async () => {
      server = await serve();
      files = photoFiles();
      page = await open();
      await page.open(server.url);
    });
    after(async () => {
      await page?.close();
      server?.close();
      files?.remove();
    });

    test('a file that is no picture', async () => {
      await page.chooseFile('#file', files.text);
      assert.match(await problem(page), /not a picture/);
      assert.equal(await page.run(wayOut), 'Choose another photo');
      await page.click('#problem .dismiss');
    });

    test('a picture of which only the start is there', async () => {
      await page.chooseFile('#file', files.cut);
      assert.match(await problem(page), /not a picture/);
      await page.click('#problem .dismiss');
    });

    test('an empty file', async () => {
      await page.chooseFile('#file', files.empty);
      assert.match(await problem(page), /empty/);
      assert.equal(await page.run(wayOut), 'Choose another photo');
      assert.deepEqual(page.messages, []);
    });

    test('a model cut short: the photo stays, and trying again paints it', async () => {
      server.cutShort = '.onnx';
      await page.open(server.url);
      await choosePhoto(page, files.plain);
      await chooseStyle(page, 'great-wave');
      assert.match(await problem(page), /did not arrive whole/);
      assert.equal(await page.run(wayOut), 'Try again');
      assert.ok(await page.run(photoShown));
      server.cutShort = undefined;
      await page.click('#problem .way-out');
      await painted(page);
      assert.deepEqual(page.messages, []);
    });
  });
}

test('a browser without WebAssembly, as in Lockdown Mode, is told so at once', async () => {
  const server = await serve();
  const page = await openWebKit({ environment: { JSC_useWasm: '0' } });
  try {
    await page.open(server.url);
    assert.match(await problem(page), /Lockdown Mode/);
    assert.deepEqual(page.messages, []);
  } finally {
    await page.close();
    server.close();
  }
});
