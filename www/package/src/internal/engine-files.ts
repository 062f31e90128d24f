import { BrushworkError } from '../error.js';
import type { Assets } from './assets.js';
import type { Build } from './builds.js';
import { type Count, counted, download } from './download.js';
import type { ModelSource } from './model-source.js';
import type { ModelBytes } from './protocol.js';
import type { Report } from './report.js';

// The sizes of the files that ship, in bytes: a server that compresses does not tell them.
declare const WASM_BYTES: Record<Build, number>;
declare const MODEL_BYTES: number;

/** What a worker needs to start an engine; kept, so that the next one starts in milliseconds. */
export interface EngineFiles {
  readonly worker: URL;
  readonly module: WebAssembly.Module;
  readonly model: ModelBytes;
  /** Whether that is the model that comes with the package. */
  readonly shipped: boolean;
  /** Where they came from. */
  readonly urls: readonly string[];
}

/** Modules by the URL they came from: painters on one page share them. */
const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** @throws {BrushworkError} `no-wasm` where the browser or the page's policy forbids it */
export function checkWebAssembly(): void {
  if (typeof WebAssembly === 'undefined') {
    throw new BrushworkError('no-wasm');
  }
  try {
    // The smallest module there is: "\0asm", version 1. Policies forbid to compile, not to validate.
    new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
  } catch (error) {
    const detail = "the page's Content-Security-Policy lacks script-src 'wasm-unsafe-eval'";
    throw new BrushworkError('no-wasm', detail, error);
  }
}

/**
 * Fetches the model, and fetches and compiles the engine, both at once.
 *
 * @param signal ends the model's download; the engine's goes on, for others may wait for it
 */
export async function fetchEngineFiles(
  assets: Assets,
  build: Build,
  model: ModelSource,
  report: Report,
  signal: AbortSignal,
): Promise<EngineFiles> {
  const engine = assets.engines[build];
  const engineBytes = WASM_BYTES[build];
  // Another model than ours may be of any size: its bytes do not count.
  const { shipped } = model;
  const expected = engineBytes + (shipped ? MODEL_BYTES : 0);
  let received = 0;
  const count = (bytes: number) => {
    received += bytes;
    report('download', Math.min(1, received / expected));
  };
  report('download', 0);
  const [module, bytes] = await Promise.all([
    sharedModule(engine, engineBytes, count),
    model.bytes(shipped ? count : () => {}, signal),
  ]);
  report('download', 1);
  const urls = [assets.worker, engine, ...model.urls];
  return {
    worker: assets.worker,
    module,
    model: bytes,
    shipped,
    urls: urls.map(({ href }) => href),
  };
}

function sharedModule(url: URL, bytes: number, count: Count): Promise<WebAssembly.Module> {
  const known = compiled.get(url.href);
  if (known) {
    return known.finally(() => count(bytes));
  }
  const module = download(url, (response) =>
    // Browsers compile while the bytes arrive, but only with this type, which some servers lack.
    WebAssembly.compileStreaming(counted(response, count, { 'content-type': 'application/wasm' })),
  );
  compiled.set(url.href, module);
  // A failed try must not stand in the way of the next one.
  module.catch(() => compiled.delete(url.href));
  return module;
}
