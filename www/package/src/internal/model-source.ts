import { BrushworkError } from '../error.js';
import type { LoadOptions } from '../options.js';
import { type ModelFiles, urlOf } from './assets.js';
import { type Count, counted, download } from './download.js';
import type { ModelBytes } from './protocol.js';

/** The model that a painter paints with, fetched when it is needed. */
export interface ModelSource {
  /** Where it comes from; nothing for bytes that the page gave. */
  readonly urls: readonly URL[];
  /** Whether that is the model that comes with the package. */
  readonly shipped: boolean;
  bytes(count: Count, signal: AbortSignal): Promise<ModelBytes>;
}

/** @param shipped where the model lies that comes with the package */
export function modelSource({ model, white }: LoadOptions, shipped: ModelFiles): ModelSource {
  // Lenient as to its form, as with numbers elsewhere.
  if (![1, 255].includes(Number(white ?? 1))) {
    throw new BrushworkError('bad-recipe', `white is ${white}, and can be 1 or 255`);
  }
  const fetched = (url: URL, count: Count, signal: AbortSignal) =>
    download(
      url,
      async (response) => new Uint8Array(await counted(response, count).arrayBuffer()),
      () => fetch(url, { signal }),
    );
  if (model === undefined) {
    return {
      urls: Object.values(shipped),
      shipped: true,
      async bytes(count, signal) {
        const files = [shipped.draft, shipped.revision, shipped.styles] as const;
        const all = files.map((url) => fetched(url, count, signal));
        const [draft, revision, styles] = await Promise.all(all);
        return { draft, revision, styles } as ModelBytes;
      },
    };
  }
  const url = typeof model === 'string' ? urlOf(model) : model;
  return {
    urls: url instanceof URL ? [url] : [],
    shipped: false,
    async bytes(count, signal) {
      let bytes: BlobPart;
      if (url instanceof URL) {
        bytes = await fetched(url, count, signal);
      } else {
        try {
          bytes = await new Response(url as BodyInit).arrayBuffer();
        } catch (error) {
          throw new BrushworkError('bad-model', undefined, error);
        }
      }
      const whole = new Blob([bytes, white ? whiteEntry(white) : '']);
      const none = new Uint8Array();
      return { draft: new Uint8Array(await whole.arrayBuffer()), revision: none, styles: none };
    },
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
