import { spawn } from 'node:child_process';
import { cogPath, wpeWebDriverPath } from './paths.mjs';
import { WebDriver } from './webdriver.mjs';
import { freePort } from './webkit.mjs';

/**
 * Opens a page in WPE, a WebKit of the age of Safari 16.0: without SIMD, and without canvases in
 * workers. It wants no display.
 */
export async function openWpe() {
  const port = await freePort();
  const driver = spawn(wpeWebDriverPath, [`--port=${port}`], {
    stdio: 'ignore',
    env: { ...process.env, LIBGL_ALWAYS_SOFTWARE: '1' },
  });
  const web = new WebDriver(`http://127.0.0.1:${port}`);
  await web.answers();
  const args = ['--automation', '--platform=headless'];
  await web.start({ 'wpe:browserOptions': { binary: cogPath, args } });
  return {
    open: (/** @type {string} */ url) => web.open(url),
    run: (/** @type {Function | string} */ script, /** @type {unknown[]} */ ...args) =>
      web.evaluate(script, args),
    async close() {
      await web.quit().catch(() => {});
      driver.kill();
    },
  };
}
