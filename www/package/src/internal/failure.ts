import { BrushworkError, type ErrorCode } from '../error.js';

/**
 * What went wrong, before it is put into words. Thrown by what runs in workers and on the page
 * alike: workers have no use for the words, only code and detail travel.
 */
export class Failure {
  constructor(
    readonly code: ErrorCode,
    readonly detail?: string,
    readonly cause?: unknown,
  ) {}
}

/** What the work gives, its failures put into words. */
export async function inWords<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) {
      throw new BrushworkError(error.code, error.detail, error.cause);
    }
    throw error;
  }
}
