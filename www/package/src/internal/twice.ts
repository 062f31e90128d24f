import type { BrushworkError } from '../error.js';

/**
 * Does it again, once, where the engine stopped unexpectedly: the WebKit of iOS 16.0 traps now and then
 * while it compiles the module, and has compiled it by the second time.
 */
export async function twice<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as Partial<BrushworkError>)?.code !== 'engine') {
      throw error;
    }
    return work();
  }
}
