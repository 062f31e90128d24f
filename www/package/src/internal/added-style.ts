import { BrushworkError } from '../error.js';
import type { LocalText, StyleFile } from '../styles.js';
import type { KnownStyle } from './recipe.js';

/** A style from a file or a page, checked. */
export function addedStyle({ id, name, title, artist, year, vector }: StyleFile): KnownStyle & {
  vector: Float32Array;
} {
  const numbers = typeof vector === 'string' ? halves(vector) : Float32Array.from(vector ?? []);
  if (!(id && numbers.length && numbers.every(Number.isFinite))) {
    throw new BrushworkError('bad-style', `${id}`);
  }
  const style = {
    id,
    name: local(name ?? title, id),
    title: local(title, id),
    artist: local(artist, ''),
    year: year ?? '',
  };
  return { style, vector: numbers };
}

function local(text: LocalText | string | undefined, otherwise: string): LocalText {
  return typeof text === 'object' ? text : { en: text ?? otherwise, zh: text ?? otherwise };
}

/** Numbers of 16 bits (IEEE 754, binary16, little-endian) in base64. */
function halves(base64: string): Float32Array {
  let bytes = '';
  try {
    bytes = atob(base64);
  } catch {
    // Then there are no numbers.
  }
  return Float32Array.from({ length: bytes.length >> 1 }, (_, index) => {
    const bits = bytes.charCodeAt(2 * index) | (bytes.charCodeAt(2 * index + 1) << 8);
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    // The largest exponent is that of no number.
    const size = exponent
      ? ((1024 + fraction) * 2 ** (exponent - 25)) / Number(exponent < 31)
      : fraction * 2 ** -24;
    return bits >> 15 ? -size : size;
  });
}
