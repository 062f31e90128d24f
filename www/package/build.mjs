// Writes the finished package to dist/package/: what `npm publish` takes, and what the page uses.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const out = join(root, 'dist/package');
const engine = join(here, 'engine');
const builds = {
  relaxed: 'relaxed/brushwork_bg.wasm',
  simd: 'brushwork_bg.wasm',
  scalar: 'scalar/brushwork_bg.wasm',
};
const model = join(root, 'models/brushwork.onnx');

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

// The worker has one glue for all builds of the engine.
const glue = readFileSync(join(engine, 'brushwork.js'));
const glues = ['relaxed', 'scalar'].map((build) =>
  readFileSync(join(engine, build, 'brushwork.js')),
);
if (!glues.every((other) => glue.equals(other))) {
  throw new Error('the builds of the engine differ in their glue: build them anew');
}

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: here,
  outdir: out,
  bundle: true,
  target: ['es2022', 'safari16'],
  minify: true,
  // The styles' Chinese names as they are.
  charset: 'utf8',
  define: {
    WASM_BYTES: JSON.stringify(
      Object.fromEntries(
        Object.entries(builds).map(([name, file]) => [name, statSync(join(engine, file)).size]),
      ),
    ),
    MODEL_BYTES: String(statSync(model).size),
  },
};
await build({ ...common, entryPoints: { index: 'src/index.ts' }, format: 'esm' });
await build({
  ...common,
  entryPoints: { element: 'src/element.ts' },
  format: 'esm',
  plugins: [
    { name: 'one copy of the package', setup: leaveIndexOut },
    { name: 'style sheets as text', setup: sheetsAsText },
  ],
});
// One script that imports nothing, and no module: so any page's worker can load it from anywhere.
await build({
  ...common,
  entryPoints: { worker: 'src/internal/worker.ts' },
  format: 'iife',
  // The engine comes to the worker compiled: it has no file to look for. And it lives as long as its
  // worker: nobody disposes of it, nor of a strip, which is used up when it is finished.
  define: {
    'import.meta.url': '""',
    'Symbol.dispose': 'undefined',
    FinalizationRegistry: 'undefined',
  },
});
/** The element imports the finished index.js, wherever its sources import it from. */
function leaveIndexOut(/** @type {import('esbuild').PluginBuild} */ { onResolve }) {
  onResolve({ filter: /\/index\.js$/ }, () => ({ path: './index.js', external: true }));
}

function sheetsAsText(/** @type {import('esbuild').PluginBuild} */ { onLoad }) {
  onLoad({ filter: /\.css$/ }, async ({ path }) => {
    const { code } = await transform(readFileSync(path, 'utf8'), {
      loader: 'css',
      minify: true,
      target: common.target,
    });
    return { contents: code.trim(), loader: 'text' };
  });
}

execFileSync('npx', ['tsc', '--project', here, '--outDir', out], { stdio: 'inherit', cwd: root });
// No public type refers to these.
rmSync(join(out, 'internal'), { recursive: true });

for (const file of Object.values(builds)) {
  cpSync(join(engine, file), join(out, file));
}
for (const file of [model, join(root, 'models/styles.json')]) {
  cpSync(file, join(out, file.split('/').at(-1)));
}
for (const file of ['README.md', 'CHANGELOG.md']) {
  cpSync(join(here, file), join(out, file));
}
cpSync(join(here, 'examples'), join(out, 'examples'), { recursive: true });
cpSync(join(root, 'docs/api'), join(out, 'docs/api'), { recursive: true });
// Without what only those need who build it.
const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const { scripts: _, devDependencies: __, ...published } = manifest;
writeFileSync(join(out, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`);
for (const file of ['LICENSE-MIT', 'LICENSE-APACHE']) {
  if (existsSync(join(root, file))) {
    cpSync(join(root, file), join(out, file));
  }
}
