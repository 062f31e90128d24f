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
  readonly #address: string;
  readonly #worker: Worker;
  readonly #died: (reason: unknown) => void;
  #waiting: Waiting | undefined;
  #answered = false;
  #stopped: { reason: unknown } | undefined;

  /**
   * @param died told why, when the worker has ended by itself, or is not to be trusted any more
   * @throws {BrushworkError} `network` where the page's policy lets none start
   */
  constructor(files: EngineFiles, died: (reason: unknown) => void) {
    const { worker, module, model, shipped } = files;
    this.#died = died;
    this.#address = addressFor(worker);
    try {
      this.#worker = new Worker(trusted(this.#address));
    } catch (error) {
      throw notStarted(worker, error);
    }
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      died(
        this.#answered
          ? new BrushworkError('engine', event.message)
          : // Browsers tell nothing of a script that did not arrive, or that a policy forbids.
            notStarted(worker, event.message),
      );
    };
    // Not by its property, which Chromium's workers lack.
    this.#worker.addEventListener('messageerror', () => died(new BrushworkError('no-memory')));
    const lock = `brushwork-${Math.random()}`;
    this.started = this.ask('start', { module, model, shipped, lock });
    this.started.then(
      // Browsers tell nothing of a worker that was killed, but its lock becomes free.
      () =>
        navigator.locks
          ?.request(lock, () => died(new BrushworkError('engine', 'the worker died')))
          .catch(() => {}),
      // Whoever waits for it hears of a failure; when nobody does yet, that is no unhandled one.
      () => {},
    );
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
        throw this.#stopped.reason;
      }
      this.#worker.postMessage({ task, given }, transfer);
      // The worker answers a task with what that task gives.
      const settle = resolve as (gives: Tasks[Task]['gives']) => void;
      this.#waiting = { resolve: settle, reject, onProgress };
    });
  }

  /** Terminates the worker; what is under way, or asked from now on, rejects with `reason`. */
  stop(reason: unknown): void {
    this.#stopped ??= { reason };
    this.#worker.terminate();
    // Not before: without it, WebKit reads no blobs in the worker of a sandboxed page.
    URL.revokeObjectURL(this.#address);
    this.#waiting?.reject(reason);
    this.#waiting = undefined;
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting;
    this.#answered = true;
    if (answer.kind === 'progress') {
      waiting?.onProgress?.(answer.fraction);
      return;
    }
    this.#waiting = undefined;
    if (answer.kind === 'done') {
      waiting?.resolve(answer.gives);
      return;
    }
    const error = new BrushworkError(answer.code, answer.detail);
    waiting?.reject(error);
    // Its memory may be full, too, with what it was doing.
    if (answer.code === 'engine' || answer.code === 'no-memory') {
      this.#died(error);
    }
  }
}

function notStarted(url: URL, cause: unknown): BrushworkError {
  const detail = `${url}; or the page's Content-Security-Policy lacks it in worker-src`;
  return new BrushworkError('network', detail, cause);
}

/**
 * Browsers run workers only from the page's own origin. One from elsewhere is loaded by a worker of
 * the page's own that does nothing but that.
 */
function addressFor({ href, origin }: URL): string {
  // Not that of `location`: a sandboxed page has an origin of its own.
  if (origin === self.origin) {
    return href;
  }
  // The page's policy holds there, too.
  const script = `let a=${JSON.stringify(href)};try{a=trustedTypes.createPolicy("brushwork",{createScriptURL:u=>u}).createScriptURL(a)}catch{}importScripts(a)`;
  return URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
}

interface Policy {
  createScriptURL(url: string): string;
}
declare const trustedTypes: { createPolicy(name: string, rules: Policy): Policy };

/** A policy has one name on a page, which cannot be given twice. */
let policy: Policy | undefined;

/** An address as a page with `require-trusted-types-for` wants it, where it allows that. */
function trusted(address: string): string {
  try {
    policy ??= trustedTypes.createPolicy('brushwork', { createScriptURL: (url) => url });
    return policy.createScriptURL(address);
  } catch {
    return address;
  }
}
