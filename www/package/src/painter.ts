import { BrushworkError } from './error.js';
import { fetchEngineFiles } from './internal/engine-files.js';
import { EnginePool } from './internal/engine-pool.js';
import { sendable } from './internal/photo.js';
import { checkedRecipe, namedRows } from './internal/recipe.js';
import { untilAborted } from './internal/until-aborted.js';
import type { LoadOptions, PaintOptions, Photo } from './options.js';
import { Painting } from './painting.js';
import { type Style, styles as shippedStyles } from './styles.js';

const MOST_WORKERS = 4;

/** Paints photos, one after another, in workers of its own. */
export class Painter {
  /** The styles it can paint in, in the order of the model's rows. */
  readonly styles: readonly Style[];
  readonly #newPool: () => EnginePool;
  #pool: EnginePool;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(newPool: () => EnginePool, pool: EnginePool, styles: readonly Style[]) {
    this.#newPool = newPool;
    this.#pool = pool;
    this.styles = styles;
  }

  /**
   * Fetches the engine and the model, and starts them.
   *
   * @throws {BrushworkError} `no-wasm`, `no-simd`, `network`, `bad-model`, `unsupported-model`,
   *   `bad-recipe`, `no-memory` or `engine`
   */
  static async load(options: LoadOptions = {}): Promise<Painter> {
    const { onProgress, signal, workers = defaultWorkers() } = options;
    signal?.throwIfAborted();
    if (!(workers >= 1 && workers <= MOST_WORKERS)) {
      throw new BrushworkError('bad-recipe', `workers is ${workers}, and goes from 1 to 4`);
    }
    const files = await untilAborted(fetchEngineFiles(options), signal);
    onProgress?.({ stage: 'start', fraction: 0 });
    const newPool = () => new EnginePool(files, Math.floor(workers));
    const pool = newPool();
    const rows = await untilAborted(pool.styles(), signal, (reason) => pool.stop(reason));
    onProgress?.({ stage: 'start', fraction: 1 });
    const given = options.styles ?? (options.model === undefined ? shippedStyles : undefined);
    if (given !== undefined && given.length !== rows) {
      const error = new BrushworkError('bad-model', `${rows} rows for ${given.length} styles`);
      pool.stop(error);
      throw error;
    }
    return new Painter(newPool, pool, given ?? namedRows(rows));
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
      const pool = this.#workingPool();
      const work = pool.paint(sent, recipe, options.onProgress);
      const pixels = await untilAborted(work, signal, (reason) => pool.stop(reason));
      return new Painting(pixels);
    });
    this.#last = painting.catch(() => {});
    return untilAborted(painting, signal);
  }

  /** Ends the workers and frees their memory. A painting under way rejects with an `AbortError`. */
  dispose(): void {
    this.#pool.stop(new DOMException('The painter was disposed of.', 'AbortError'));
  }

  /** The pool, or a new one in its place once it was stopped. */
  #workingPool(): EnginePool {
    if (this.#pool.stopped) {
      this.#pool = this.#newPool();
    }
    return this.#pool;
  }
}

function defaultWorkers(): number {
  return Math.min(MOST_WORKERS, Math.max(1, navigator.hardwareConcurrency || 1));
}
