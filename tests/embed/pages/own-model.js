// What own-model.test.mjs does in the page: the same network in onnxruntime and in the package.
import * as ort from '/onnxruntime/ort.wasm.bundle.min.mjs';
import { Painter } from '/package/index.js';

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = '/onnxruntime/';

const [WIDTH, HEIGHT] = [128, 96];

/** @param {string} name */
const urlOf = (name) => `/networks/${name}.onnx`;

/** @param {string} name */
async function bytesOf(name) {
  return new Uint8Array(await (await fetch(urlOf(name))).arrayBuffer());
}

/** @param {number} width @param {number} height */
async function photoOf(width, height) {
  const bitmap = await createImageBitmap(await (await fetch('/samples/coffee.jpg')).blob());
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  context?.drawImage(bitmap, 0, 0, width, height);
  return /** @type {ImageData} */ (context?.getImageData(0, 0, width, height));
}

/**
 * What onnxruntime paints: red, green and blue of each pixel, 0 to 255.
 *
 * @param {string} name
 * @param {ImageData} photo
 */
async function reference(name, { width, height, data }) {
  const session = await ort.InferenceSession.create(await bytesOf(name), {
    executionProviders: ['wasm'],
  });
  const size = width * height;
  // As networks/make.py and networks/make_tensorflow.py say.
  const white = /transposed|-7-fixed|20/.test(name) ? 1 : 255;
  const lastPainted = /tensorflow/.test(name);
  const colours = { last: lastPainted && name !== 'tensorflow-11-fixed', lastPainted };
  const image = new Float32Array(3 * size);
  for (let at = 0; at < size; at += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      const place = colours.last ? at * 3 + channel : channel * size + at;
      image[place] = (Number(data[at * 4 + channel]) * white) / 255;
    }
  }
  const shape = colours.last ? [1, height, width, 3] : [1, 3, height, width];
  const [input = '', output = ''] = [...session.inputNames, ...session.outputNames];
  const outputs = await session.run({ [input]: new ort.Tensor('float32', image, shape) });
  const values = /** @type {Float32Array} */ (outputs[output]?.data);
  return Uint8ClampedArray.from({ length: 3 * size }, (_, at) => {
    const channel = at % 3;
    const place = colours.lastPainted ? at : channel * size + (at - channel) / 3;
    return (Number(values[place]) * 255) / white;
  });
}

/** @param {string} name @param {number} width @param {number} height */
export async function compare(name, width, height) {
  const photo = await photoOf(width, height);
  const expected = await reference(name, photo);
  const painter = await Painter.load({ model: urlOf(name) });
  const { data } = (await painter.paint(photo)).toImageData();
  painter.dispose();
  let sum = 0;
  let largest = 0;
  let total = 0;
  let squares = 0;
  for (const [at, value] of expected.entries()) {
    const channel = at % 3;
    const off = Math.abs(Number(data[((at - channel) / 3) * 4 + channel]) - value);
    sum += off;
    largest = Math.max(largest, off);
    total += value;
    squares += value * value;
  }
  const count = expected.length;
  const contrast = Math.sqrt(squares / count - (total / count) ** 2);
  return { mean: sum / count, largest, contrast };
}

/** @param {string} name @param {number} width @param {number} height */
export async function sizeOf(name, width, height) {
  const painter = await Painter.load({ model: urlOf(name) });
  const painting = await painter.paint(await photoOf(width, height));
  painter.dispose();
  return [painting.width, painting.height];
}

/** @param {import('brushwork').LoadOptions} options */
async function meanOf(options) {
  const painter = await Painter.load(options);
  const { data } = (await painter.paint(await photoOf(WIDTH, HEIGHT))).toImageData();
  painter.dispose();
  const colours = data.filter((_, at) => at % 4 !== 3);
  return colours.reduce((sum, value) => sum + value, 0) / colours.length;
}

/** The mean colours with white found out, told, and told wrongly. @param {string} name */
export async function meansByWhite(name) {
  const model = urlOf(name);
  return [
    await meanOf({ model }),
    await meanOf({ model, white: 1 }),
    await meanOf({ model, white: 255 }),
  ];
}

/** @param {string} name */
export async function forms(name) {
  const bytes = await bytesOf(name);
  const models = [
    bytes,
    bytes.buffer,
    new Blob([bytes]),
    new URL(urlOf(name), location.href),
    urlOf(name),
  ];
  const means = [];
  for (const model of models) {
    means.push(await meanOf({ model }));
  }
  const text = { en: 'Mine', zh: '我的' };
  const mine = { id: 'mine', name: text, title: text, artist: text, year: '' };
  const painter = await Painter.load({ model: bytes });
  const named = await Painter.load({ model: bytes, styles: [mine] });
  return {
    styles: painter.styles.map(({ id }) => id),
    named: named.styles.map(({ id }) => id),
    same: means.every((mean) => mean === means[0]),
  };
}

/** What is said of a network with an operator that does not exist. @param {string} name */
export async function refusal(name) {
  const bytes = await bytesOf(name);
  const text = new TextDecoder('latin1').decode(bytes);
  // The operator's name stands after its field and length; the node's own name has a slash before it.
  const at = text.indexOf('"\x04Tanh');
  bytes[at + 5] = 'd'.charCodeAt(0);
  const error = await Painter.load({ model: bytes }).catch((error) => error);
  return { code: error.code, message: error.message };
}
