import { chromium, devices } from 'playwright-core';
import { chromiumPath } from './paths.mjs';

/** Starts Chromium, quiet and offline but for the test's own server. */
export function launchChromium() {
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export const iPhone = { ...devices['iPhone 15'], viewport: { width: 390, height: 844 } };
