import { hasOffscreenCanvas } from './canvas.js';
import type { EngineFiles } from './engine-files.js';
import { EngineWorker } from './engine-worker.js';
import { readPixels } from './pixels.js';
import type { Pixels, SendablePhoto, Stage, Tasks } from './protocol.js';
import type { Recipe } from './recipe.js';
import type { Report } from './report.js';
import { type Span, strips } from './strips.js';

/**
 * Workers that paint one photo together, a strip each. An instance norm needs the mean and variance
 * of a whole feature map, and a convolution reaches into the strips beside its own. So after each of
 * the network's stages they exchange what they have seen of the map, a few hundred numbers, and the
 * rows at their edges. That takes no shared memory, and the painting is the same as that of one
 * worker.
 */
export class EnginePool {
  stopped = false;
  readonly #workers: EngineWorker[] = [];
  readonly #first: EngineWorker;

  /**
   * @param count how many workers to start
   * @throws {BrushworkError} `network` when one of them does not start
   */
  constructor(files: EngineFiles, count: number) {
    try {
      while (this.#workers.length < count) {
        this.#workers.push(new EngineWorker(files, (reason) => this.stop(reason)));
      }
    } catch (error) {
      this.stop(error);
      throw error;
    }
    this.#first = this.#workers[0] as EngineWorker;
  }

  /** What the engine tells of its model, once the first worker has started. */
  started(): Promise<Tasks['start']['gives']> {
    return this.#trusted(this.#first.started);
  }

  async paint(photo: SendablePhoto, recipe: Recipe, report: Report): Promise<ImageData> {
    const { stripStep, longestInStrips } = await this.started();
    report('read', 0);
    const pixels = await this.#read(photo, recipe);
    report('read', 1);
    // Where strokes are to be broader than they come out in a picture of this size, it is painted
    // coarse to fine, which one engine does alone.
    const inStrips = Math.max(pixels.width, pixels.height) * recipe.stroke <= longestInStrips;
    const spans = strips(pixels.height, stripStep, inStrips ? this.#workers.length : 1);
    return this.#trusted(
      spans.length > 1
        ? this.#paintStrips(pixels, recipe, spans, report)
        : this.#paintAlone(pixels, recipe, report),
    );
  }

  /** What the engines give; one that failed or trapped must not do the next painting. */
  async #trusted<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.stop(error);
      throw error;
    }
  }

  /** Terminates the workers; what was under way rejects with `reason`. */
  stop(reason: unknown): void {
    this.stopped = true;
    for (const worker of this.#workers) {
      worker.stop(reason);
    }
  }

  async #read(photo: SendablePhoto, { area }: Recipe): Promise<Pixels> {
    if (!hasOffscreenCanvas) {
      // A copy, for what is read is handed over to a worker.
      const own = photo instanceof ImageData ? copyOf(photo) : photo;
      return readPixels(own, area);
    }
    return this.#first.ask('read', { photo, area });
  }

  async #paintAlone(photo: Pixels, { manner, stroke }: Recipe, report: Report): Promise<ImageData> {
    const { width, height, data } = await this.#first.ask(
      'paint',
      { photo, stroke, ...manner },
      [photo.data.buffer],
      (fraction) => report('paint', fraction),
    );
    report('paint', 1);
    return new ImageData(data, width, height);
  }

  async #paintStrips(
    photo: Pixels,
    { manner }: Recipe,
    spans: Span[],
    report: Report,
  ): Promise<ImageData> {
    const workers = this.#workers.slice(0, spans.length);
    await Promise.all(workers.map((worker) => worker.started));

    const fractions = spans.map(() => 0);
    const listener = (index: number) => (fraction: number) => {
      fractions[index] = fraction;
      const sum = fractions.reduce((total, part) => total + part, 0);
      report('paint', sum / spans.length);
    };
    await Promise.all(
      workers.map((worker, index) => {
        const given = { photo, ...(spans[index] as Span), ...manner };
        return worker.ask('begin', given, [], listener(index));
      }),
    );
    const advance = (before: Stage[]) => {
      const moments = joined(before);
      return Promise.all(
        workers.map((worker, index) => {
          const [above, below] = [before[index - 1]?.edges, before[index + 1]?.edges];
          return worker.ask('advance', { moments, above, below }, [], listener(index));
        }),
      );
    };
    let all = await advance([]);
    while (all.every((one) => 'moments' in one)) {
      all = await advance(all);
    }
    report('paint', 1);
    return assemble(all as Pixels[], photo);
  }
}

function copyOf({ width, height, data }: ImageData): ImageData {
  return new ImageData(data.slice(), width, height);
}

/** How many strips there are, then the moments of each; nothing before the first ones. */
function joined(stages: Stage[]): Float64Array {
  const all = stages.flatMap(({ moments }) => [...moments]);
  return new Float64Array(all.length > 0 ? [stages.length, ...all] : []);
}

function assemble(painted: Pixels[], { width, height }: Pixels): ImageData {
  const whole = new ImageData(width, height);
  let offset = 0;
  for (const { data } of painted) {
    whole.data.set(data, offset);
    offset += data.length;
  }
  return whole;
}
