// Takes the README's pictures of the real page, into docs/images/.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseStyle, painted } from './app.mjs';
import { iPhone, openChromium } from './chromium.mjs';
import { root } from './paths.mjs';
import { serve } from './server.mjs';

const phone = { ...iPhone(), deviceScaleFactor: 2 };
const desktop = { viewport: { width: 1440, height: 900 } };

/** @type {Array<{ name: string, device: import('playwright-core').BrowserContextOptions, language: string, sample?: string, style?: string, split?: number }>} */
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

const folder = join(root, 'docs/images');
await mkdir(folder, { recursive: true });
const server = await serve();
for (const { name, device, language, sample, style, split } of pictures) {
  const browser = await openChromium({ language, device });
  await browser.open(server.url);
  if (sample && style) {
    await browser.click(`#samples button:has(img[src*="${sample}"])`);
    await chooseStyle(browser, style);
    await painted(browser);
    // The thumbnails follow once the painting is done.
    await sleep(6000);
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
