import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The name of a worker's script in the built site. @param {string} name its beginning */
export async function scriptOf(name) {
  const files = await readdir(join(root, 'dist/site/assets'));
  const script = files.find((file) => file.startsWith(name) && file.endsWith('.js'));
  if (script === undefined) {
    throw new Error(`the site has no ${name}`);
  }
  return script;
}

/** The browsers, where Debian puts them; elsewhere, say so in the environment. */
export const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const firefoxPath = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
export const webKitWebDriverPath = process.env.WEBKIT_WEBDRIVER ?? '/usr/bin/WebKitWebDriver';
export const wpeWebDriverPath = process.env.WPE_WEBDRIVER ?? '/usr/bin/WPEWebDriver';
export const cogPath = process.env.COG ?? '/usr/bin/cog';

/** The native engine's command, for comparison: `cargo build --example paint` makes it. */
export const nativePaintPath = join(root, 'target/debug/examples/paint');
