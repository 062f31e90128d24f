// What the package's README shows works word for word.
import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../browser/browsers.mjs';
import { openChromium } from '../browser/chromium.mjs';
import { root } from '../browser/paths.mjs';
import { Server } from '../browser/server.mjs';
import { built, pack, unpack } from './sites.mjs';

const folder = join(built, 'readme');
const photo = join(root, 'www/app/public/samples/chelsea.jpg');

/** @type {Server} */
let server;
/** @type {import('../browser/browsers.mjs').TestPage} */
let page;
/** What it shows, in its order. @type {Record<'html' | 'js', string[]>} */
const shown = { html: [], js: [] };

before(async () => {
  await mkdir(folder, { recursive: true });
  await unpack(await pack(), join(folder, 'brushwork'));
  const readme = await readFile(join(folder, 'brushwork/README.md'), 'utf8');
  for (const [, language, text] of readme.matchAll(/^```(html|js)\n(.*?)^```/gms)) {
    shown[/** @type {'html' | 'js'} */ (language)].push(String(text));
  }
  server = new Server(folder);
  await server.listen();
  page = await openChromium();
});
after(async () => {
  await page?.close();
  server?.close();
});

/** @param {string | undefined} body */
async function open(body) {
  const head = '<meta charset="utf-8"><link rel="icon" href="data:,">';
  await writeFile(join(folder, 'index.html'), `<!doctype html>${head}${body}`);
  await page.open(server.url);
}

test('a photo from an input, and what goes wrong', async () => {
  const script = String(shown.js[0]).replace("'brushwork'", "'./brushwork/index.js'");
  await open(`${shown.html[0]}<script type="module">${script}</script>`);
  await page.chooseFile('input', photo);
  const width = () => document.querySelector('img')?.naturalWidth;
  assert.equal(await until(page, 'the painting is there', width), 451);
  await page.chooseFile('input', join(root, 'README.md'));
  const sentence = () => document.querySelector('p')?.textContent;
  assert.match(await until(page, 'a sentence is there', sentence), /^This is not a picture/);
  assert.deepEqual(page.messages, []);
});

test('the element', async () => {
  await cp(photo, join(folder, 'harbour.jpg'));
  await open(shown.html[1]);
  const width = () => document.querySelector('brushwork-photo')?.painting?.width;
  assert.equal(await until(page, 'the painting is there', width), 451);
  assert.deepEqual(page.messages, []);
});

test('its links lead somewhere, in the package as in the repository', async () => {
  for (const at of [join(folder, 'brushwork'), join(root, 'www/package')]) {
    const readme = await readFile(join(at, 'README.md'), 'utf8');
    const links = [...readme.matchAll(/\]\(([^):]+)\)/g)].map(([, link]) => String(link));
    assert.ok(links.length >= 4);
    for (const link of links) {
      const [file = '', heading] = link.split('#');
      const text = await readFile(join(at, file), 'utf8');
      const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, words]) => words?.toLowerCase());
      assert.ok(heading === undefined || headings.includes(heading), `${at}: ${link}`);
    }
  }
});
