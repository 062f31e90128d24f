// The npm package as a foreign page uses it: nothing but the finished folder and its public API.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { browsers } from './browsers.mjs';
import { root } from './paths.mjs';
import { plainPhoto } from './photos.mjs';
import { decodeInBrowser, difference, readPng, turned, withExifOrientation } from './pictures.mjs';
import { serve } from './server.mjs';

/** How far the photo may be, in 255ths, that the model's own photo row gives back. */
const PHOTO_ROW = 3;

test('the JavaScript is at most 12 KB of brotli, and the list of styles 2 KB', async (context) => {
  const compressed = async (/** @type {string} */ file) =>
    brotliCompressSync(await readFile(join(root, 'dist/package', file))).length;
  let size = 0;
  for (const file of ['index.js', 'worker.js', 'element.js']) {
    size += await compressed(file);
  }
  const list = await compressed('styles.js');
  context.diagnostic(`${size} and ${list} bytes`);
  assert.ok(size <= 12 * 1024, `${size} bytes`);
  assert.ok(list <= 2 * 1024, `${list} bytes`);
});

for (const [name, open] of Object.entries(browsers)) {
  describe(`the package in ${name}`, () => {
    /** @type {import('./server.mjs').Server} */
    let server;
    /** @type {import('./browsers.mjs').TestPage} */
    let page;

    before(async () => {
      server = await serve('tests/browser/fixtures');
      server.mounts = {
        '/package/': join(root, 'dist/package'),
        // Without the worker.
        '/engine/': join(root, 'www/package/engine'),
        '/samples/': join(root, 'www/app/public/samples'),
        '/tests/': join(root, 'tests/browser'),
      };
      page = await open();
      await page.open(server.url);
      await page.run(`async () => {
        globalThis.helpers = await import('/some/folder/helpers.js');
        await helpers.start();
      }`);
    });
    after(async () => {
      await page?.close();
      server?.close();
    });

    test('lists its styles', async () => {
      const ids = await page.run(() => painter.styles.map(({ id }) => id));
      const shipped = JSON.parse(await readFile(join(root, 'models/styles.json'), 'utf8'));
      assert.deepEqual(
        ids,
        shipped.map((/** @type {{ id: string }} */ { id }) => id),
      );
    });

    test('paints in a style that was added, as a file or as numbers', async () => {
      const { apart, listed, codes } = await page.run(async () => {
        const table = await (await fetch('/package/styles.bin')).arrayBuffer();
        // Behind the photo's vector comes that of the first style.
        const length = table.byteLength / (painter.styles.length + 1);
        const bytes = new Uint8Array(table, length, length);
        const base64 = btoa(String.fromCharCode(...bytes));
        const own = await Painter.load();
        const added = own.addStyle({ id: 'mine', title: 'Mine', vector: base64 });
        const paint = async (/** @type {string} */ style) =>
          (await own.paint('/samples/chelsea.jpg', { style, maxPixels: 20_000 })).toImageData();
        const [first, mine] = [await paint(own.styles[0]?.id ?? ''), await paint('mine')];
        let apart = first.data.length === mine.data.length ? 0 : 255;
        for (const [index, value] of first.data.entries()) {
          apart = Math.max(apart, Math.abs(value - Number(mine.data[index])));
        }
        const refused = async (/** @type {() => unknown} */ work) => {
          try {
            await work();
            return 'nothing';
          } catch (error) {
            return /** @type {{ code: string }} */ (error).code;
          }
        };
        own.addStyle({ id: 'short', vector: [1, 2, 3] });
        const codes = [
          await refused(() => own.addStyle({ id: 'mine', vector: base64 })),
          await refused(() => own.addStyle({ id: 'no-base64', vector: '?' })),
          await refused(() => own.addStyle({ id: 'no-number', vector: [Number.NaN] })),
          await refused(() => own.addStyle({ id: 'empty', vector: [] })),
          await refused(() => paint('short')),
          // The next painting works.
          await refused(() => paint('mine')),
        ];
        own.dispose();
        return { apart, listed: [added, own.styles.at(-2)], codes };
      });
      assert.equal(apart, 0);
      const nobody = { en: '', zh: '' };
      const mine = { en: 'Mine', zh: 'Mine' };
      const style = { id: 'mine', name: mine, title: mine, artist: nobody, year: '' };
      assert.deepEqual(listed, [style, style]);
      const bad = 'bad-style';
      assert.deepEqual(codes, [bad, bad, bad, bad, bad, 'nothing']);
    });

    test('takes a photo in every form, and paints the same', async () => {
      const means = await page.run(async () => {
        const blob = await (await fetch('/samples/coffee.jpg')).blob();
        const bitmap = await createImageBitmap(blob);
        const { canvas, context } = helpers.canvasOf(bitmap);
        const offscreen = new OffscreenCanvas(bitmap.width, bitmap.height);
        offscreen.getContext('2d')?.drawImage(bitmap, 0, 0);
        const image = new Image();
        image.src = '/samples/coffee.jpg';
        const photos = {
          Blob: blob,
          File: new File([blob], 'coffee.jpg', { type: 'image/jpeg' }),
          ImageBitmap: bitmap,
          ImageData: context.getImageData(0, 0, canvas.width, canvas.height),
          HTMLImageElement: image,
          HTMLCanvasElement: canvas,
          OffscreenCanvas: offscreen,
          string: '/samples/coffee.jpg',
          URL: new URL('/samples/coffee.jpg', location.href),
        };
        /** @type {Record<string, number[]>} */
        const seen = {};
        for (const [form, photo] of Object.entries(photos)) {
          const painting = await painter.paint(photo, { style: 'scream', maxPixels: 10_000 });
          seen[form] = [painting.width, painting.height, ...helpers.meanColour(painting)];
        }
        return seen;
      });
      const expected = means.Blob;
      assert.deepEqual(expected.slice(0, 2), [122, 81]);
      for (const [form, mean] of Object.entries(means)) {
        for (const [index, value] of mean.entries()) {
          assert.ok(Math.abs(value - expected[index]) < 1, `${form}: ${mean} against ${expected}`);
        }
      }
    });

    test('takes a frame of a video, where the browser has such frames', async (context) => {
      const sizes = await page.run(async () => {
        if (typeof VideoFrame === 'undefined') {
          return undefined;
        }
        const bitmap = await createImageBitmap(await (await fetch('/samples/coffee.jpg')).blob());
        const { canvas } = helpers.canvasOf(bitmap);
        const frame = new VideoFrame(canvas, { timestamp: 0 });
        const { width, height } = await painter.paint(frame, { maxPixels: 10_000 });
        frame.close();
        return [width, height];
      });
      if (sizes === undefined) {
        context.skip('no VideoFrame here');
        return;
      }
      assert.deepEqual(sizes, [122, 81]);
    });

    test('takes a video as it stands', async () => {
      const [size, [red, , blue]] = await page.run(async () => {
        const { canvas, context } = helpers.canvasOf(
          await createImageBitmap(new ImageData(300, 200)),
        );
        const draw = () => {
          context.fillStyle = 'blue';
          context.fillRect(0, 0, 300, 200);
        };
        draw();
        const video = document.createElement('video');
        video.muted = true;
        video.srcObject = canvas.captureStream();
        const drawing = setInterval(draw, 30);
        await video.play();
        while (!video.videoWidth || video.currentTime === 0) {
          await new Promise((done) => setTimeout(done, 30));
        }
        const painting = await painter.paint(video, { strength: 0, maxPixels: 10_000 });
        clearInterval(drawing);
        return [[painting.width, painting.height], helpers.meanColour(painting)];
      });
      assert.deepEqual(size, [122, 81]);
      assert.ok(red < 60 && blue > 180, `blue, and not ${red} of red and ${blue} of blue`);
    });

    test('paints what a canvas shows at the call, not at its turn', async () => {
      const [mean, expected] = await page.run(async () => {
        const bitmap = await createImageBitmap(await (await fetch('/samples/coffee.jpg')).blob());
        const { canvas, context } = helpers.canvasOf(bitmap);
        const options = { strength: 0, maxPixels: 10_000 };
        const before = painter.paint(canvas, options);
        const painting = painter.paint(canvas, options);
        context.fillRect(0, 0, canvas.width, canvas.height);
        return [helpers.meanColour(await painting), helpers.meanColour(await before)];
      });
      assert.deepEqual(mean, expected);
      assert.ok(expected[0] > 20, `${expected}`);
    });

    test('paints in the size asked for, larger or smaller', async () => {
      const sizes = await page.run(async () => {
        /** @type {import('brushwork').PaintOptions[]} */
        const wishes = [
          { size: { width: 150 } },
          { size: { height: 100 } },
          { size: { width: 90, height: 90 } },
          { size: { width: 900 } },
          { size: { width: 900 }, maxPixels: 10_000 },
          { size: { width: 64 }, crop: { x: 0, y: 0, width: 32, height: 32 } },
          // As inputs and rectangles of the page have them.
          JSON.parse('{ "size": { "width": "64" }, "strength": "0.5" }'),
          { size: { width: 64 }, crop: new DOMRect(0, 0, 32, 32) },
        ];
        const found = [];
        for (const options of wishes) {
          const { width, height } = await painter.paint('/samples/coffee.jpg', options);
          found.push([width, height]);
        }
        return found;
      });
      const expected = [150, 100, 150, 100, 90, 60, 900, 600, 122, 81, 64, 64];
      expected.push(64, 42, 64, 64);
      assert.deepEqual(sizes.flat(), expected);
    });

    test('crops in pixels of the upright photo', async () => {
      const sizes = await page.run(async () => {
        const size = async (/** @type {import('brushwork').Rectangle} */ crop) => {
          const { width, height } = await painter.paint('/samples/coffee.jpg', {
            style: 'scream',
            crop,
          });
          return [width, height];
        };
        return [
          await size({ x: 10, y: 20, width: 64, height: 48 }),
          await size({ x: 500, y: 380, width: 1000, height: 1000 }),
        ];
      });
      assert.deepEqual(sizes, [
        [64, 48],
        [100, 20],
      ]);
    });

    test('strength 0 gives the photo back', async () => {
      const encoded = await page.run(async () => {
        const painting = await painter.paint('/samples/chelsea.jpg', {
          style: 'scream',
          strength: 0,
        });
        return helpers.base64(await painting.toBlob('image/png'));
      });
      const painted = await decodeInBrowser(page, Buffer.from(encoded, 'base64'));
      const off = difference(painted, await decodeInBrowser(page, plainPhoto));
      assert.ok(off <= PHOTO_ROW, `${off} from the photo`);
    });

    test('a photo that a phone took sideways comes out upright, in whatever form', async () => {
      const rotated = withExifOrientation(plainPhoto, 6).toString('base64');
      const upright = turned(await decodeInBrowser(page, plainPhoto));
      /** @type {Record<string, string>} */
      const painted = await page.run(async (/** @type {string} */ encoded) => {
        const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
        const blob = new Blob([bytes], { type: 'image/jpeg' });
        const image = new Image();
        image.src = URL.createObjectURL(blob);
        const photos = { Blob: blob, ImageBitmap: await createImageBitmap(blob), image };
        /** @type {Record<string, string>} */
        const saved = {};
        for (const [form, photo] of Object.entries(photos)) {
          const painting = await painter.paint(photo, { style: 'scream', strength: 0 });
          saved[form] = await helpers.base64(await painting.toBlob('image/png'));
        }
        return saved;
      }, rotated);
      for (const [form, encoded] of Object.entries(painted)) {
        const off = difference(readPng(Buffer.from(encoded, 'base64')), upright);
        assert.ok(off <= PHOTO_ROW, `${form}: ${off} from the upright photo`);
      }
    });

    test('a painting comes as JPEG, PNG, ImageData and ImageBitmap', async () => {
      const forms = await page.run(async () => {
        const painting = await painter.paint('/samples/chelsea.jpg', {
          style: { scream: 1, udnie: 3 },
          maxPixels: 10_000,
        });
        const bitmap = await painting.toImageBitmap();
        const pixels = painting.toImageData();
        return [
          (await painting.toBlob()).type,
          (await painting.toBlob('image/png')).type,
          bitmap.width === painting.width && bitmap.height === painting.height,
          pixels.width === painting.width && pixels.height === painting.height,
        ];
      });
      assert.deepEqual(forms, ['image/jpeg', 'image/png', true, true]);
    });

    test('keepColours keeps the photo’s colours', async () => {
      const [kept, changed] = await page.run(async () => {
        const photo = await (await fetch('/samples/coffee.jpg')).blob();
        const mean = async (/** @type {import('brushwork').PaintOptions} */ options) =>
          helpers.meanColour(await painter.paint(photo, { maxPixels: 20_000, ...options }));
        const plain = await mean({ strength: 0 });
        const off = (/** @type {number[]} */ colour) =>
          // How blue against red, as a difference of two colours.
          Math.abs(Number(colour[0]) - Number(colour[2]) - Number(plain[0]) + Number(plain[2]));
        return [
          off(await mean({ style: 'great-wave', keepColours: true })),
          off(await mean({ style: 'great-wave' })),
        ];
      });
      assert.ok(kept * 3 < changed, `${kept} with, ${changed} without`);
    });

    test('the quality asked for at the painting holds for its file', async () => {
      const [rough, fine, told] = await page.run(async () => {
        /** @type {(quality: number, later?: number) => Promise<number>} */
        const size = async (quality, later) => {
          const painting = await painter.paint('/samples/coffee.jpg', { maxPixels: 9000, quality });
          return (await painting.toBlob('image/jpeg', later)).size;
        };
        return [await size(0.2), await size(0.95), await size(0.95, 0.2)];
      });
      assert.ok(rough * 2 < fine, `${rough} and ${fine} bytes`);
      assert.equal(told, rough);
    });

    test('fetches nothing before it is needed, and then only what it needs', async () => {
      const asked = () => {
        const paths = server.requests.map((url) => new URL(url).pathname);
        return paths.filter((path) => path.startsWith('/package/'));
      };
      server.requests = [];
      const before = await page.run(async () => {
        const lazy = await Painter.load({ assets: '/package' });
        Object.assign(globalThis, { lazy });
        return [lazy.files, lazy.styles.length > 0];
      });
      assert.deepEqual(before, [[], true]);
      assert.deepEqual(asked(), []);
      /** @type {{ stages: string[], files: string[], painted: number }} */
      const { stages, files, painted } = await page.run(`async () => {
        const stages = [];
        const listener = ({ stage, fraction }) => stages.push(stage + ' ' + fraction);
        await Promise.all([lazy.preload({ onProgress: listener }), lazy.preload()]);
        const { width } = await lazy.paint('/samples/coffee.jpg', { maxPixels: 10_000 });
        const { files } = lazy;
        lazy.dispose();
        return { stages, files, painted: width };
      }`);
      assert.equal(painted, 122);
      assert.deepEqual(stages.slice(0, 1), ['download 0']);
      assert.deepEqual(stages.slice(-2), ['start 0', 'start 1']);
      assert.ok(stages.includes('download 1'));
      const paths = files.map((url) => new URL(url).pathname);
      assert.deepEqual(
        paths.filter((path) => path.includes('worker')),
        ['/package/worker.js'],
      );
      // The engine may be there already: painters on one page share it.
      for (const path of asked()) {
        assert.ok(paths.includes(path), `${path} was fetched for nothing`);
      }
      assert.ok(asked().includes('/package/draft.onnx'));
    });

    for (const [manner, options] of Object.entries({
      'the strokes of its size': { style: 'great-wave', strength: 0.8 },
      'a revision': {
        style: 'great-wave',
        stroke: 'broad',
        keepColours: true,
        size: { width: 512 },
      },
      'several revisions': {
        style: 'great-wave',
        stroke: 'broad',
        keepColours: true,
        size: { width: 1300 },
      },
    })) {
      test(`four workers paint what one paints: ${manner}`, async (context) => {
        const { one, four, started } = await page.run(
          async (/** @type {import('brushwork').PaintOptions} */ how) => {
            const paint = async (/** @type {number} */ workers) => {
              const before = helpers.startedWorkers.length;
              const crew = await Painter.load({ workers });
              const painting = await crew.paint('/samples/chelsea.jpg', how);
              crew.dispose();
              const count = helpers.startedWorkers.length - before;
              return { count, png: await helpers.base64(await painting.toBlob('image/png')) };
            };
            const [alone, together] = [await paint(1), await paint(4)];
            return { one: alone.png, four: together.png, started: [alone.count, together.count] };
          },
          options,
        );
        assert.deepEqual(started, [1, 4]);
        const [a, b] = [one, four].map((png) => readPng(Buffer.from(png, 'base64')));
        assert.equal(a?.data.length, b?.data.length);
        let [largest, sum] = [0, 0];
        for (const [index, value] of (a?.data ?? []).entries()) {
          const apart = Math.abs(value - Number(b?.data[index]));
          largest = Math.max(largest, apart);
          sum += apart;
        }
        const mean = sum / Number(a?.data.length);
        context.diagnostic(`${largest} apart at most, ${mean} on average`);
        if (manner === 'several revisions') {
          // What is rounded otherwise in one of many pixels, the passes after it paint on.
          assert.ok(mean <= 0.01, `${mean} apart on average`);
        } else {
          assert.ok(largest <= 1, `${largest} apart at most`);
        }
      });
    }

    test('broad strokes and large pictures come out in full size, and the same from far off', async () => {
      const { broad, large, small } = await page.run(async () => {
        const style = 'great-wave';
        const bitmap = await createImageBitmap(await (await fetch('/samples/coffee.jpg')).blob());
        const canvas = new OffscreenCanvas(1800, 1200);
        canvas.getContext('2d')?.drawImage(bitmap, 0, 0, 1800, 1200);
        const mean = async (/** @type {import('brushwork').PaintOptions} */ options) => {
          const painting = await painter.paint(canvas, options);
          return [painting.width, painting.height, ...helpers.meanColour(painting)];
        };
        return {
          broad: await mean({ style, stroke: 'broad', maxPixels: 60_000 }),
          large: await mean({ style }),
          small: await mean({ style, maxPixels: 1_000_000 }),
        };
      });
      assert.deepEqual(broad.slice(0, 2), [300, 200]);
      assert.deepEqual(large.slice(0, 2), [1800, 1200]);
      for (const [index, value] of large.slice(2).entries()) {
        assert.ok(Math.abs(value - small[index + 2]) < 6, `${large} against ${small}`);
      }
    });

    test('progress goes from reading to the last stroke and never back', async () => {
      const seen = await page.run(async () => {
        /** @type {[string, number][]} */
        const steps = [];
        await painter.paint('/samples/chelsea.jpg', {
          style: 'scream',
          onProgress: ({ stage, fraction }) => void steps.push([stage, fraction]),
        });
        return steps;
      });
      const stages = seen.map((/** @type {[string, number]} */ [stage]) => stage);
      assert.deepEqual([...new Set(stages)], ['read', 'paint']);
      const fractions = seen
        .filter((/** @type {[string, number]} */ [stage]) => stage === 'paint')
        .map((/** @type {[string, number]} */ [, fraction]) => fraction);
      assert.ok(fractions.length >= 5, `${fractions.length} steps`);
      assert.equal(fractions.at(-1), 1);
      assert.deepEqual(
        fractions,
        [...fractions].sort((a, b) => a - b),
      );
    });

    test('a listener that throws does not stop the painting, and its page hears of it', async () => {
      const [width, heard] = await page.run(async () => {
        /** @type {unknown[]} */
        const errors = [];
        const listen = (/** @type {ErrorEvent} */ event) => {
          event.preventDefault();
          errors.push(event.error);
        };
        addEventListener('error', listen);
        const listening = await Painter.load();
        const painting = await listening.paint('/samples/coffee.jpg', {
          maxPixels: 10_000,
          onProgress: () => {
            throw 'mine';
          },
        });
        listening.dispose();
        removeEventListener('error', listen);
        return [painting.width, errors.length > 3 && errors.every((error) => error === 'mine')];
      });
      assert.deepEqual([width, heard], [122, true]);
    });

    test('a canvas that stays empty, as iPhones’ do past their limit, is an error and no blank', async () => {
      // What iOS does, in the worker and on the page.
      const limited = (/** @type {any} */ kind) => {
        const real = kind.prototype.getImageData;
        kind.prototype.getImageData = function (
          /** @type {[number, number, number, number]} */ ...area
        ) {
          const { width, height } = this.canvas;
          return width * height > 16_777_216
            ? new ImageData(area[2], area[3])
            : real.apply(this, area);
        };
      };
      const script = `(${limited})(OffscreenCanvasRenderingContext2D);`;
      server.rewrite = (path, content) =>
        path.endsWith('/worker.js') ? Buffer.from(script + content) : content;
      try {
        const outcomes = await page.run(`async () => {
          const canvas = new OffscreenCanvas(4200, 4200);
          canvas.getContext('2d').fillRect(0, 0, 4200, 4200);
          const photo = await canvas.convertToBlob({ type: 'image/jpeg' });
          const { getImageData } = OffscreenCanvasRenderingContext2D.prototype;
          ${script}
          const phone = await Painter.load();
          const codeOf = (work) => work.then(({ width }) => width, ({ code }) => code);
          const outcomes = [
            await codeOf(phone.paint(photo)),
            await codeOf(phone.paint(canvas)),
            await codeOf(phone.paint(photo, { maxPixels: 10_000 })),
          ];
          phone.dispose();
          Object.assign(OffscreenCanvasRenderingContext2D.prototype, { getImageData });
          return outcomes;
        }`);
        assert.deepEqual(outcomes, ['no-memory', 'no-memory', 100]);
      } finally {
        server.rewrite = undefined;
      }
    });

    test('an abort rejects within 100 ms with its own reason, and the next painting works', async () => {
      const { reason, took, width } = await page.run(async () => {
        const controller = new AbortController();
        const { signal } = controller;
        const painting = await new Promise((begun) => {
          const promise = painter.paint('/samples/astronaut.jpg', {
            style: 'scream',
            signal,
            // In an array, since a promise that is resolved with a promise waits for it.
            onProgress: ({ stage }) => stage === 'paint' && begun([promise]),
          });
        });
        const from = performance.now();
        controller.abort('enough');
        const why = await painting[0].catch((/** @type {unknown} */ error) => error);
        const milliseconds = performance.now() - from;
        const next = await painter.paint('/samples/chelsea.jpg', { style: 'scream' });
        return { reason: why, took: milliseconds, width: next.width };
      });
      assert.equal(reason, 'enough');
      assert.ok(took < 100, `${took} ms`);
      assert.equal(width, 451);
    });

    test('two painters work at once, and one lives on when the other is disposed of', async () => {
      const outcomes = await page.run(async () => {
        const second = await Painter.load({ assets: '/package/' });
        const options = { style: 'scream', maxPixels: 20_000 };
        const both = await Promise.all([
          painter.paint('/samples/coffee.jpg', options),
          second.paint('/samples/coffee.jpg', options),
        ]);
        const under = second.paint('/samples/astronaut.jpg', {
          style: 'scream',
          onProgress: ({ stage }) => stage === 'paint' && second.dispose(),
        });
        const disposed = await under.catch((error) => error.name);
        const alive = await painter.paint('/samples/coffee.jpg', options);
        return [both.every(({ width }) => width === alive.width), disposed];
      });
      assert.deepEqual(outcomes, [true, 'AbortError']);
    });

    test('two painters at work on one bitmap do not get in each other’s way', async () => {
      const encoded = await page.run(async () => {
        const blob = await (await fetch('/samples/chelsea.jpg')).blob();
        const bitmap = await createImageBitmap(blob);
        const second = await Painter.load();
        const [whole] = await Promise.all([
          painter.paint(bitmap, { style: 'scream', strength: 0 }),
          second.paint(bitmap, { style: 'scream', maxPixels: 20_000 }),
          second.paint(bitmap, { style: 'scream', maxPixels: 10_000 }),
        ]);
        second.dispose();
        return helpers.base64(await whole.toBlob('image/png'));
      });
      const off = difference(
        readPng(Buffer.from(encoded, 'base64')),
        await decodeInBrowser(page, plainPhoto),
      );
      assert.ok(off <= PHOTO_ROW, `${off} from the photo`);
    });

    test('an abort at any moment leaves the painter as good as new', async () => {
      const { reasons, slowest, width } = await page.run(async () => {
        const reasons = [];
        let slowest = 0;
        // Not quite random: spread over loading, reading and painting, the same each time.
        for (let round = 0; round < 12; round += 1) {
          const controller = new AbortController();
          const { signal } = controller;
          const painting = painter
            .paint('/samples/chelsea.jpg', { style: 'udnie', size: { width: 1000 }, signal })
            .then(() => 'painted', String);
          await new Promise((done) => setTimeout(done, (round * 47) % 300));
          const from = performance.now();
          controller.abort(`stop ${round}`);
          reasons.push(await painting);
          slowest = Math.max(slowest, performance.now() - from);
        }
        const next = await painter.paint('/samples/chelsea.jpg', { maxPixels: 10_000 });
        return { reasons, slowest, width: next.width };
      });
      for (const [round, reason] of reasons.entries()) {
        assert.ok(reason === `stop ${round}` || reason === 'painted', reason);
      }
      assert.ok(reasons.includes('stop 1'), `${reasons}`);
      assert.ok(slowest < 100, `${slowest} ms`);
      assert.equal(width, 122);
    });

    test('pixels that were given away are told, and the next photo is painted', async () => {
      const [first, width] = await page.run(async () => {
        const pixels = new ImageData(20, 20);
        structuredClone(pixels.data.buffer, { transfer: [pixels.data.buffer] });
        // They were given away.
        const outcome = await painter.paint(pixels).catch((error) => error);
        const next = await painter.paint('/samples/chelsea.jpg', { maxPixels: 10_000 });
        return [outcome.width ?? outcome.code, next.width];
      });
      assert.equal(first, 'not-a-picture');
      assert.equal(width, 122);
    });

    test('disposing ends what waits for its turn as well; painting again works', async () => {
      const outcomes = await page.run(async () => {
        const second = await Painter.load();
        const options = { style: 'scream', maxPixels: 20_000 };
        const paintings = [1, 2].map(() => second.paint('/samples/coffee.jpg', options));
        const loading = second.preload();
        second.dispose();
        const names = [...paintings, loading].map((job) => job.catch((error) => error.name));
        const { width } = await second.paint('/samples/coffee.jpg', options);
        second[typeof Symbol.dispose === 'symbol' ? Symbol.dispose : 'dispose']();
        return [...(await Promise.all(names)), width];
      });
      assert.deepEqual(outcomes, ['AbortError', 'AbortError', 'AbortError', 173]);
    });

    test('a picture that another site does not share is told apart', async () => {
      const other = await serve('www/app/public/samples');
      try {
        const code = await page.run(async (/** @type {string} */ url) => {
          const image = new Image();
          image.src = url;
          return painter.paint(image).catch((error) => error.code);
        }, `${other.url}coffee.jpg`);
        assert.equal(code, 'cross-origin');
      } finally {
        other.close();
      }
    });

    /** @type {Array<[string, string, string]>} */
    const failures = [
      ['a style it does not know', 'unknown-style', "paint(photo, { style: 'nobody' })"],
      ['a blend of nothing', 'bad-recipe', 'paint(photo, { style: { scream: 0 } })'],
      ['a strength past 1', 'bad-recipe', "paint(photo, { style: 'scream', strength: 1.5 })"],
      ['a stroke of no size', 'bad-recipe', "paint(photo, { style: 'scream', stroke: 0 })"],
      ['a size without a side', 'bad-recipe', 'paint(photo, { size: {} })'],
      ['a size in words', 'bad-recipe', "paint(photo, { size: { width: 'wide' } })"],
      ['a crop without a width', 'bad-recipe', 'paint(photo, { crop: { x: 0, y: 0, height: 9 } })'],
      ['a quality of NaN', 'bad-recipe', 'paint(photo, { quality: Number.NaN })'],
      ['more workers than it takes', 'bad-recipe', 'load({ workers: 9, assets })'],
      ['a text file', 'not-a-picture', "paint(new Blob(['text']), { style: 'scream' })"],
      ['no photo at all', 'not-a-picture', 'paint(undefined)'],
      ['an empty file', 'empty-file', "paint(new Blob([]), { style: 'scream' })"],
      ['a picture of 7 by 7', 'too-small', "paint(new ImageData(7, 7), { style: 'scream' })"],
      ['a painting of a billion pixels', 'too-large', 'paint(photo, { size: { width: 1e9 } })'],
      ['a photo that is not there', 'network', "paint('/nowhere.jpg', { style: 'scream' })"],
      ['a model of random bytes', 'bad-model', 'load({ model: noise, assets })'],
      ['a model cut short', 'bad-model', 'load({ model: half, assets })'],
      ['more names than styles', 'bad-model', 'load({ model: whole, styles: names, assets })'],
      ['a worker that is not there', 'network', "load({ assets: '/engine/', model: whole })"],
      ['assets at no address', 'network', "load({ assets: 'http://[' })"],
      ['assets that are not there', 'network', "load({ assets: '/nowhere/' })"],
    ];
    for (const [what, code, call] of failures) {
      test(`${what}: ${code}`, async () => {
        const error = await page.run(
          `async () => {
            const photo = '/samples/chelsea.jpg';
            const assets = '/package/';
            const model = new Uint8Array(await (await fetch('/package/draft.onnx')).arrayBuffer());
            const whole = model;
            const names = [...painter.styles, painter.styles[0]];
            const half = model.slice(0, model.length / 2);
            const noise = crypto.getRandomValues(new Uint8Array(1000));
            const paint = (...given) => painter.paint(...given);
            const load = async (options) => (await Painter.load(options)).preload();
            return ${call}.then(
              () => ({}),
              (error) => ({
                name: error.name,
                code: error.code,
                isError: error instanceof BrushworkError,
                sentence: error.message,
              }),
            );
          }`,
        );
        assert.equal(error.code, code, error.sentence);
        assert.equal(error.name, 'BrushworkError');
        assert.ok(error.isError);
        assert.match(error.sentence, /^[A-Z].*\./);
      });
    }

    test('after all that it still paints', async () => {
      const width = await page.run(async () => {
        const painting = await painter.paint('/samples/chelsea.jpg', { style: 'scream' });
        return painting.width;
      });
      assert.equal(width, 451);
    });
  });
}
