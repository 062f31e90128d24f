const common = { mode: 'production', performance: { hints: false } };

// The page is made on a server first, and comes alive in the browser: two builds of one source, as
// Next.js and its like make them.
export default [
  {
    ...common,
    name: 'browser',
    entry: './browser.js',
    output: { path: `${process.cwd()}/dist`, filename: 'browser.js' },
  },
  {
    ...common,
    name: 'server',
    target: 'node',
    entry: './page.js',
    experiments: { outputModule: true },
    output: {
      path: `${process.cwd()}/server`,
      filename: 'page.js',
      library: { type: 'module' },
    },
  },
];
