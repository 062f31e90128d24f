import { BrushworkError } from '../error.js';
import type { LoadOptions } from '../options.js';
import { urlOf } from './assets.js';
import { type Count, counted, download } from './download.js';

/** The model that a painter paints with, fetched when it is needed. */
export interface ModelSource {
  /** Where it comes from; nothing for bytes that the page gave. */
  readonly url: URL | undefined;
  bytes(count: Count, signal: AbortSignal): Promise<Uint8Array>;
}

/** @param shipped where the model lies that comes with the package */
export function modelSource(options: LoadOptions, shipped: URL): ModelSource {
  const { white } = options;
  const model = options.model ?? shipped;
  // Lenient as to its form, as with numbers elsewhere.
  if (![1, 255].includes(Number(white ?? 1))) {
    throw new BrushworkError('bad-recipe', `white is ${white}, and can be 1 or 255`);
  }
  const read = async (response: Response) => {
    const parts = [await response.arrayBuffer(), white ? whiteEntry(white) : ''];
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  };
  if (typeof model !== 'string' && !(model instanceof URL)) {
    return {
      url: undefined,
      async bytes() {
        try {
          return await read(new Response(model as BodyInit));
        } catch (error) {
          throw new BrushworkError('bad-model', undefined, error);
        }
      },
    };
  }
  const url = model instanceof URL ? model : urlOf(model);
  return {
    url,
    bytes: (count, signal) =>
      download(
        url,
        (response) => read(counted(response, count)),
        () => fetch(url, { signal }),
      ),
  };
}

/**
 * What follows an ONNX file to say what its network calls white. Protobuf messages joined end to
 * end are one message, so this is one more entry of `metadata_props` (field 14, tag `r`) with its
 * key (field 1) and value (field 2); before each goes its length.
 */
function whiteEntry(white: number): string {
  const field = (tag: string, text: string) => tag + String.fromCharCode(text.length) + text;
  return field('r', field('\n', 'brushwork.white') + field('\x12', String(white)));
}
