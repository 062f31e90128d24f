import { letGo } from './pixels.js';
import type { Piece, Pixels } from './protocol.js';

/** Rows from `top` to before `bottom`. */
export interface Span {
  readonly top: number;
  readonly bottom: number;
}

/** Rows on each side that a cubic reads to enlarge a picture. */
const CUBIC_REACH = 2;

/** Under this height, telling a strip's neighbours what they need costs more than another worker brings. */
const LEAST_ROWS = 96;

/**
 * Divides a picture's rows into strips of about the same height.
 *
 * @param step strips meet at multiples of it; 0 where they cannot meet at all
 * @param most how many strips at most
 */
export function strips(height: number, step: number, most: number): Span[] {
  const count = step === 0 ? 1 : Math.max(1, Math.min(most, Math.floor(height / LEAST_ROWS)));
  const edge = (index: number) =>
    index === count ? height : Math.round((index * height) / count / (step || 1)) * step;
  return Array.from({ length: count }, (_, index) => ({
    top: edge(index),
    bottom: edge(index + 1),
  }));
}

/** What a strip reads of a picture: `reach` more rows on each side. */
export function pieceOf({ top, bottom }: Span, picture: Pixels, reach: number): Piece {
  const { width, height, data } = picture;
  const from = Math.max(0, top - reach);
  const end = Math.min(height, bottom + reach);
  const rows = data.slice(from * width * 4, end * width * 4);
  return { pixels: { width, height: end - from, data: rows }, from, height };
}

/** What a piece of a larger picture shows of a smaller one that is enlarged to it. */
export function under({ pixels, from, height }: Piece, smaller: Pixels): Piece {
  const scale = smaller.height / height;
  const top = Math.floor(from * scale);
  const bottom = Math.ceil((from + pixels.height) * scale);
  return pieceOf({ top, bottom }, smaller, CUBIC_REACH);
}

/** A picture of this size, of the rows of its strips, which are used up. */
export async function assembled(strips: Pixels[], { width, height }: Pixels): Promise<Pixels> {
  const [whole] = strips;
  if (whole?.height === height) {
    return whole;
  }
  const data = new Uint8ClampedArray(width * height * 4);
  let offset = 0;
  for (const rows of strips) {
    data.set(rows.data, offset);
    offset += rows.data.length;
    letGo(rows);
    await breath();
  }
  return { width, height, data };
}

/** Lets the page do what waits to be done. Not by a timer: those of hidden tabs are slow. */
export function breath(): Promise<void> {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done();
    port2.postMessage(0);
  });
}
