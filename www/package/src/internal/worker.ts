// The worker: it owns one engine, and does one task after another.
import { Engine, initSync, type Strip, selfTest } from '../../engine/brushwork.js';
import type { ErrorCode } from '../error.js';
import { readPixels } from './pixels.js';
import type { Answer, Pixels, Request, Task, Tasks } from './protocol.js';

// Each is there when it is asked for: the page keeps to the order of the tasks.
let memory: WebAssembly.Memory | undefined;
let engine: Engine;
let strip: Strip;
const NO_ROWS = new Float32Array();
let told = 0;
/** What it means when the engine traps. */
let trap: ErrorCode = 'engine';

const tasks: { [T in Task]: (given: Tasks[T]['given']) => Promise<Tasks[T]['gives']> } = {
  async start({ module, model, shipped, lock }) {
    await hold(lock);
    ({ memory } = initSync(module));
    if (!selfTest()) {
      return { sound: false, styles: 0, stripStep: 0, longestInStrips: 0 };
    }
    // Another engine would trap over it as well, so that there is no point in trying again.
    trap = shipped ? 'engine' : 'unsupported-model';
    engine = new Engine(model);
    trap = 'engine';
    const { rows: styles, stripStep, longestInStrips } = engine;
    return { sound: true, styles, stripStep, longestInStrips };
  },
  read: ({ photo, area }) => readPixels(photo, area),
  async paint({ photo, stroke, weights, strength, keepColours }) {
    told = 0;
    const image = imageOf(photo);
    return pixelsOf(engine.paint(image, weights, strength, report, stroke, keepColours));
  },
  async begin({ photo, top, bottom, weights, strength, keepColours }) {
    const image = imageOf(photo);
    strip = engine.strip(image, top, bottom, weights, strength, keepColours);
    told = 0;
  },
  // Of the strip above, those for the one below it; of the one below, those for the one above.
  async advance({ moments, above = NO_ROWS, below = NO_ROWS }) {
    const rowsAbove = above.subarray(above.length / 2);
    const rowsBelow = below.subarray(0, below.length / 2);
    const next = strip.advance(moments, rowsAbove, rowsBelow, report);
    return next ? { moments: next, edges: strip.edges() } : pixelsOf(strip.finish());
  },
};

/** Takes a lock for good: the browser gives it back when the worker has died, of whatever. */
function hold(lock: string): Promise<void> {
  return new Promise((held) => {
    const forever = () => {
      held();
      return new Promise(() => {});
    };
    // Only where the page came by https or from the device itself.
    if (navigator.locks) {
      navigator.locks.request(lock, forever).catch(() => held());
    } else {
      held();
    }
  });
}

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
    // Errors of ours and of the engine bear a code; one that the browser throws bears none, or a number.
    code: typeof code === 'string' ? (code as ErrorCode) : codeOf(error),
    detail: String(message ?? error),
  });
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof WebAssembly.RuntimeError) {
    return isShort(memory) ? 'no-memory' : trap;
  }
  // A RangeError is how browsers tell that memory cannot be had.
  return error instanceof RangeError ? 'no-memory' : 'engine';
}

/**
 * Whether memory cannot grow by half. An engine that asks in vain for more ends as it does at any
 * fault, and does not say why.
 */
function isShort(memory: WebAssembly.Memory | undefined): boolean {
  try {
    memory?.grow(memory.buffer.byteLength >> 17);
    return false;
  } catch {
    return true;
  }
}

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  run(data.task, data.given).catch(fail);
});
// What was sent does not fit into memory: nobody would answer, and the page would wait for ever.
addEventListener('messageerror', () => fail(new RangeError()));
