import { BrushworkError } from '../error.js';
import { hasOffscreenCanvas } from './canvas.js';
import type { EngineFiles } from './engine-files.js';
import { EngineWorker } from './engine-worker.js';
import { isReady, letGo, readPixels } from './pixels.js';
import type {
  Facts,
  Manner,
  PassToPaint,
  Piece,
  Pixels,
  SendablePhoto,
  Task,
  Tasks,
} from './protocol.js';
import type { Recipe } from './recipe.js';
import type { Report } from './report.js';
import { assembled, breath, pieceOf, strips, under } from './strips.js';

type Chosen = Omit<Manner, 'keepColours'>;

/**
 * Workers that carry out the engine's plan of a painting together, a strip each. An instance norm
 * needs the mean and variance of a whole feature map, and a convolution reaches into the strips beside
 * its own. So after each stage of a draft they exchange what they have seen of the map, a few hundred
 * numbers, and the rows at their edges. That takes no shared memory, and the painting is the same as
 * that of one worker. In later passes nothing is exchanged.
 */
export class EnginePool {
  stopped = false;
  /** What the engine tells of its model, once it has started. */
  facts: Facts | undefined;
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

  /** Waits for the first worker. Only where it tells {@link facts} the engine computes rightly. */
  async start(): Promise<void> {
    this.facts = await this.#trusted(this.#first.started);
  }

  async paint(photo: SendablePhoto, recipe: Recipe, report: Report): Promise<ImageData> {
    const chosen = this.#chosen(recipe);
    report('read', 0);
    const ready = await this.#ready(photo, recipe);
    const passes = await this.#first.ask('read', { ...ready, stroke: recipe.stroke });
    report('read', 1);
    return this.#trusted(this.#paint(passes, chosen, recipe, report));
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

  /** What the first worker is to read; pixels already where that can only be done here. */
  async #ready(photo: SendablePhoto, { area }: Recipe) {
    if (photo instanceof ImageData && photo.data.length === 0) {
      throw new BrushworkError('not-a-picture');
    }
    if (isReady(photo, area)) {
      return { photo, area: undefined };
    }
    if (hasOffscreenCanvas) {
      return { photo, area };
    }
    return { photo: await readPixels(photo, area), area: undefined };
  }

  /** The chosen styles as the engine takes them. */
  #chosen({ styles, strength }: Recipe): Chosen {
    const { styles: own, photo, styleLength } = this.facts as Facts;
    const vectors = new Float32Array(styles.length * styleLength);
    for (const [place, { row, vector }] of styles.entries()) {
      const chosen = vector ?? own[row];
      if (chosen?.length !== styleLength) {
        throw new BrushworkError('bad-style');
      }
      vectors.set(chosen, place * styleLength);
    }
    const weights = Float32Array.from(styles, ({ weight }) => weight);
    return { vectors, weights, photo, strength };
  }

  /** Carries out the passes, one after the other. */
  async #paint(
    passes: PassToPaint[],
    chosen: Chosen,
    recipe: Recipe,
    report: Report,
  ): Promise<ImageData> {
    const total = passes.reduce((sum, { work }) => sum + work, 0);
    const photo = passes[passes.length - 1]?.photo;
    let painters = this.#workers;
    let painting: Pixels | undefined;
    let done = 0;
    for (const pass of passes) {
      const { kind, step, reach, photo: seen } = pass;
      const last = seen === photo;
      // A detail is painted by those who know the draft; its colours come when it has been put to that.
      const all = kind === 'detail' ? painters : this.#workers;
      const keepColours = recipe.keepColours && last && kind !== 'detail';
      const spans = strips(seen.height, step, all.length);
      painters = all.slice(0, spans.length);
      await Promise.all(painters.map((painter) => painter.started));
      const together = inStep(painters, (fraction) =>
        report('paint', (done + fraction * pass.work) / total),
      );
      const manner = { ...chosen, keepColours };
      const before = painting;
      const shares: Tasks['rows']['given'][] = [];
      for (const span of spans) {
        const piece = pieceOf(span, seen, reach);
        const draft = kind === 'revision' && before ? under(piece, before) : undefined;
        shares.push({ ...span, photo: piece, draft, manner, painters: spans.length });
        // Copies of large pictures: the page goes on between two of them.
        await breath();
      }
      const colours = last && recipe.keepColours && kind === 'detail' ? seen : undefined;
      if (!colours) {
        letGo(seen);
      }
      if (before) {
        painting = await assembled(await together('rows', shares), seen);
        if (kind === 'detail') {
          const toSharpen = { coarse: before, fine: painting, photo: colours };
          painting = await this.#first.ask('sharpen', toSharpen, [painting.data.buffer]);
        }
      } else {
        let stages = await together('begin', shares);
        // All strips come to the end at the same time.
        while (stages.every((one) => one instanceof Float32Array)) {
          const own = stages;
          const others = own.map((stage) => own.filter((one) => one !== stage));
          stages = await together('advance', others);
        }
        painting = await assembled(stages as Pixels[], seen);
      }
      done += pass.work;
    }
    report('paint', 1);
    const { width, height, data } = painting as Pixels;
    return new ImageData(data, width, height);
  }
}

/** Has each worker do its part of a task; tells how far all of them have come together. */
function inStep(painters: EngineWorker[], report: (fraction: number) => void) {
  const fractions = painters.map(() => 0);
  return <T extends Task>(task: T, given: Tasks[T]['given'][]): Promise<Tasks[T]['gives'][]> =>
    Promise.all(
      painters.map((painter, index) => {
        const part = given[index] as Tasks[T]['given'];
        // Of two, each may have what the other has told; of more, several have to.
        const told = Array.isArray(part) && painters.length === 2 ? part : [];
        const pieces =
          'photo' in part ? [part.photo, 'draft' in part ? part.draft : undefined] : [];
        const pixels = pieces.flatMap((piece) => (piece ? (piece as Piece).pixels.data : []));
        const buffers = [...pixels, ...told].map(({ buffer }) => buffer);
        return painter.ask(task, part, buffers, (fraction) => {
          fractions[index] = fraction;
          report(fractions.reduce((sum, one) => sum + one, 0) / fractions.length);
        });
      }),
    );
}
