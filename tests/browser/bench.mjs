// Measures brushwork beside onnxruntime-web: one thread each, same model, same page, in turn; and on all
// cores. Prints a table and writes dist/bench.json. Quieten the machine first.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { choosePhoto, painted } from './app.mjs';
import { browsers } from './browsers.mjs';
import { root } from './paths.mjs';
import { serve } from './server.mjs';

// Network, side of the square photo, and how many rounds count.
const COMPARISONS = /** @type {const} */ ([
  ['brushwork', 512, 7],
  ['brushwork', 1024, 5],
  ['johnson', 512, 3],
]);
const CLICKED_STYLES = ['great-wave', 'udnie', 'scream'];

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return Number(sorted[sorted.length >> 1]);
}

/** @param {string} browser @param {string} network @param {number} side @param {number} counted */
async function compareEngines(browser, network, side, counted) {
  const server = await serve('tests/browser/fixtures');
  server.mounts = {
    '/package/': join(root, 'dist/package'),
    '/engine/': join(root, 'www/package/engine'),
    '/samples/': join(root, 'www/app/public/samples'),
    '/networks/': join(root, 'target/networks'),
    '/onnxruntime/': dirname(fileURLToPath(import.meta.resolve('onnxruntime-web/wasm'))),
  };
  const page = await browsers[browser]?.();
  if (!page) {
    throw new Error(`there is no ${browser}`);
  }
  try {
    await page.open(server.url);
    await page.run(`async () => {
      globalThis.bench = await import('${server.url}bench.js?network=${network}');
    }`);
    // The first round warms both up and does not count.
    const rounds = [];
    for (let count = 0; count <= counted; count += 1) {
      rounds.push(await page.run(`() => bench.round(${side})`));
    }
    rounds.shift();
    const brushwork = median(rounds.map((round) => round.brushwork));
    const onnxruntime = median(rounds.map((round) => round.onnxruntime));
    return {
      brushwork,
      onnxruntime,
      allCores: median(rounds.map((round) => round.allCores)),
      ratio: onnxruntime / brushwork,
      difference: Math.max(...rounds.map((round) => round.difference)),
      megabytes: (await page.run(`() => bench.memory(${side})`)) / 2 ** 20,
    };
  } finally {
    await page.close();
    server.close();
  }
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
console.log(
  '| browser | network | size | onnxruntime-web | brushwork | ratio | all cores | difference | click to painting | wasm memory |',
);
console.log('|---|---|---|---|---|---|---|---|---|---|');
const results = [];
for (const browser of Object.keys(browsers)) {
  for (const [network, side, counted] of COMPARISONS) {
    const compared = await compareEngines(browser, network, side, counted);
    const click = network === 'brushwork' ? await clickToPainting(browser, side) : undefined;
    results.push({ browser, network, side, ...compared, click });
    const cells = [
      browser,
      network,
      `${side} x ${side}`,
      `${compared.onnxruntime.toFixed(2)} s`,
      `${compared.brushwork.toFixed(2)} s`,
      `${compared.ratio.toFixed(2)}x`,
      `${compared.allCores.toFixed(2)} s`,
      `${compared.difference.toFixed(2)} / 255`,
      click === undefined ? '' : `${click.toFixed(2)} s`,
      `${compared.megabytes.toFixed(0)} MB`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
await writeFile(
  join(root, 'dist/bench.json'),
  `${JSON.stringify({ measured: new Date().toISOString(), wasm: megabytes, results }, null, 2)}\n`,
);
