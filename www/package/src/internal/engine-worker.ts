import { BrushworkError } from '../error.js';
import type { Progress } from '../options.js';
import type { EngineFiles } from './engine-files.js';
import type { Answer, Recipe, Request, SendablePhoto } from './protocol.js';

interface Waiting {
  resolve(answer: Answer): void;
  reject(reason: unknown): void;
  onProgress: ((progress: Progress) => void) | undefined;
}

/**
 * The main side of one worker. Stopping means terminating it: at once, whatever it was doing, and
 * its memory goes back. Any failure stops it too, since an engine that trapped cannot be trusted.
 */
export class EngineWorker {
  /** The number of the model's rows, once the engine runs. */
  readonly ready: Promise<number>;
  stopped = false;
  readonly #worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  #waiting: Waiting | undefined;

  constructor({ module, model }: EngineFiles) {
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.stop(new BrushworkError('engine', event.message || 'the worker did not load'));
    };
    this.ready = this.#ask({ kind: 'start', module, model }, []).then((answer) =>
      answer.kind === 'started' ? answer.rows : 0,
    );
    this.ready.catch(() => {});
  }

  async paint(
    photo: SendablePhoto,
    recipe: Recipe,
    onProgress?: (progress: Progress) => void,
  ): Promise<ImageData> {
    await this.ready;
    const handedOver = photo instanceof ImageBitmap ? [photo] : [];
    const answer = await this.#ask({ kind: 'paint', photo, recipe }, handedOver, onProgress);
    if (answer.kind !== 'painted') {
      throw new BrushworkError('engine', `the worker answered ${answer.kind}`);
    }
    return new ImageData(answer.pixels, answer.width, answer.height);
  }

  /** Terminates the worker; what was under way rejects with `reason`. */
  stop(reason: unknown): void {
    this.stopped = true;
    this.#worker.terminate();
    this.#waiting?.reject(reason);
    this.#waiting = undefined;
  }

  #ask(
    request: Request,
    transfer: Transferable[],
    onProgress?: (progress: Progress) => void,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject, onProgress };
      this.#worker.postMessage(request, transfer);
    });
  }

  #take(answer: Answer): void {
    if (answer.kind === 'progress') {
      this.#waiting?.onProgress?.(answer.progress);
    } else if (answer.kind === 'failed') {
      this.stop(new BrushworkError(answer.code, answer.detail));
    } else {
      this.#waiting?.resolve(answer);
      this.#waiting = undefined;
    }
  }
}
