// How much memory WebAssembly has in the engine's workers. It never shrinks: after a painting this is
// the most that it took.

/** Runs in a worker before its own script: answers whoever asks. */
function tellMemory() {
  const { Instance } = WebAssembly;
  Object.assign(WebAssembly, {
    Instance: function start(/** @type {WebAssembly.Module} */ module, /** @type {any} */ imports) {
      const instance = new Instance(module, imports);
      const answers = new BroadcastChannel('memory');
      new BroadcastChannel('memory?').onmessage = () =>
        answers.postMessage(
          /** @type {WebAssembly.Memory} */ (instance.exports.memory).buffer.byteLength,
        );
      return instance;
    },
  });
}

/**
 * Changes a worker's script on its way, for {@link engineMemory} to work. Fits a server's `rewrite`.
 *
 * @param {string} path
 * @param {Buffer} content
 */
export function tellingMemory(path, content) {
  const isWorker = /\/worker[-\w]*\.js$/.test(path);
  return isWorker ? Buffer.concat([Buffer.from(`(${tellMemory})();`), content]) : content;
}

/**
 * The bytes that each of the engine's workers has, once so many have told.
 *
 * @param {Pick<import('./browsers.mjs').TestPage, 'run'>} page
 * @param {number} workers
 * @returns {Promise<number[]>}
 */
export function engineMemory(page, workers) {
  return page.run(async (/** @type {number} */ count) => {
    /** @type {number[]} */
    const told = [];
    const answers = new BroadcastChannel('memory');
    const allTold = new Promise((done) => {
      answers.onmessage = ({ data }) => {
        told.push(data);
        if (told.length === count) {
          done(undefined);
        }
      };
    });
    const question = new BroadcastChannel('memory?');
    question.postMessage('how much?');
    await allTold;
    answers.close();
    question.close();
    return told;
  }, workers);
}
