import { BrushworkError } from '../error.js';
import type { Assets } from './assets.js';
import { bestBuild, distrust } from './builds.js';
import { type EngineFiles, fetchEngineFiles } from './engine-files.js';
import { EnginePool } from './engine-pool.js';
import type { ModelSource } from './model-source.js';
import type { Report } from './report.js';
import { throwIfAborted } from './until-aborted.js';

/**
 * The engine of one painter: fetched and started when it is first needed, and started anew after it
 * was stopped. Whoever needs it meanwhile waits for the same start.
 */
export class Engine {
  readonly #assets: Assets;
  readonly #model: ModelSource;
  readonly #workers: number;
  readonly #styles: number | undefined;
  readonly #listeners = new Set<Report>();
  #files: EngineFiles | undefined;
  #pool: EnginePool | undefined;
  #starting: Promise<EnginePool> | undefined;
  /** Of the start under way, or the next one. */
  #stopping = new AbortController();

  /**
   * @param workers how many of them paint together
   * @param styles how many the model has to have, if that is known
   */
  constructor(assets: Assets, model: ModelSource, workers: number, styles: number | undefined) {
    this.#assets = assets;
    this.#model = model;
    this.#workers = workers;
    this.#styles = styles;
  }

  /** The URLs of what it was loaded from; none before that. */
  get urls(): readonly string[] {
    return this.#files?.urls ?? [];
  }

  /** Workers that are ready to paint. After a failure, the next call tries again. */
  async ready(report: Report): Promise<EnginePool> {
    if (this.#pool && !this.#pool.stopped && !this.#starting) {
      return this.#pool;
    }
    this.#starting ??= this.#start();
    const starting = this.#starting;
    this.#listeners.add(report);
    try {
      return await starting;
    } finally {
      this.#listeners.delete(report);
      if (this.#starting === starting) {
        this.#starting = undefined;
      }
    }
  }

  /** Ends the workers and the model's download; what they were doing rejects with `reason`. */
  stop(reason: unknown): void {
    this.#stopping.abort(reason);
    this.#stopping = new AbortController();
    this.#starting = undefined;
    this.#pool?.stop(reason);
  }

  async #start(): Promise<EnginePool> {
    const { signal } = this.#stopping;
    const tell: Report = (stage, fraction) => {
      for (const listener of this.#listeners) {
        listener(stage, fraction);
      }
    };
    const build = await bestBuild();
    if (build === undefined) {
      throw new BrushworkError('engine', 'this device fails its self-test');
    }
    this.#files ??= await fetchEngineFiles(this.#assets, build, this.#model, tell, signal);
    throwIfAborted(signal);
    const pool = new EnginePool(this.#files, this.#workers);
    this.#pool = pool;
    tell('start', 0);
    try {
      await pool.start();
      if (!pool.facts) {
        distrust(build);
        // Nobody has asked it for anything yet.
        pool.stop(undefined);
        this.#files = undefined;
        return await this.#start();
      }
      const { length } = pool.facts.styles;
      if (length !== (this.#styles ?? length)) {
        throw new BrushworkError('bad-model', `${length} styles for ${this.#styles} names`);
      }
    } catch (error) {
      pool.stop(error);
      // The files themselves may be at fault, such as a model that did not arrive whole.
      this.#files = undefined;
      throw error;
    }
    tell('start', 1);
    return pool;
  }
}
