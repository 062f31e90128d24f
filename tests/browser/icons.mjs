// Draws the icons that want to be PNGs, from www/app/public/icon.svg, and puts them beside it.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launchChromium } from './chromium.mjs';
import { root } from './paths.mjs';

const folder = join(root, 'www/app/public');

/** `full` is without the round corners: systems that cut icons to a shape of their own want that. */
const icons = [
  { name: 'icon-192', size: 192, full: false },
  { name: 'icon-512', size: 512, full: false },
  { name: 'icon-maskable-512', size: 512, full: true },
  { name: 'apple-touch-icon', size: 180, full: true },
];

const svg = await readFile(join(folder, 'icon.svg'), 'utf8');
const square = svg.replace(/ rx="\d+"/, '');
const browser = await launchChromium();
for (const { name, size, full } of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>* { margin: 0; display: block }</style>${full ? square : svg}`);
  await writeFile(join(folder, `${name}.png`), await page.screenshot({ omitBackground: !full }));
  await page.close();
}
await browser.close();
