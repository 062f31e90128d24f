import { join } from 'node:path';
import { openChromium } from './chromium.mjs';
import { root } from './paths.mjs';
import { serve } from './server.mjs';

const server = await serve('tests/browser/fixtures');
server.mounts = {
  '/new/': join(root, 'dist/package'),
  '/old/': '/tmp/old/dist/package',
  '/samples/': join(root, 'www/app/public/samples'),
};
const page = await openChromium();
await page.open(server.url);
const result = await page.run(`async () => {
  const bitmap = await createImageBitmap(await (await fetch('/samples/astronaut.jpg')).blob());
  const photo = (w, h) => { const c = new OffscreenCanvas(w, h); const x = c.getContext('2d'); x.drawImage(bitmap, 0, 0, w, h); return x.getImageData(0,0,w,h); };
  const out = {};
  for (const workers of [1, 2]) {
    const painters = {};
    for (const v of ['old', 'new']) { const { Painter } = await import('/' + v + '/index.js'); painters[v] = await Painter.load({ workers }); await painters[v].preload(); }
    for (const [w, h, rounds] of [[1024, 768, 7], [1024, 1024, 7], [4032, 3024, 3]]) {
      const times = { old: [], new: [] };
      for (let r = 0; r < rounds; r++) for (const v of ['old', 'new']) {
        const p = photo(w, h); const t = performance.now();
        await painters[v].paint(p, { style: 'starry-night', stroke: 'medium' });
        times[v].push((performance.now() - t) / 1000);
      }
      const med = (a) => [...a].sort((x, y) => x - y)[a.length >> 1];
      out[workers + ' workers ' + w + 'x' + h] = { old: med(times.old), new: med(times.new), ratio: med(times.new.map((t, i) => t / times.old[i])) };
    }
    for (const v of ['old', 'new']) painters[v].dispose();
  }
  return out;
}`);
console.log(JSON.stringify(result, undefined, 1));
await page.close();
server.close();
