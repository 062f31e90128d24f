// Measures brushwork beside onnxruntime-web and tract by itself: same model, same page, in turn; the
// builds of the engine beside one another; sizes of pictures; the start. Prints tables, and writes
// dist/bench.json. Quieten the machine first.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { choosePhoto, painted } from './app.mjs';
import { browsers } from './browsers.mjs';
import { engineMemory, tellingMemory } from './engine-memory.mjs';
import { root } from './paths.mjs';
import { serve } from './server.mjs';

/** `apart`: two painters that know nothing of each other paint a picture each, at the same time. */
const EVERYONE = ['onnxruntime', 'tract', 'one', 'two', 'apart'];

/** Network, side of the square photo, who paints it, and how many rounds count. */
const COMPARISONS = /** @type {const} */ ([
  ['brushwork', 512, EVERYONE, 9],
  ['brushwork', 1024, EVERYONE, 7],
  ['johnson', 512, EVERYONE, 5],
  ['johnson', 1024, ['onnxruntime', 'one'], 3],
]);
const BUILDS = ['relaxed/', '', 'scalar/'];
/** Width, height, and how many rounds count. */
const SIZES = /** @type {const} */ ([
  [512, 512, 7],
  [1024, 1024, 5],
  [2048, 2048, 3],
  [4032, 3024, 3],
]);
const CLICKED_STYLES = ['great-wave', 'udnie', 'scream'];

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return Number(sorted[sorted.length >> 1]);
}

/** @param {number} value @param {string} unit */
function written(value, unit, digits = 2) {
  return Number.isNaN(value) ? '' : `${value.toFixed(digits)}${unit}`;
}

/** @param {string[]} heads @param {string[][]} rows */
function print(heads, rows) {
  for (const cells of [heads, heads.map(() => '---'), ...rows]) {
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log();
}

/**
 * Opens the page of the benchmark for a network, and gives what an action makes of it.
 *
 * @template T
 * @param {string} browser @param {string} network
 * @param {(page: import('./browsers.mjs').TestPage) => Promise<T>} action
 * @param {typeof tellingMemory} [rewrite] of the files; nothing is cached then
 */
async function onPage(browser, network, action, rewrite) {
  const server = await serve('tests/browser/fixtures');
  server.mounts = {
    '/package/': join(root, 'dist/package'),
    '/engine/': join(root, 'www/package/engine'),
    '/samples/': join(root, 'www/app/public/samples'),
    '/networks/': join(root, 'target/networks'),
    '/plain-tract/': join(root, 'target/plain-tract'),
    '/onnxruntime/': dirname(fileURLToPath(import.meta.resolve('onnxruntime-web/wasm'))),
  };
  server.rewrite = rewrite;
  const page = await browsers[browser]?.();
  if (!page) {
    throw new Error(`there is no ${browser}`);
  }
  try {
    await page.open(server.url);
    await page.run(`async () => {
      globalThis.bench = await import('${server.url}bench.js?network=${network}');
    }`);
    return await action(page);
  } finally {
    await page.close();
    server.close();
  }
}

/** @param {string} browser @param {(typeof COMPARISONS)[number]} comparison */
async function compare(browser, [network, side, names, counted]) {
  const rounds = await onPage(browser, network, async (page) => {
    await page.run(`() => bench.enter(${JSON.stringify(names)}, ${side})`);
    // The first round warms up and does not count.
    const all = [];
    for (let count = 0; count <= counted; count += 1) {
      all.push(await page.run(`() => bench.round(${side})`));
    }
    return all.slice(1);
  });
  /** @param {string} name */
  const seconds = (name) => median(rounds.map((round) => round[name]?.seconds ?? Number.NaN));
  /** The median of what is compared in each round by itself. @param {string} a @param {string} b */
  const ratio = (a, b) =>
    median(rounds.map((round) => (round[a]?.seconds ?? Number.NaN) / round[b]?.seconds));
  return {
    browser,
    network,
    side,
    onnxruntime: seconds('onnxruntime'),
    tract: seconds('tract'),
    one: seconds('one'),
    two: seconds('two'),
    onnxruntimeToOne: ratio('onnxruntime', 'one'),
    tractToOne: ratio('tract', 'one'),
    oneToTwo: ratio('one', 'two'),
    // What the machine's cores give at most: on some, two are but one that is shared.
    mostToTwo: 2 * ratio('one', 'apart'),
    difference: Math.max(...rounds.map((round) => round.one.mean)),
  };
}

/** Seconds from the click on a style to the painting on the page. @param {string} browser @param {number} side */
async function clickToPainting(browser, side) {
  const server = await serve();
  const folder = await mkdtemp(join(tmpdir(), 'brushwork-bench-'));
  const page = await browsers[browser]?.();
  if (!page) {
    throw new Error(`there is no ${browser}`);
  }
  try {
    await page.open(server.url);
    const encoded = await page.run(async (/** @type {number} */ size) => {
      const sample = await fetch('samples/astronaut.jpg');
      const bitmap = await createImageBitmap(await sample.blob());
      const canvas = document.createElement('canvas');
      canvas.width = size;
      canvas.height = size;
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0, size, size);
      return canvas.toDataURL('image/jpeg').split(',')[1];
    }, side);
    const photo = join(folder, 'photo.jpg');
    await writeFile(photo, Buffer.from(encoded, 'base64'));
    await choosePhoto(page, photo);
    const seconds = [];
    for (const style of CLICKED_STYLES) {
      // Let the thumbnails finish first.
      await page.run(() => new Promise((done) => setTimeout(done, 5000)));
      await page.run((/** @type {string} */ id) => {
        const progress = document.querySelector('#progress');
        const from = performance.now();
        const observer = new MutationObserver(() => {
          if (progress instanceof HTMLElement && progress.hidden) {
            Object.assign(globalThis, { took: (performance.now() - from) / 1000 });
            observer.disconnect();
          }
        });
        const button = document.querySelector(`#styles button[data-style="${id}"]`);
        if (button instanceof HTMLElement && progress) {
          button.click();
          observer.observe(progress, { attributes: true, attributeFilter: ['hidden'] });
        }
      }, style);
      await painted(page);
      seconds.push(await page.run('() => globalThis.took'));
    }
    return median(seconds);
  } finally {
    await page.close();
    server.close();
    await rm(folder, { recursive: true });
  }
}

const wasm = await readFile(join(root, 'dist/package/brushwork_bg.wasm'));
const compressed = await promisify(brotliCompress)(wasm);
const megabytes = { raw: wasm.length / 2 ** 20, brotli: compressed.length / 2 ** 20 };
console.log(
  `wasm: ${megabytes.raw.toFixed(2)} MB, ${megabytes.brotli.toFixed(2)} MB with brotli\n`,
);

console.log('One photo from pixels to pixels. Ratios are medians over the rounds.\n');
/** @type {Awaited<ReturnType<typeof compare>>[]} */
const comparisons = [];
for (const browser of Object.keys(browsers)) {
  for (const comparison of COMPARISONS) {
    console.error(`${browser}, ${comparison[0]}, ${comparison[1]}`);
    // In WebKit, one of the contestants traps now and then.
    const again = (/** @type {unknown} */ error) => {
      console.error(`${error}\nAgain.`);
      return compare(browser, comparison);
    };
    comparisons.push(await compare(browser, comparison).catch(again));
    console.error(comparisons.at(-1));
  }
}
print(
  [
    'browser',
    'network',
    'size',
    'onnxruntime-web',
    'tract',
    'brushwork',
    'onnxruntime / brushwork',
    'tract / brushwork',
    '2 workers',
    '1 / 2 workers',
    'at most here',
    'difference to onnxruntime',
  ],
  comparisons.map((result) => [
    result.browser,
    result.network,
    `${result.side} x ${result.side}`,
    written(result.onnxruntime, ' s'),
    written(result.tract, ' s'),
    written(result.one, ' s'),
    written(result.onnxruntimeToOne, 'x'),
    written(result.tractToOne, 'x'),
    written(result.two, ' s'),
    written(result.oneToTwo, 'x'),
    written(result.mostToTwo, 'x'),
    written(result.difference, ' / 255', 3),
  ]),
);
for (const browser of Object.keys(browsers)) {
  /** @param {string} network */
  const at1024 = (network) =>
    comparisons.find((r) => r.browser === browser && r.network === network && r.side === 1024);
  const ratio =
    (at1024('johnson')?.onnxruntime ?? Number.NaN) / (at1024('brushwork')?.one ?? Number.NaN);
  console.log(
    `${browser}, 1024 x 1024: our network here is ${ratio.toFixed(1)} times as fast as Johnson's in onnxruntime-web.`,
  );
}

console.log("\nThe builds, in Chromium at 512 x 512, without a worker. 'simd' is 1.\n");
/** @type {Record<string, number[]>} */
const builds = {};
for (const network of ['brushwork', 'johnson']) {
  const rounds = await onPage('Chromium', network, (page) =>
    page.run(`() => bench.compareBuilds(${JSON.stringify(BUILDS)}, 512, 7)`),
  );
  builds[network] = BUILDS.map((_, build) =>
    median(rounds.map((/** @type {number[]} */ round) => Number(round[1]) / Number(round[build]))),
  );
}
print(
  ['network', ...BUILDS.map((folder) => folder.replace('/', '') || 'simd')],
  Object.entries(builds).map(([network, ratios]) => [
    network,
    ...ratios.map((ratio) => written(ratio, 'x')),
  ]),
);

console.log('Sizes, in Chromium, our network, fine strokes.\n');
const sizes = [];
for (const [width, height, rounds] of SIZES) {
  /** @param {number} workers */
  const measure = (workers) =>
    onPage(
      'Chromium',
      'brushwork',
      async (page) => {
        const arguments_ = `${workers}, ${width}, ${height}, ${rounds}`;
        const seconds = await page.run(`() => bench.paintSize(${arguments_})`);
        return {
          seconds: median(seconds),
          bytes: Math.max(...(await engineMemory(page, workers))),
        };
      },
      tellingMemory,
    );
  const [one, two] = [await measure(1), await measure(2)];
  sizes.push({ width, height, one, two });
}
print(
  [
    'size',
    '1 worker',
    'a megapixel',
    'wasm memory',
    '2 workers',
    '1 / 2 workers',
    'wasm memory of each',
  ],
  sizes.map(({ width, height, one, two }) => [
    `${width} x ${height}`,
    written(one.seconds, ' s'),
    written((one.seconds / width / height) * 1e6, ' s'),
    `${(one.bytes / 1e6).toFixed(0)} MB`,
    written(two.seconds, ' s'),
    written(one.seconds / two.seconds, 'x'),
    `${(two.bytes / 1e6).toFixed(0)} MB`,
  ]),
);

console.log('The start, our network, files in the cache; paintings at 512 x 512; the page.\n');
const starts = [];
for (const browser of Object.keys(browsers)) {
  const tries = [];
  for (let count = 0; count < 5; count += 1) {
    tries.push(
      await onPage(browser, 'brushwork', async (page) => {
        // Once for the cache, and for what the browser keeps of compiled code.
        await page.run('() => bench.start(64, 0)');
        return page.run('() => bench.start(512, 3)');
      }),
    );
  }
  const click = [await clickToPainting(browser, 512), await clickToPainting(browser, 1024)];
  starts.push({
    browser,
    ready: median(tries.map(({ ready }) => ready)),
    first: median(tries.map(({ first }) => first)),
    ratio: median(tries.map(({ first, later }) => first / median(later))),
    click,
  });
}
print(
  ['browser', 'ready', 'first painting', 'first / later', 'click to painting, 512', '1024'],
  starts.map(({ browser, ready, first, ratio, click }) => [
    browser,
    written(ready, ' s'),
    written(first, ' s'),
    written(ratio, 'x'),
    ...click.map((seconds) => written(seconds, ' s')),
  ]),
);

const report = { measured: new Date().toISOString(), wasm: megabytes, comparisons, builds, sizes };
await writeFile(
  join(root, 'dist/bench.json'),
  `${JSON.stringify({ ...report, starts }, null, 2)}\n`,
);
