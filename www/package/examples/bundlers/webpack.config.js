export default {
  mode: 'production',
  entry: './main.js',
  output: { filename: 'main.js' },
  // The engine is larger than webpack likes files to be; it is fetched when a photo is painted.
  performance: { hints: false },
};
