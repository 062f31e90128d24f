export default {
  // So that the site works in any folder of any host.
  base: './',
  // main.js waits at its top level for the painter.
  build: { target: 'es2022' },
  // Only for `vite dev`: the package finds its files beside itself, so it has to stay where it is.
  optimizeDeps: { exclude: ['brushwork'] },
};
