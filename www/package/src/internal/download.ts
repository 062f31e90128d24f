import { BrushworkError } from '../error.js';

/** Told of the bytes as they arrive. */
export type Count = (bytes: number) => void;

/**
 * What `read` makes of the file at an address.
 *
 * @param request how to fetch it
 * @throws {BrushworkError} `network` when it cannot be fetched, or not whole; `no-memory`; and what
 *   `request` finds out
 */
export async function download<T, A extends URL | string>(
  address: A,
  read: (response: Response) => Promise<T>,
  request: (address: A) => Promise<Response> = (address) => fetch(address),
): Promise<T> {
  try {
    const response = await request(address);
    if (!response.ok) {
      throw new Error(`the server answered ${response.status}`);
    }
    return await read(response);
  } catch (error) {
    if (error instanceof BrushworkError) {
      throw error;
    }
    const code = error instanceof RangeError ? 'no-memory' : 'network';
    throw new BrushworkError(code, `${address}: ${(error as Error).message}`, error);
  }
}

/** The same response, its bytes counted as they pass. */
export function counted({ body }: Response, count: Count, headers: HeadersInit = {}): Response {
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      count(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
  return new Response(body?.pipeThrough(counter), { headers });
}
