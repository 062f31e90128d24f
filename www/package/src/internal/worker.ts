// The worker: it owns one engine, and answers one request after another.
import init, { Engine } from '../../engine/brushwork.js';
import { isErrorCode } from '../error.js';
import type { Progress } from '../options.js';
import { readPixels } from './pixels.js';
import type { Answer, Request } from './protocol.js';

let engine: Engine | undefined;

async function start(module: WebAssembly.Module, model: Uint8Array): Promise<void> {
  await init({ module_or_path: module });
  engine = new Engine(model);
  send({ kind: 'started', rows: engine.rows });
}

async function paint({ photo, recipe }: Extract<Request, { kind: 'paint' }>): Promise<void> {
  if (engine === undefined) {
    throw new Error('paint was asked for before start');
  }
  let told = 0;
  const report = (stage: Progress['stage'], fraction: number) => {
    // Once a percent is enough: the engine speaks far more often.
    if (fraction === 0 || fraction === 1 || Math.abs(fraction - told) >= 0.01) {
      told = fraction;
      send({ kind: 'progress', progress: { stage, fraction } });
    }
  };
  report('read', 0);
  const pixels = await readPixels(photo, recipe);
  report('read', 1);
  const painted = engine.paint(pixels, recipe.weights, recipe.strength, (fraction: number) =>
    report('paint', fraction),
  );
  const { width, height, data } = painted;
  send({ kind: 'painted', width, height, pixels: data }, [data.buffer]);
}

function send(answer: Answer, transfer: Transferable[] = []): void {
  postMessage(answer, { transfer });
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
  const work = data.kind === 'start' ? start(data.module, data.model) : paint(data);
  work.catch(fail);
});
