// The worker: it owns one engine, and does one task after another.
import init, { Engine, type Strip } from '../../engine/brushwork.js';
import { isErrorCode } from '../error.js';
import { readPixels } from './pixels.js';
import type { Answer, Pixels, Request, Task, Tasks } from './protocol.js';

let engine: Engine | undefined;
let strip: Strip | undefined;
let told = 0;

const tasks: { [T in Task]: (given: Tasks[T]['given']) => Promise<Tasks[T]['gives']> } = {
  async start({ module, model }) {
    await init({ module_or_path: module });
    engine = new Engine(model);
    const { rows: styles, stripStep, largestInStrips } = engine;
    return { styles, stripStep, largestInStrips };
  },
  read: ({ photo, area }) => readPixels(photo, area),
  async paint({ photo, weights, strength, stroke }) {
    told = 0;
    return pixelsOf(present(engine).paint(imageOf(photo), weights, strength, report, stroke));
  },
  async begin({ photo, top, bottom, weights, strength }) {
    strip = present(engine).strip(imageOf(photo), top, bottom, weights, strength);
    told = 0;
    return strip.advance(new Float64Array(), report);
  },
  advance: async ({ moments }) => present(strip).advance(moments, report),
  finish: async () => pixelsOf(present(strip).finish()),
};

function imageOf({ width, height, data }: Pixels): ImageData {
  return new ImageData(data, width, height);
}

/** Nobody else has the buffer: the engine gives a copy. */
function pixelsOf({ width, height, data }: ImageData): Pixels {
  return { width, height, data: data as Pixels['data'] };
}

/** Once a percent is enough: the engine speaks far more often. */
function report(fraction: number): void {
  if (fraction - told >= 0.01) {
    told = fraction;
    send({ kind: 'progress', fraction });
  }
}

function present<T>(thing: T | undefined): T {
  if (thing === undefined) {
    throw new Error('tasks came in the wrong order');
  }
  return thing;
}

function send(answer: Answer, transfer: Transferable[] = []): void {
  postMessage(answer, { transfer });
}

async function run<T extends Task>(task: T, given: Tasks[T]['given']): Promise<void> {
  const gives = await tasks[task](given);
  const pixels = gives && 'data' in gives ? [gives.data.buffer] : [];
  send({ kind: 'done', gives }, pixels);
}

function fail(error: unknown): void {
  const { code, message } = error as { code?: unknown; message?: unknown };
  send({
    kind: 'failed',
    // A RangeError is how browsers tell that memory cannot be had.
    code: isErrorCode(code) ? code : error instanceof RangeError ? 'no-memory' : 'engine',
    detail: String(message ?? error),
  });
}

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  run(data.task, data.given).catch(fail);
});
