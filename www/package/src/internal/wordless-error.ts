import type { ErrorCode } from '../error.js';

/** What the build puts in the place of `error.ts` for the worker: only code and detail travel. */
export class BrushworkError extends Error {
  constructor(
    readonly code: ErrorCode,
    detail?: string,
  ) {
    super(detail);
  }
}
