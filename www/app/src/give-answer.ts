// The worker's side of one-answer.ts.
import { hold } from './lock.js';

export interface Asked<Request> {
  readonly request: Request;
  /** To be held for as long as the worker lives. */
  readonly lock: string;
}

export type Told<Answer> =
  | { readonly kind: 'begun' | 'failed' }
  | { readonly kind: 'answer'; readonly answer: Answer };

/**
 * Answers what the page asks of this worker.
 *
 * @param work gives the answer, and what of it is handed over; it rejects where memory is short
 */
export function giveAnswer<Request, Answer>(
  work: (request: Request) => Promise<readonly [Answer, Transferable[]]>,
): void {
  const tell = (told: Told<Answer>, transfer: Transferable[] = []) =>
    postMessage(told, { transfer });
  const fail = () => tell({ kind: 'failed' });
  addEventListener('message', async ({ data }: MessageEvent<Asked<Request>>) => {
    await hold(data.lock);
    tell({ kind: 'begun' });
    try {
      const [answer, transfer] = await work(data.request);
      tell({ kind: 'answer', answer }, transfer);
    } catch {
      fail();
    }
  });
  // What was sent does not fit into memory.
  addEventListener('messageerror', fail);
}
