/** Why it was aborted. Chrome does not know before 98; it is then what a signal says by default. */
function reasonOf({ reason = new DOMException('It was stopped.', 'AbortError') }: AbortSignal) {
  return reason;
}

/** What signals can do themselves, but not in Chrome before 100. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw reasonOf(signal);
  }
}

/**
 * The promise's outcome, or a rejection with the signal's reason as soon as it is aborted;
 * `stop` is then called to end the work itself.
 */
export function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  stop?: (reason: unknown) => void,
): Promise<T> {
  if (!signal) {
    return promise;
  }
  return new Promise((resolve, reject) => {
    const aborted = () => {
      const reason = reasonOf(signal);
      stop?.(reason);
      reject(reason);
    };
    if (signal.aborted) {
      aborted();
    }
    signal.addEventListener('abort', aborted, { once: true });
    promise.finally(() => signal.removeEventListener('abort', aborted)).then(resolve, reject);
  });
}
