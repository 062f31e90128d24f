// Lighthouse's judgement, on its own mobile profile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import lighthouse from 'lighthouse';
import { launchChromium } from './chromium.mjs';
import { serve } from './server.mjs';
import { freePort } from './webkit.mjs';

test('Lighthouse finds a full app, open to everyone', async () => {
  const server = await serve();
  const port = await freePort();
  const browser = await launchChromium([`--remote-debugging-port=${port}`]);
  try {
    const result = await lighthouse(server.url, {
      port,
      logLevel: 'error',
      onlyCategories: ['accessibility', 'best-practices', 'pwa'],
    });
    const scores = Object.values(result?.lhr.categories ?? {}).map(({ id, score }) => [id, score]);
    assert.deepEqual(Object.fromEntries(scores), {
      accessibility: 1,
      'best-practices': 1,
      pwa: 1,
    });
  } finally {
    await browser.close();
    server.close();
  }
});
