import { simd } from 'wasm-feature-detect';
import { BrushworkError } from '../error.js';
import type { LoadOptions } from '../options.js';

// The sizes of the files that ship, in bytes: a server that compresses does not tell them.
declare const WASM_BYTES: number;
declare const MODEL_BYTES: number;

/** What a worker needs to start an engine; kept, so that the next one starts in milliseconds. */
export interface EngineFiles {
  readonly module: WebAssembly.Module;
  readonly model: Uint8Array;
}

/** Modules by the URL they came from: painters on one page share them. */
const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** Fetches the model, and fetches and compiles the engine, both at once. */
export async function fetchEngineFiles({
  assets,
  model,
  onProgress,
}: LoadOptions): Promise<EngineFiles> {
  if (typeof WebAssembly === 'undefined') {
    throw new BrushworkError('no-wasm');
  }
  if (!(await simd())) {
    throw new BrushworkError('no-simd');
  }
  const folder = assets === undefined ? undefined : new URL(assets, location.href);
  // Written out in full, since bundlers look for exactly this expression.
  const wasmUrl = folder
    ? new URL('brushwork_bg.wasm', folder)
    : new URL('./brushwork_bg.wasm', import.meta.url);
  const modelUrl = folder
    ? new URL('brushwork.onnx', folder)
    : new URL('./brushwork.onnx', import.meta.url);

  let received = 0;
  const count = (bytes: number) => {
    received += bytes;
    const fraction = Math.min(1, received / (WASM_BYTES + MODEL_BYTES));
    onProgress?.({ stage: 'download', fraction });
  };
  const [module, bytes] = await Promise.all([
    sharedModule(wasmUrl, count),
    modelBytes(model ?? modelUrl, count),
  ]);
  return { module, model: bytes };
}

function sharedModule(url: URL, count: (bytes: number) => void): Promise<WebAssembly.Module> {
  const known = compiled.get(url.href);
  if (known) {
    return known.finally(() => count(WASM_BYTES));
  }
  const module = compile(url, count);
  compiled.set(url.href, module);
  // A failed try must not stand in the way of the next one.
  module.catch(() => compiled.delete(url.href));
  return module;
}

async function compile(url: URL, count: (bytes: number) => void): Promise<WebAssembly.Module> {
  const response = await download(url, count);
  try {
    // Browsers compile while the bytes arrive, but only with this type, which some servers lack.
    const typed = new Response(response.body, { headers: { 'content-type': 'application/wasm' } });
    return await WebAssembly.compileStreaming(typed);
  } catch (error) {
    const code = error instanceof RangeError ? 'no-memory' : 'network';
    throw new BrushworkError(code, url.href, error);
  }
}

async function modelBytes(
  model: NonNullable<LoadOptions['model']>,
  count: (bytes: number) => void,
): Promise<Uint8Array> {
  if (model instanceof Uint8Array) {
    return model;
  }
  if (model instanceof ArrayBuffer) {
    return new Uint8Array(model);
  }
  if (model instanceof Blob) {
    return new Uint8Array(await model.arrayBuffer());
  }
  const response = await download(model, count);
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new BrushworkError('network', String(model), error);
  }
}

/** A response whose body counts its bytes as they pass. */
async function download(url: URL | string, count: (bytes: number) => void): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new BrushworkError('network', String(url), error);
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
