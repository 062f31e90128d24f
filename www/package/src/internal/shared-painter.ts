import { Painter } from '../index.js';

/** How long a painter keeps its workers after its last painting, in milliseconds. */
const IDLE = 15_000;

const shared = new Map<string | undefined, SharedPainter>();

/** The painter of all elements on the page that find the package's files in the same folder. */
export function sharedPainter(assets: string | undefined): SharedPainter {
  const painter = shared.get(assets) ?? new SharedPainter(assets);
  shared.set(assets, painter);
  return painter;
}

/** A painter whose workers end when nobody has used it for a while. */
class SharedPainter {
  readonly #assets: string | undefined;
  /** Kept while it loads, so that all who come meanwhile get the same. */
  #painter: Promise<Painter> | undefined;
  #users = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(assets: string | undefined) {
    this.#assets = assets;
  }

  async use<T>(work: (painter: Painter) => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    this.#users += 1;
    try {
      this.#painter ??= Painter.load({ assets: this.#assets });
      const painter = await this.#painter.catch((error) => {
        this.#painter = undefined;
        throw error;
      });
      return await work(painter);
    } finally {
      this.#users -= 1;
      if (this.#users === 0) {
        this.#idle = setTimeout(async () => (await this.#painter)?.dispose(), IDLE);
      }
    }
  }
}
