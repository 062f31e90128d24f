import { defineConfig } from 'vite';

export default defineConfig({
  // Relative, so that the site works in any folder of any host.
  base: './',
  resolve: {
    // The page is built with the finished package, as any other site would be.
    alias: { brushwork: new URL('../../dist/package/index.js', import.meta.url).pathname },
  },
  build: {
    outDir: '../../dist/site',
    emptyOutDir: true,
    // As files of their own: the page's policy does not let scripts fetch data URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
  worker: { format: 'es' },
});
