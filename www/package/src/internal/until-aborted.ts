/**
 * The promise's outcome, or a rejection with the signal's reason as soon as it is aborted;
 * `stop` is then called to end the work itself.
 */
export function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  stop?: (reason: unknown) => void,
): Promise<T> {
  if (signal === undefined) {
    return promise;
  }
  return new Promise((resolve, reject) => {
    const aborted = () => {
      stop?.(signal.reason);
      reject(signal.reason);
    };
    if (signal.aborted) {
      aborted();
    }
    signal.addEventListener('abort', aborted, { once: true });
    promise.finally(() => signal.removeEventListener('abort', aborted)).then(resolve, reject);
  });
}
