import { BrushworkError } from 'brushwork';

interface Options {
  readonly transfer?: Transferable[];
  /** Ends the worker at once, whatever it is doing. */
  readonly signal?: AbortSignal | undefined;
}

/** What a worker answers to one message; then it ends. Rejects where its code does not arrive. */
export async function oneAnswer<Answer>(
  worker: Worker,
  request: unknown,
  { transfer = [], signal }: Options = {},
): Promise<Answer> {
  const answer = new Promise<Answer>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data);
    worker.onerror = () => reject(new BrushworkError('network'));
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
  worker.postMessage(request, transfer);
  return answer.finally(() => worker.terminate());
}
