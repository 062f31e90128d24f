import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

const out = new URL('../../dist/site', import.meta.url).pathname;

export default defineConfig({
  // Relative, so that the site works in any folder of any host.
  base: './',
  resolve: {
    // The page is built with the finished package, as any other site would be.
    alias: { brushwork: new URL('../../dist/package/index.js', import.meta.url).pathname },
  },
  build: {
    outDir: out,
    emptyOutDir: true,
    // As files of their own: the page's policy does not let scripts fetch data URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One file for all: while a second one is on its way, WebKit shows nothing that was hidden before, be it
    // the painting.
    cssCodeSplit: false,
    // Safari 16.0 is an iPhone of 2017.
    target: ['es2022', 'safari16'],
    rolldownOptions: {
      output: {
        // The engine's builds bear the same name in folders of their own: here they lie side by side.
        assetFileNames: ({ originalFileNames: [path = ''] }) => {
          const build = /\/package\/(\w+)\//.exec(path)?.[1];
          return `assets/${build ? `${build}-` : ''}[name]-[hash][extname]`;
        },
      },
    },
  },
  worker: { format: 'es' },
  plugins: [
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'service-worker',
      filename: 'service-worker.ts',
      // The page registers it by itself, and its manifest is a file like any other.
      injectRegister: false,
      manifest: false,
      injectManifest: {
        rollupFormat: 'iife',
        globPatterns: ['**/*'],
        globIgnores: ['**/*.md', 'service-worker.js'],
        dontCacheBustURLsMatching: /^assets\//,
        maximumFileSizeToCacheInBytes: 64 * 1024 * 1024,
        manifestTransforms: [withIntegrity],
      },
    }),
  ],
});

/** Adds to each file its size and its hash, which the service worker checks. */
async function withIntegrity<Entry extends { url: string; size: number }>(entries: Entry[]) {
  const manifest = entries.map(async (entry) => {
    const hash = createHash('sha384').update(await readFile(join(out, entry.url)));
    return { ...entry, bytes: entry.size, integrity: `sha384-${hash.digest('base64')}` };
  });
  return { manifest: await Promise.all(manifest) };
}
