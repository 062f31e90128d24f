import { BrushworkError } from '../error.js';

/** Where the package's own files lie. */
export interface Assets {
  readonly worker: URL;
  /** By build. */
  readonly engines: { readonly relaxed: URL; readonly simd: URL; readonly scalar: URL };
  readonly model: ModelFiles;
}

/** The files of the model that ships: two networks, and the table of their styles. */
export type ModelFiles = { readonly [name in 'draft' | 'revision' | 'styles']: URL };

/** The files in a folder; without one, those beside this module. */
export function assetsIn(folder?: URL | string): Assets {
  if (folder === undefined) {
    // Written out in full, since bundlers look for exactly these expressions. The worker is one of
    // them, a file like the others: it imports nothing, so there is nothing to bundle.
    return {
      worker: new URL('./worker.js', import.meta.url),
      engines: {
        relaxed: new URL('./relaxed/brushwork_bg.wasm', import.meta.url),
        simd: new URL('./brushwork_bg.wasm', import.meta.url),
        scalar: new URL('./scalar/brushwork_bg.wasm', import.meta.url),
      },
      model: {
        draft: new URL('./draft.onnx', import.meta.url),
        revision: new URL('./revise.onnx', import.meta.url),
        styles: new URL('./styles.bin', import.meta.url),
      },
    };
  }
  const base = urlOf(folder);
  if (!base.pathname.endsWith('/')) {
    base.pathname += '/';
  }
  return {
    worker: new URL('worker.js', base),
    engines: {
      relaxed: new URL('relaxed/brushwork_bg.wasm', base),
      simd: new URL('brushwork_bg.wasm', base),
      scalar: new URL('scalar/brushwork_bg.wasm', base),
    },
    model: {
      draft: new URL('draft.onnx', base),
      revision: new URL('revise.onnx', base),
      styles: new URL('styles.bin', base),
    },
  };
}

/**
 * An address, seen from the page, or from the worker that the package is used in.
 *
 * @throws {BrushworkError} `network` when it is none
 */
export function urlOf(address: URL | string): URL {
  try {
    return new URL(address, globalThis.document?.baseURI ?? location.href);
  } catch (error) {
    throw new BrushworkError('network', `${address}`, error);
  }
}
