// The tarball is a good npm citizen.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { root } from '../browser/paths.mjs';
import { built, pack, unpack } from './sites.mjs';

/** @type {string} */
let tarball;
const folder = join(built, 'unpacked');

const SITE = `
  import { BrushworkError, Painter, type PaintOptions, type Progress } from 'brushwork';
  import 'brushwork/element';

  const options: PaintOptions = {
    style: { 'great-wave': 0.6, 'starry-night': 0.4 },
    stroke: 'broad',
    crop: new DOMRect(0, 0, 100, 100),
    onProgress: ({ stage, secondsLeft }: Progress) => console.log(stage, secondsLeft ?? 0),
    signal: AbortSignal.timeout(1000),
  };
  const painter = await Painter.load({ workers: 2, assets: undefined, model: undefined });
  const style: string | undefined = document.querySelector('select')?.value;
  void painter.paint('photo.jpg', { style, crop: undefined, size: { width: 100, height: undefined } });
  try {
    const painting = await painter.paint(document.images[0] ?? 'photo.jpg', options);
    const file: Blob = await painting.toBlob('image/png');
    console.log(file, painter.styles.map(({ title }) => title.en));
  } catch (error) {
    if (error instanceof BrushworkError && error.code === 'network') {
      console.log(error.message);
    }
  }
  const photo = document.querySelector('brushwork-photo');
  photo?.addEventListener('painted', ({ detail }) => console.log(detail.width));
  photo?.addEventListener('error', ({ detail }) => console.log(detail.code));
  photo?.addEventListener('click', (event) => event.preventDefault());
`;

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
      (problem) => !('entrypoint' in problem && /\.(wasm|onnx|bin|js)$/.test(problem.entrypoint)),
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

test('a site in TypeScript compiles with it, its declarations being checked as well', async () => {
  const site = join(built, 'typescript');
  await unpack(tarball, join(site, 'node_modules/brushwork'));
  await writeFile(join(site, 'package.json'), '{ "type": "module" }');
  await writeFile(join(site, 'site.ts'), SITE);
  for (const [module, resolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    const options = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--target',
      'es2022',
      '--lib',
      'es2022,dom',
    ];
    const lookUp = ['--module', String(module), '--moduleResolution', String(resolution)];
    const { stdout } = await promisify(execFile)(
      join(root, 'node_modules/.bin/tsc'),
      [...options, ...lookUp, '--types', '', 'site.ts'],
      { cwd: site },
    ).catch((error) => error);
    assert.equal(stdout, '', String(resolution));
  }
});
