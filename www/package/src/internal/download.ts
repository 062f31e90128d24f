import { BrushworkError } from '../error.js';

/** Told of the bytes as they arrive. */
export type Count = (bytes: number) => void;

/**
 * What `read` makes of the file at a URL.
 *
 * @throws {BrushworkError} `network` when it cannot be fetched, or not whole; `no-memory`
 */
export async function download<T>(
  url: URL | string,
  read: (response: Response) => Promise<T>,
  signal: AbortSignal | null = null,
): Promise<T> {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) {
      throw new Error(`the server answered ${response.status}`);
    }
    return await read(response);
  } catch (error) {
    signal?.throwIfAborted();
    const code = error instanceof RangeError ? 'no-memory' : 'network';
    throw new BrushworkError(code, `${url}: ${(error as Error).message}`, error);
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
