import { BrushworkError } from '../error.js';
import type { EngineFiles } from './engine-files.js';
import type { Answer, Task, Tasks } from './protocol.js';

interface Waiting {
  resolve(gives: Tasks[Task]['gives']): void;
  reject(reason: unknown): void;
  onProgress: ((fraction: number) => void) | undefined;
}

/**
 * The main side of one worker. Stopping means terminating it: at once, whatever it was doing, and
 * its memory goes back.
 */
export class EngineWorker {
  /** What the engine tells of its model, once it runs. */
  readonly started: Promise<Tasks['start']['gives']>;
  readonly #worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  #waiting: Waiting | undefined;
  #stopped: { reason: unknown } | undefined;

  constructor({ module, model }: EngineFiles) {
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.stop(new BrushworkError('engine', event.message || 'the worker did not load'));
    };
    this.started = this.ask('start', { module, model });
    // Whoever waits for it hears of a failure; when nobody does yet, that is no unhandled one.
    this.started.catch(() => {});
  }

  /** Has the worker do a task, once it has done the one before. */
  ask<T extends Task>(
    task: T,
    given: Tasks[T]['given'],
    transfer: Transferable[] = [],
    onProgress?: (fraction: number) => void,
  ): Promise<Tasks[T]['gives']> {
    return new Promise((resolve, reject) => {
      if (this.#stopped) {
        reject(this.#stopped.reason);
        return;
      }
      // The worker answers a task with what that task gives.
      const settle = resolve as (gives: Tasks[Task]['gives']) => void;
      this.#waiting = { resolve: settle, reject, onProgress };
      this.#worker.postMessage({ task, given }, transfer);
    });
  }

  /** Terminates the worker; what is under way, or asked from now on, rejects with `reason`. */
  stop(reason: unknown): void {
    this.#stopped ??= { reason };
    this.#worker.terminate();
    this.#waiting?.reject(reason);
    this.#waiting = undefined;
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting;
    if (answer.kind === 'progress') {
      waiting?.onProgress?.(answer.fraction);
      return;
    }
    this.#waiting = undefined;
    if (answer.kind === 'done') {
      waiting?.resolve(answer.gives);
    } else {
      waiting?.reject(new BrushworkError(answer.code, answer.detail));
    }
  }
}
