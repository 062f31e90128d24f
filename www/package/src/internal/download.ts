import { BrushworkError } from '../error.js';

/** Told of the bytes as they arrive. */
export type Count = (bytes: number) => void;

/** A response whose body counts its bytes as they pass. */
export async function download(url: URL, count: Count): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new BrushworkError('network', url.href, error);
  }
  if (!response.ok || response.body === null) {
    throw new BrushworkError('network', `${url}: ${response.status}`);
  }
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      count(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(counter));
}
