// What the browser has to load before it shows the page.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { root } from './paths.mjs';

test('the JavaScript of the first view takes at most 60 KB with brotli', async (context) => {
  const site = join(root, 'dist/site');
  const html = await readFile(join(site, 'index.html'), 'utf8');
  // What the page names, and what that imports; the rest is loaded when it is wanted.
  const wanted = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, url]) =>
    String(url),
  );
  let total = 0;
  for (const url of wanted) {
    const code = await readFile(join(site, url), 'utf8');
    for (const [, imported] of code.matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)) {
      if (!wanted.includes(`assets/${imported}`)) {
        wanted.push(`assets/${imported}`);
      }
    }
    total += (await promisify(brotliCompress)(code)).length;
  }
  assert.ok(wanted.length > 0);
  context.diagnostic(`${wanted.join(', ')}: ${(total / 1e3).toFixed(1)} KB`);
  assert.ok(total <= 60_000);
  const others = (await readdir(join(site, 'assets'))).filter(
    (name) => name.endsWith('.js') && !wanted.includes(`assets/${name}`),
  );
  for (const feature of ['cropping', 'saving']) {
    assert.ok(
      others.some((name) => name.startsWith(feature)),
      `${feature} is loaded when it is wanted`,
    );
  }
});
