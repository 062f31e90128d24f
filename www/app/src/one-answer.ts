import { BrushworkError } from 'brushwork';
import type { Asked, Told } from './give-answer.js';

interface Options {
  readonly transfer?: Transferable[];
  /** Ends the worker at once, whatever it is doing. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a worker answers to one message, by `giveAnswer`; then it ends.
 *
 * @throws {BrushworkError} `network` where its code does not arrive, `no-memory` where it fails or dies
 */
export async function oneAnswer<Answer>(
  worker: Worker,
  request: unknown,
  { transfer = [], signal }: Options = {},
): Promise<Answer> {
  const lock = `brushwork-answer-${Math.random()}`;
  const answer = new Promise<Answer>((resolve, reject) => {
    let begun = false;
    const failed = () => reject(new BrushworkError('no-memory'));
    worker.onmessage = ({ data }: MessageEvent<Told<Answer>>) => {
      if (data.kind === 'begun') {
        begun = true;
        // Browsers tell nothing of a worker that was killed, but its lock becomes free.
        navigator.locks?.request(lock, failed).catch(() => {});
      } else if (data.kind === 'answer') {
        resolve(data.answer);
      } else {
        failed();
      }
    };
    worker.onerror = () => (begun ? failed() : reject(new BrushworkError('network')));
    // Not by its property, which Chromium's workers lack.
    worker.addEventListener('messageerror', failed);
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
  worker.postMessage({ request, lock } satisfies Asked<unknown>, transfer);
  return answer.finally(() => worker.terminate());
}
