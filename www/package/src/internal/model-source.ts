import { BrushworkError } from '../error.js';
import type { LoadOptions } from '../options.js';
import { type Count, download } from './download.js';

/** The model that a painter paints with, fetched when it is needed. */
export interface ModelSource {
  /** Where it comes from; nothing for bytes that the page gave. */
  readonly url: URL | undefined;
  bytes(count: Count): Promise<Uint8Array>;
}

/** @param shipped where the model lies that comes with the package */
export function modelSource({ model, white }: LoadOptions, shipped: URL): ModelSource {
  const told = (bytes: Uint8Array) => (white === undefined ? bytes : withWhite(bytes, white));
  if (model instanceof Blob) {
    return { url: undefined, bytes: async () => told(new Uint8Array(await model.arrayBuffer())) };
  }
  if (model !== undefined && typeof model !== 'string' && !(model instanceof URL)) {
    const bytes = model instanceof Uint8Array ? model : new Uint8Array(model);
    return { url: undefined, bytes: async () => told(bytes) };
  }
  const url = model === undefined ? shipped : new URL(model, document.baseURI);
  return {
    url,
    async bytes(count) {
      const response = await download(url, count);
      try {
        return told(new Uint8Array(await response.arrayBuffer()));
      } catch (error) {
        throw new BrushworkError('network', url.href, error);
      }
    },
  };
}

/**
 * Adds to an ONNX file what its network calls white. Protobuf messages joined end to end are one
 * message, so an entry of `metadata_props` (field 14) with its key and value can just follow.
 */
function withWhite(model: Uint8Array, white: number): Uint8Array {
  const field = (number: number, content: readonly number[]) => [
    (number << 3) | 2,
    content.length,
    ...content,
  ];
  const text = (characters: string) => [...new TextEncoder().encode(characters)];
  const entry = [...field(1, text('brushwork.white')), ...field(2, text(String(white)))];
  const props = field(14, entry);
  const told = new Uint8Array(model.length + props.length);
  told.set(model);
  told.set(props, model.length);
  return told;
}
