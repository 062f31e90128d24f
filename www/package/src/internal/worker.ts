// The worker: it owns one engine, and does one task after another.
import { Engine, initSync, selfTest } from '../../engine/brushwork.js';
import type { ErrorCode } from '../error.js';
import { letGo, pixelsOf, readPixels } from './pixels.js';
import type {
  Answer,
  Pass,
  PassToPaint,
  Piece,
  Pixels,
  Request,
  Stage,
  Task,
  Tasks,
} from './protocol.js';

// Each is there when it is asked for: the page keeps to the order of the tasks.
let memory: WebAssembly.Memory | undefined;
let engine: Engine;
let told = 0;
/** What it means when the engine traps. */
let trap: ErrorCode = 'engine';

const tasks: { [T in Task]: (given: Tasks[T]['given']) => Promise<Tasks[T]['gives']> } = {
  async start({ module, model, shipped, lock }) {
    await hold(lock);
    ({ memory } = initSync(module));
    if (!selfTest()) {
      return undefined;
    }
    // Another engine would trap over it as well, so that there is no point in trying again.
    trap = shipped ? 'engine' : 'unsupported-model';
    engine = new Engine(model.draft, model.revision, model.styles);
    trap = 'engine';
    const { styles, photo, styleLength } = engine;
    return { styles, photo, styleLength };
  },
  async read({ photo, area, stroke }) {
    let picture = area ? await readPixels(photo, area) : (photo as ImageData);
    const passes: Pass[] = engine.plan(picture.width, picture.height, stroke);
    return passes
      .reverse()
      .map((pass) => {
        if (pass.width !== picture.width || pass.height !== picture.height) {
          picture = engine.shrink(picture, pass.width, pass.height);
        }
        return { ...pass, photo: pixelsOf(picture) };
      })
      .reverse();
  },
  async begin({ photo, top, bottom, manner }) {
    told = 0;
    engine.begin(imageIn(photo), top, bottom, manner);
    return goOn();
  },
  async advance(stages) {
    for (const stage of stages) {
      engine.exchange(stage);
    }
    return goOn();
  },
  async rows({ photo, draft, top, bottom, manner, painters }) {
    told = 0;
    const under = draft && imageIn(draft);
    const free = freeing(photo.pixels);
    return pixelsOf(engine.rows(imageIn(photo), under, top, bottom, manner, painters, free));
  },
  async sharpen({ coarse, fine, photo }) {
    const image = photo && imageOf(photo);
    return pixelsOf(engine.sharpen(imageOf(coarse), imageOf(fine), image, freeing(fine)));
  },
};

/** Hears of progress, and then frees what the engine has copied by now. */
function freeing(pixels: Pixels): (fraction: number) => void {
  return (fraction) => {
    letGo(pixels);
    report(fraction);
  };
}

function goOn(): Stage | Pixels {
  return (engine.advance(report) as Stage | undefined) ?? pixelsOf(engine.finish());
}

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

/** As the engine takes it. */
function imageIn({ pixels, from, height }: Piece): Piece<ImageData> {
  return { pixels: imageOf(pixels), from, height };
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
  const gives: Tasks[Task]['gives'] = await tasks[task](given);
  const all = [gives ?? []].flat() as Partial<Pixels & Stage & PassToPaint>[];
  const buffers = all.map(({ data, buffer, photo }) => (data ?? photo?.data)?.buffer ?? buffer);
  send(
    { kind: 'done', gives },
    buffers.filter((one) => one !== undefined),
  );
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
