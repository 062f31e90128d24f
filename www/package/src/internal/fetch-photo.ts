import { BrushworkError } from '../error.js';
import { urlOf } from './assets.js';

/**
 * Fetches a photo, wherever it lies.
 *
 * @throws {BrushworkError} `cross-origin` when it is there, but its site does not share it; else what
 *   `fetch` throws
 */
export async function fetchPhoto(address: URL | string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(address, { signal });
  } catch (error) {
    if (urlOf(address).origin === self.origin) {
      throw error;
    }
  }
  try {
    // Where an <img> shows it already, the browser may have kept it as that got it: not shared.
    return await fetch(address, { signal, cache: 'reload' });
  } catch (error) {
    // This goes through whatever the site allows, but not where there is no connection.
    await fetch(address, { signal, mode: 'no-cors', method: 'HEAD' });
    throw new BrushworkError('cross-origin', `${address}`, error);
  }
}
