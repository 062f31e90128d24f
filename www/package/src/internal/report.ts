import type { JobOptions, Progress } from '../options.js';

/** Tells how far a stage has come, 0 to 1. */
export type Report = (stage: Progress['stage'], fraction: number) => void;

/** Before that, how long a stage has taken says little about how long it will. */
const LEAST_MILLISECONDS = 1000;
const LEAST_FRACTION = 0.02;

/**
 * Reports to a listener, until the work is stopped, with the time left: as if the stage went on as
 * fast as so far.
 */
export function reportTo(listener: JobOptions['onProgress'], signal?: AbortSignal): Report {
  let current: Progress['stage'] | undefined;
  let began = 0;
  let first = 0;
  return (stage, fraction) => {
    // What is being fetched arrives all the same, for the next one who asks.
    if (signal?.aborted) {
      return;
    }
    if (stage !== current) {
      current = stage;
      began = performance.now();
      first = fraction;
    }
    const milliseconds = performance.now() - began;
    const done = fraction - first;
    const known = milliseconds >= LEAST_MILLISECONDS && done >= LEAST_FRACTION;
    const secondsLeft = ((milliseconds / done) * (1 - fraction)) / 1000;
    try {
      listener?.(known ? { stage, fraction, secondsLeft } : { stage, fraction });
    } catch (error) {
      // The page's own fault: it hears of it where it hears of its others, and the work goes on.
      queueMicrotask(() => {
        throw error;
      });
    }
  };
}
