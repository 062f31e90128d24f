// The tarball is a good npm citizen.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { built, pack, unpack } from './sites.mjs';

/** @type {string} */
let tarball;
const folder = join(built, 'unpacked');

before(async () => {
  tarball = await pack();
  await unpack(tarball, folder);
});

test('publint finds nothing', async () => {
  const { messages, pkg } = await publint({ pkgDir: folder, strict: true, pack: false });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test('the types are right, however they are looked up', async () => {
  const data = createPackageFromTarballData(new Uint8Array(await readFile(tarball)));
  const checked = await checkPackage(data);
  assert.ok(checked.types, 'there are types');
  const problems = checked.problems
    // It is made of modules only, as everything that runs in browsers is: `require` cannot have it.
    .filter(({ kind }) => kind !== 'CJSResolvesToESM')
    // Files to copy or to fetch, which have no types.
    .filter(
      (problem) => !('entrypoint' in problem && /\.(wasm|onnx|js)$/.test(problem.entrypoint)),
    );
  assert.deepEqual(problems, []);
  for (const entry of ['.', './element']) {
    const { resolutions } = checked.entrypoints[entry] ?? {};
    assert.ok(resolutions?.bundler?.resolution?.isTypeScript, entry);
    assert.ok(resolutions?.['node16-esm']?.resolution?.isTypeScript, entry);
  }
});

test('it needs no other package, and all that it ships is meant to be there', async () => {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  assert.deepEqual(Object.keys(manifest.dependencies ?? {}), []);
  assert.deepEqual(manifest.sideEffects, ['./element.js']);
  assert.equal(manifest.devDependencies, undefined);
  assert.equal(manifest.scripts, undefined);
  const changes = await readFile(join(folder, 'CHANGELOG.md'), 'utf8');
  assert.match(changes, new RegExp(`^## ${manifest.version}$`, 'm'));
});

test('importing it where there is no window does no harm', async () => {
  const { styles, Painter } = await import(join(folder, 'index.js'));
  const { BrushworkPhoto } = await import(join(folder, 'element.js'));
  assert.ok(styles.length >= 8);
  assert.equal(typeof Painter.load, 'function');
  assert.equal(typeof BrushworkPhoto, 'function');
});
