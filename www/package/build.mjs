// Writes the finished package to dist/package/: what `npm publish` takes, and what the page uses.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
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
const model = ['draft.onnx', 'revise.onnx', 'styles.bin'].map((file) => join(root, 'models', file));

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
  // What a constructor sets needs no declaration in what ships.
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  define: {
    IN_WORKER: 'false',
    WASM_BYTES: JSON.stringify(
      Object.fromEntries(
        Object.entries(builds).map(([name, file]) => [name, statSync(join(engine, file)).size]),
      ),
    ),
    MODEL_BYTES: String(model.reduce((sum, file) => sum + statSync(file).size, 0)),
  },
};
await build({
  ...common,
  entryPoints: { index: 'src/index.ts', styles: 'src/styles.ts' },
  format: 'esm',
  plugins: [{ name: 'the list of styles by itself', setup: leaveStylesOut }],
});
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
  define: { IN_WORKER: 'true', 'Symbol.dispose': 'undefined', FinalizationRegistry: 'undefined' },
  // Names of the glue's own.
  mangleProps: /^__(wbg_ptr|wrap|destroy_into_raw)$/,
  plugins: [
    { name: 'errors without words', setup: leaveWordsOut },
    { name: 'glue without what nobody uses', setup: trimGlue },
  ],
});

/** The list of styles is data, and grows with them: a file of its own. */
function leaveStylesOut(/** @type {import('esbuild').PluginBuild} */ { onResolve }) {
  onResolve({ filter: /\/styles\.js$/ }, () => ({ path: './styles.js', external: true }));
}

/** The element imports the finished index.js, wherever its sources import it from. */
function leaveIndexOut(/** @type {import('esbuild').PluginBuild} */ { onResolve }) {
  onResolve({ filter: /\/index\.js$/ }, () => ({ path: './index.js', external: true }));
}

/** What fails in the worker is put into words by the page. */
function leaveWordsOut(/** @type {import('esbuild').PluginBuild} */ { onResolve }) {
  const path = join(here, 'src/internal/wordless-error.ts');
  onResolve({ filter: /\/error\.js$/ }, () => ({ path }));
}

/** The engine's glue serves any page; of that, the worker leaves out what it never does. */
function trimGlue(/** @type {import('esbuild').PluginBuild} */ { onLoad }) {
  const unused = [
    // The engine lives as long as its worker.
    / {4}free\(\) \{[^}]*\}\n/g,
    / *\w+Finalization\.\w+\(.*\);\n/g,
    // It comes compiled, by itself, once.
    /wasmInstance = instance;|wasmModule = module;/g,
    / {4}if \(module !== undefined\) \{.*?\n {4}\}\n/gs,
    / {4}if \(!\(module instanceof WebAssembly\.Module\)\) \{.*?\n {4}\}\n/gs,
    / {4}if \(wasm !== undefined\) return wasm;\n/g,
    // The only text that it takes is where an error happened: no need to save a copy of that.
    /if \(realloc === undefined\) (?=\{)/g,
    / {4}let len = arg\.length;.*?WASM_VECTOR_LEN = offset;\n {4}return ptr;\n/gs,
    /if \(!\('encodeInto' in .*?\n\}\n/gs,
    // It never lends more than two objects at a time.
    /if \(stack_pointer == 1\) throw new Error\('out of js stack'\);/g,
    // The only text that it decodes is that of errors: never 2 GB of it.
    / {4}numBytesDecoded \+=.*?\n {4}\}\n/gs,
  ];
  onLoad({ filter: /\/engine\/brushwork\.js$/ }, ({ path }) => {
    let contents = readFileSync(path, 'utf8');
    for (const part of unused) {
      const rest = contents.replaceAll(part, '');
      if (rest === contents) {
        throw new Error(`the glue has changed: ${part} is not in it`);
      }
      contents = rest;
    }
    return { contents };
  });
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
for (const file of [...model, join(root, 'models/styles.json')]) {
  cpSync(file, join(out, file.split('/').at(-1)));
}
cpSync(join(here, 'CHANGELOG.md'), join(out, 'CHANGELOG.md'));
cpSync(join(root, 'docs/api'), join(out, 'docs/api'), { recursive: true });
const readme = readFileSync(join(here, 'README.md'), 'utf8');
writeFileSync(join(out, 'README.md'), readme.replaceAll('](../../docs/', '](docs/'));
cpSync(join(here, 'examples'), join(out, 'examples'), { recursive: true });
const photo = join(root, 'www/app/public/samples/chelsea-small.jpg');
for (const example of readdirSync(join(here, 'examples')).filter((name) => name !== 'README.md')) {
  cpSync(photo, join(out, 'examples', example, 'photo.jpg'));
}
// Without what only those need who build it.
const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const { scripts: _, devDependencies: __, ...published } = manifest;
writeFileSync(join(out, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`);
for (const file of ['LICENSE-MIT', 'LICENSE-APACHE']) {
  if (existsSync(join(root, file))) {
    cpSync(join(root, file), join(out, file));
  }
}
