// What painter.test.mjs does in a worker: where there is no document, addresses are as the worker sees them.
import { Painter } from '/package/index.js';

const widths = [];
for (const assets of [undefined, '../package']) {
  const painter = await Painter.load({ workers: 1, assets });
  const { width } = await painter.paint('../samples/chelsea.jpg', { maxPixels: 10_000 });
  widths.push(width);
  painter.dispose();
}
postMessage(widths);
