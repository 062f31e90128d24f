import { BrushworkError } from './error.js';
import { type EngineFiles, fetchEngineFiles } from './internal/engine-files.js';
import { EngineWorker } from './internal/engine-worker.js';
import { sendable } from './internal/photo.js';
import { checkedRecipe, namedRows } from './internal/recipe.js';
import { untilAborted } from './internal/until-aborted.js';
import type { LoadOptions, PaintOptions, Photo } from './options.js';
import { Painting } from './painting.js';
import { type Style, styles as shippedStyles } from './styles.js';

/** Paints photos, one after another, in a worker of its own. */
export class Painter {
  /** The styles it can paint in, in the order of the model's rows. */
  readonly styles: readonly Style[];
  readonly #files: EngineFiles;
  #worker: EngineWorker | undefined;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(files: EngineFiles, worker: EngineWorker, styles: readonly Style[]) {
    this.#files = files;
    this.#worker = worker;
    this.styles = styles;
  }

  /**
   * Fetches the engine and the model, and starts them.
   *
   * @throws {BrushworkError} `no-wasm`, `no-simd`, `network`, `bad-model`, `unsupported-model`,
   *   `no-memory` or `engine`
   */
  static async load(options: LoadOptions = {}): Promise<Painter> {
    const { onProgress, signal } = options;
    signal?.throwIfAborted();
    const files = await untilAborted(fetchEngineFiles(options), signal);
    onProgress?.({ stage: 'start', fraction: 0 });
    const worker = new EngineWorker(files);
    const rows = await untilAborted(worker.ready, signal, (reason) => worker.stop(reason));
    onProgress?.({ stage: 'start', fraction: 1 });
    const given = options.styles ?? (options.model === undefined ? shippedStyles : undefined);
    if (given !== undefined && given.length !== rows) {
      const error = new BrushworkError('bad-model', `${rows} rows for ${given.length} styles`);
      worker.stop(error);
      throw error;
    }
    return new Painter(files, worker, given ?? namedRows(rows));
  }

  /**
   * Paints a photo. Calls made while another painting is under way wait for their turn.
   *
   * @throws {BrushworkError} `not-a-picture`, `empty-file`, `too-small`, `too-large`,
   *   `unknown-style`, `bad-recipe`, `no-memory`, `network` or `engine`
   */
  async paint(photo: Photo, options: PaintOptions): Promise<Painting> {
    const { signal } = options;
    signal?.throwIfAborted();
    const recipe = checkedRecipe(options, this.styles);
    const painting = this.#last.then(async () => {
      signal?.throwIfAborted();
      const sent = await sendable(photo, signal);
      const worker = this.#workingWorker();
      const work = worker.paint(sent, recipe, options.onProgress);
      const pixels = await untilAborted(work, signal, (reason) => worker.stop(reason));
      return new Painting(pixels);
    });
    this.#last = painting.catch(() => {});
    return untilAborted(painting, signal);
  }

  /** Ends the worker and frees its memory. A painting under way rejects with an `AbortError`. */
  dispose(): void {
    this.#worker?.stop(new DOMException('The painter was disposed of.', 'AbortError'));
  }

  /** The worker, or a new one in its place once it was stopped. */
  #workingWorker(): EngineWorker {
    if (this.#worker === undefined || this.#worker.stopped) {
      this.#worker = new EngineWorker(this.#files);
    }
    return this.#worker;
  }
}
