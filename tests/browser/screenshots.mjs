// Takes the README's pictures of the real page, into docs/images/.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseSample, chooseStyle, painted } from './app.mjs';
import { until } from './browsers.mjs';
import { iPhone, openChromium } from './chromium.mjs';
import { root } from './paths.mjs';
import { serve } from './server.mjs';

const phone = { ...iPhone(), deviceScaleFactor: 2 };
const desktop = { viewport: { width: 1440, height: 900 } };

/** @type {Array<{ name: string, device: import('playwright-core').BrowserContextOptions, language: string, sample?: import('./app.mjs').Sample, style?: string, split?: number }>} */
const pictures = [
  { name: 'phone-welcome', device: phone, language: 'en' },
  { name: 'phone', device: phone, language: 'en', sample: 'coffee', style: 'great-wave', split: 0 },
  {
    name: 'phone-dark',
    device: { ...phone, colorScheme: 'dark' },
    language: 'zh-CN',
    sample: 'chelsea',
    style: 'udnie',
    split: 45,
  },
  {
    name: 'desktop',
    device: desktop,
    language: 'en',
    sample: 'astronaut',
    style: 'starry-night',
    split: 40,
  },
];

/** The last tile is out of view, and so still shows the photo itself. */
const tilesPainted = () => {
  const strip = document.querySelector('#styles');
  const tiles = [...(strip?.querySelectorAll('canvas') ?? [])];
  const photo = tiles.at(-1)?.toDataURL();
  const box = strip?.getBoundingClientRect();
  return tiles.every((tile) => {
    const { left, top } = tile.getBoundingClientRect();
    return (box && (left >= box.right || top >= box.bottom)) || tile.toDataURL() !== photo;
  });
};

const folder = join(root, 'docs/images');
await mkdir(folder, { recursive: true });
const server = await serve();
for (const { name, device, language, sample, style, split } of pictures) {
  const browser = await openChromium({ language, device });
  await browser.open(server.url);
  if (sample && style) {
    await chooseSample(browser, sample);
    await chooseStyle(browser, style);
    await painted(browser);
    await until(browser, 'every tile in view is painted', tilesPainted);
    await browser.page.$eval(
      'before-after',
      (comparison, percent) => Object.assign(comparison, { split: percent }),
      split,
    );
  }
  await sleep(500);
  const path = join(folder, `${name}.jpg`);
  await browser.page.screenshot({ path, type: 'jpeg', quality: 88 });
  await browser.close();
}
server.close();
