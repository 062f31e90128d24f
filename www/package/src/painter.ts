/// <reference lib="esnext.disposable" preserve="true" />
import { BrushworkError } from './error.js';
import { addedStyle } from './internal/added-style.js';
import { assetsIn } from './internal/assets.js';
import { Engine } from './internal/engine.js';
import { checkWebAssembly } from './internal/engine-files.js';
import { modelSource } from './internal/model-source.js';
import { sendable } from './internal/photo.js';
import { checkedRecipe, type KnownStyle, namedRows, within } from './internal/recipe.js';
import { type Report, reportTo } from './internal/report.js';
import { twice } from './internal/twice.js';
import { throwIfAborted, untilAborted } from './internal/until-aborted.js';
import type { JobOptions, LoadOptions, PaintOptions, Photo } from './options.js';
import { Painting } from './painting.js';
import { type Style, type StyleFile, styles as shippedStyles } from './styles.js';

const MOST_WORKERS = 4;

/** Paints photos, one after another, in workers of its own. */
export class Painter {
  readonly #known: KnownStyle[];
  readonly #engine: Engine;
  readonly #jobs = new Set<AbortController>();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(engine: Engine, styles: readonly Style[]) {
    this.#engine = engine;
    this.#known = styles.map((style) => ({ style }));
  }

  /** The styles it can paint in: those of the model, then those that were added. */
  get styles(): readonly Style[] {
    return this.#known.map(({ style }) => style);
  }

  /**
   * Adds a style that did not come with the model: what a style file holds, or a vector of your own.
   *
   * @returns the style, as it is in {@link styles} from now on
   * @throws {BrushworkError} `bad-style` when its vector is damaged or its id taken; a vector for
   *   another model is found out when it is painted with
   */
  addStyle(style: StyleFile): Style {
    const added = addedStyle(style);
    if (this.#known.some((known) => known.style.id === added.style.id)) {
      throw new BrushworkError('bad-style', `${added.style.id} is taken`);
    }
    this.#known.push(added);
    return added.style;
  }

  /**
   * Makes a painter. Engine and model are fetched when they are first needed: by {@link preload} or
   * the first {@link paint}; here only for a model of your own whose styles have no names yet: then
   * there is progress to tell of, and something to stop.
   *
   * @throws {BrushworkError} `no-wasm`, `bad-recipe`, or `network` for what is no URL; for a model
   *   of your own without names also what {@link preload} throws
   */
  static async load(options: LoadOptions = {}): Promise<Painter> {
    options ??= {};
    const { onProgress, signal } = options;
    throwIfAborted(signal);
    checkWebAssembly();
    const workers = within('workers', options.workers ?? defaultWorkers(), 1, MOST_WORKERS);
    const assets = assetsIn(options.assets);
    const model = modelSource(options, assets.model);
    const named = options.styles ?? (options.model === undefined ? shippedStyles : undefined);
    const engine = new Engine(assets, model, Math.floor(workers), named?.length);
    if (named) {
      return new Painter(engine, named);
    }
    const starting = twice(() => engine.ready(reportTo(onProgress, signal)));
    const pool = await untilAborted(starting, signal, (reason) => engine.stop(reason));
    return new Painter(engine, namedRows(pool.facts?.styles.length ?? 0));
  }

  /**
   * The URLs of the files that it was loaded from: worker, engine (of its builds, the one that this
   * browser runs) and model (unless its bytes were given). Empty until they are there. For pages
   * that keep them for offline use.
   */
  get files(): readonly string[] {
    return this.#engine.urls;
  }

  /**
   * Fetches and starts engine and model now, so that the first painting need not wait for them. When
   * it is stopped, what is on its way still arrives, for the next one who asks.
   *
   * @throws {BrushworkError} `network`, `bad-model`, `unsupported-model`, `no-memory` or
   *   `engine`
   */
  async preload(options: JobOptions = {}): Promise<void> {
    await this.#job(options ?? {}, (signal, report) =>
      twice(() => untilAborted(this.#engine.ready(report), signal)),
    );
  }

  /**
   * Paints a photo. Calls made while another painting is under way wait for their turn; a canvas,
   * video or bitmap is painted as it is when `paint` is called. An `ImageData` is not copied before
   * its turn: leave it as it is until it is painted.
   *
   * @throws {BrushworkError} `not-a-picture`, `empty-file`, `too-small`, `too-large`,
   *   `cross-origin`, `unknown-style`, `bad-style`, `bad-recipe`, and what {@link preload} throws
   */
  async paint(photo: Photo, options: PaintOptions = {}): Promise<Painting> {
    options ??= {};
    const recipe = checkedRecipe(options, this.#known);
    return this.#job(options, (signal, report) => {
      const photoSent = sendable(photo, signal);
      // Whoever waits for it hears of a failure; until its turn comes, nobody does.
      photoSent.catch(() => {});
      const painting = this.#last.then(async () => {
        throwIfAborted(signal);
        const sent = await untilAborted(photoSent, signal);
        const pixels = await twice(async () => {
          const pool = await untilAborted(this.#engine.ready(report), signal);
          const work = pool.paint(sent, recipe, report);
          return untilAborted(work, signal, (reason) => pool.stop(reason));
        });
        return new Painting(pixels, recipe.quality);
      });
      // Nothing of it is kept: it may be large.
      const ended = () => {};
      this.#last = painting.then(ended, ended);
      return painting;
    });
  }

  /**
   * Ends the workers and frees their memory, and breaks off the download of the model. What was under
   * way or waiting rejects with an `AbortError`. Painting again starts new workers.
   */
  dispose(): void {
    const reason = new DOMException('The painter was disposed of.', 'AbortError');
    for (const job of this.#jobs) {
      job.abort(reason);
    }
    this.#engine.stop(reason);
  }

  /** What {@link dispose} does, for `using`. */
  declare [Symbol.dispose]: () => void;

  /** Work that ends at once when its signal or `dispose` says so. */
  async #job<T>(
    { onProgress, signal }: JobOptions,
    work: (signal: AbortSignal, report: Report) => Promise<T>,
  ): Promise<T> {
    throwIfAborted(signal);
    const job = new AbortController();
    const abort = () => job.abort(signal?.reason);
    signal?.addEventListener('abort', abort);
    this.#jobs.add(job);
    try {
      return await untilAborted(work(job.signal, reportTo(onProgress, job.signal)), job.signal);
    } catch (error) {
      // What nobody has thought of.
      const known = job.signal.aborted || error instanceof BrushworkError;
      throw known ? error : new BrushworkError('engine', `${error}`, error);
    } finally {
      this.#jobs.delete(job);
      signal?.removeEventListener('abort', abort);
    }
  }
}

// Browsers that do not know `using` have no such symbol.
if (Symbol.dispose) {
  Painter.prototype[Symbol.dispose] = Painter.prototype.dispose;
}

function defaultWorkers(): number {
  return Math.min(MOST_WORKERS, Math.max(1, navigator.hardwareConcurrency || 1));
}
