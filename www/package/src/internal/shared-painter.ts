import { Painter } from '../index.js';

/** How long a painter keeps its workers after its last painting, in milliseconds. */
const IDLE = 15_000;

const shared = new Map<string, SharedPainter>();

/** The painter of all elements on the page that find the package's files in the same folder. */
export function sharedPainter(assets: string | undefined): SharedPainter {
  const key = assets ?? '';
  const painter = shared.get(key) ?? new SharedPainter(assets);
  shared.set(key, painter);
  return painter;
}

/** A painter whose workers end when nobody has used it for a while. */
class SharedPainter {
  readonly #assets: string | undefined;
  #painter: Painter | undefined;
  #users = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(assets: string | undefined) {
    this.#assets = assets;
  }

  async use<T>(work: (painter: Painter) => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    this.#users += 1;
    try {
      const options = this.#assets === undefined ? {} : { assets: this.#assets };
      this.#painter ??= await Painter.load(options);
      return await work(this.#painter);
    } finally {
      this.#users -= 1;
      if (this.#users === 0) {
        this.#idle = setTimeout(() => this.#painter?.dispose(), IDLE);
      }
    }
  }
}
