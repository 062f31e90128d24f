import { hasOffscreenCanvas } from './canvas.js';
import type { EngineFiles } from './engine-files.js';
import { EngineWorker } from './engine-worker.js';
import { isReady, letGo, pixelsOf, readPixels } from './pixels.js';
import type { Facts, Pixels, SendablePhoto, Task, Tasks } from './protocol.js';
import type { Recipe } from './recipe.js';
import type { Report } from './report.js';
import { assembled, placeOf, strips } from './strips.js';

/**
 * Workers that paint one photo together, a strip each. An instance norm needs the mean and variance
 * of a whole feature map, and a convolution reaches into the strips beside its own. So after each of
 * the network's stages they exchange what they have seen of the map, a few hundred numbers, and the
 * rows at their edges. That takes no shared memory, and the painting is the same as that of one
 * worker. Larger pictures are painted with the numbers of a smaller copy: there, nothing is exchanged.
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
    report('read', 0);
    const pictures = await this.#read(photo, recipe);
    report('read', 1);
    return this.#trusted(this.#paint(pictures, recipe, report));
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

  /** The photo, after the smaller copies that are painted before it. */
  async #read(photo: SendablePhoto, { area, stroke }: Recipe): Promise<Pixels[]> {
    const { longestAtOnce } = this.facts as Facts;
    const read = async () => (hasOffscreenCanvas ? undefined : readPixels(photo, area));
    const ready = isReady(photo, area) ? photo : await read();
    if (ready && Math.max(ready.width, ready.height) * stroke <= longestAtOnce) {
      return [pixelsOf(ready)];
    }
    return this.#first.ask('read', {
      photo: ready ?? photo,
      area: ready ? undefined : area,
      stroke,
    });
  }

  /** Paints the smallest picture, and alike each larger one, to sharpen the painting with it. */
  async #paint(pictures: Pixels[], { manner }: Recipe, report: Report): Promise<ImageData> {
    const { stripStep, stripReach } = this.facts as Facts;
    const total = pictures.reduce((sum, { data }) => sum + data.length, 0);
    const several = pictures.length > 1;
    // The colours come last.
    const photo = several && manner.keepColours ? pictures.at(-1) : undefined;
    const given = { ...manner, keepColours: manner.keepColours && !several };
    // A larger picture is painted by those who know the smallest.
    let painters = this.#workers;
    let painting: Pixels | undefined;
    let done = 0;
    for (const picture of pictures) {
      const spans = strips(picture.height, stripStep, painters.length);
      painters = painters.slice(0, spans.length);
      await Promise.all(painters.map((painter) => painter.started));
      const { length } = picture.data;
      const together = inStep(painters, (fraction) =>
        report('paint', (done + fraction * length) / total),
      );
      const shares = spans.map((span) => ({
        ...placeOf(span, picture, stripReach),
        ...given,
        painters: spans.length,
      }));
      if (several && picture !== photo) {
        letGo(picture);
      }
      if (painting) {
        const fine = assembled(await together('finer', shares), picture);
        const toSharpen = { coarse: painting, fine, photo: picture === photo ? photo : undefined };
        painting = await this.#first.ask('sharpen', toSharpen, [fine.data.buffer]);
      } else {
        let all = await together('begin', shares);
        // All strips come to the end at the same time.
        while (all.every((one) => one instanceof Float32Array)) {
          const stages = all;
          const others = stages.map((own) => stages.filter((one) => one !== own));
          all = await together('advance', others);
        }
        painting = assembled(all as Pixels[], picture);
      }
      done += length;
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
        const pixels = 'part' in part ? [part.part.data] : told;
        const buffers = pixels.map(({ buffer }) => buffer);
        return painter.ask(task, part, buffers, (fraction) => {
          fractions[index] = fraction;
          report(fractions.reduce((sum, one) => sum + one, 0) / fractions.length);
        });
      }),
    );
}
