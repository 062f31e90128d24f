import { BrushworkError } from '../error.js';
import type { PaintOptions, Stroke, StyleChoice } from '../options.js';
import type { Style } from '../styles.js';
import type { Area, Manner } from './protocol.js';

const STROKES: Partial<Record<Stroke, number>> = { fine: 1, medium: 2, broad: 3.5 };

/** The options of a painting, checked, and its styles turned into weights over the model's rows. */
export interface Recipe {
  readonly manner: Manner;
  /** How many times as broad as the network's own strokes. */
  readonly stroke: number;
  readonly area: Area;
  /** Of the files made from the painting, 0 to 1. */
  readonly quality: number;
}

/** Checks a painting's options, and fills in the defaults. */
export function checkedRecipe(options: PaintOptions, styles: readonly Style[]): Recipe {
  const stroke = options.stroke ?? 'medium';
  return {
    manner: {
      weights: rowWeights(options.style ?? styles[0]?.id ?? '', styles),
      strength: within('strength', options.strength ?? 1, 0, 1),
      keepColours: options.keepColours === true,
    },
    stroke: within('stroke', STROKES[stroke] ?? stroke, 1, 4),
    quality: within('quality', options.quality ?? 0.92, 0, 1),
    area: checkedArea(options),
  };
}

/**
 * An option's value as a number, such as that of an `<input>`.
 *
 * @throws {BrushworkError} `bad-recipe` when it is outside its range
 */
export function within(name: string, value: number | string, least: number, most: number): number {
  const number = Number(value);
  if (!(number >= least && number <= most)) {
    throw new BrushworkError(
      'bad-recipe',
      `${name} is ${value}, and goes from ${least} to ${most}`,
    );
  }
  return number;
}

function checkedArea({ crop, size, maxPixels }: PaintOptions): Area {
  const most = Number.POSITIVE_INFINITY;
  const finite = Number.MAX_VALUE;
  if (size && (size.width ?? size.height) === undefined) {
    throw new BrushworkError('bad-recipe', 'size needs a width or a height in pixels');
  }
  return {
    crop: crop && {
      x: within('crop.x', crop.x, -finite, finite),
      y: within('crop.y', crop.y, -finite, finite),
      width: within('crop.width', crop.width, 0, finite),
      height: within('crop.height', crop.height, 0, finite),
    },
    size: size && {
      width: within('size.width', size.width ?? most, 1, most),
      height: within('size.height', size.height ?? most, 1, most),
    },
    maxPixels: within('maxPixels', maxPixels ?? most, 1, most),
  };
}

/** One weight for each of the model's rows, 1 in all. */
function rowWeights(choice: StyleChoice, styles: readonly Style[]): Float32Array {
  const weights = new Float32Array(styles.length);
  const parts = typeof choice === 'string' ? { [choice]: 1 } : choice;
  for (const [id, part] of Object.entries(parts)) {
    const row = styles.findIndex((style) => style.id === id);
    if (row === -1) {
      throw new BrushworkError('unknown-style', id);
    }
    if (!(part >= 0 && part < Number.POSITIVE_INFINITY)) {
      throw new BrushworkError('bad-recipe', `the part of ${id} is ${part}`);
    }
    weights[row] = part;
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === 0) {
    throw new BrushworkError('bad-recipe', 'the blend adds up to nothing');
  }
  return weights.map((weight) => weight / sum);
}

/** Names for the rows of a model that came without any. */
export function namedRows(count: number): Style[] {
  return Array.from({ length: count }, (_, row) => ({
    id: `style-${row + 1}`,
    title: { en: `Style ${row + 1}`, zh: `风格 ${row + 1}` },
    artist: { en: '', zh: '' },
    year: '',
  }));
}
