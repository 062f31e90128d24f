import { BrushworkError } from '../error.js';
import type { PaintOptions, Stroke, StyleChoice } from '../options.js';
import type { Style } from '../styles.js';
import type { Area } from './protocol.js';

/** 1024 pixels divided by the long side of the draft: 768, 512 and 256 pixels. */
const STROKES: Partial<Record<Stroke, number>> = { fine: 4 / 3, medium: 2, broad: 4 };

/** One style of a painting: its place among the painter's, its share, its vector if it was added. */
export interface ChosenStyle {
  readonly row: number;
  readonly weight: number;
  readonly vector: Float32Array | undefined;
}

/** A style, and its vector if it did not come with the model. */
export interface KnownStyle {
  readonly style: Style;
  readonly vector?: Float32Array;
}

/** The options of a painting, checked. */
export interface Recipe {
  readonly styles: readonly ChosenStyle[];
  readonly strength: number;
  readonly keepColours: boolean;
  /** How broad the strokes are, 1 to 4. */
  readonly stroke: number;
  readonly area: Area;
  /** Of the files made from the painting, 0 to 1. */
  readonly quality: number;
}

/** Checks a painting's options, and fills in the defaults. */
export function checkedRecipe(options: PaintOptions, styles: readonly KnownStyle[]): Recipe {
  const stroke = options.stroke ?? 'medium';
  return {
    styles: chosenStyles(options.style ?? styles[0]?.style.id ?? '', styles),
    strength: within('strength', options.strength ?? 1, 0, 1),
    keepColours: options.keepColours === true,
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

/** The styles that have a weight. */
function chosenStyles(choice: StyleChoice, styles: readonly KnownStyle[]): ChosenStyle[] {
  const parts = typeof choice === 'string' ? { [choice]: 1 } : choice;
  const chosen = Object.entries(parts).map(([id, weight]) => {
    const row = styles.findIndex(({ style }) => style.id === id);
    if (row === -1) {
      throw new BrushworkError('unknown-style', id);
    }
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new BrushworkError('bad-recipe', `the part of ${id} is ${weight}`);
    }
    return { row, weight, vector: styles[row]?.vector };
  });
  if (!chosen.some(({ weight }) => weight > 0)) {
    throw new BrushworkError('bad-recipe', 'the blend adds up to nothing');
  }
  return chosen.filter(({ weight }) => weight > 0);
}

/** Names for the rows of a model that came without any. */
export function namedRows(count: number): Style[] {
  return Array.from({ length: count }, (_, row) => {
    const title = { en: `Style ${row + 1}`, zh: `风格 ${row + 1}` };
    const nobody = { en: '', zh: '' };
    return { id: `style-${row + 1}`, name: title, title, artist: nobody, year: '' };
  });
}
