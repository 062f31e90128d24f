// What the main side asks a worker, and what it answers. A worker does one task at a time.
import type { ErrorCode } from '../error.js';
import type { Rectangle } from '../options.js';

/** A photo in a form that can be posted to a worker. */
export type SendablePhoto = Blob | ImageData;

/** What of a photo is painted, and in what size. */
export interface Area {
  readonly crop: Rectangle | undefined;
  /** A side that does not limit the picture is infinite. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  readonly maxPixels: number;
}

/** How it is painted, but for the size of the strokes. */
export interface Manner {
  /** One for each of the model's styles, 1 in all. */
  readonly weights: Float32Array;
  readonly strength: number;
  readonly keepColours: boolean;
}

/** RGBA, 8 bits each. Not an `ImageData`: only its buffer can be handed over. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** What a strip tells the others where they stop: what it has of a feature map, as the engine's numbers. */
export type Stage = Float32Array<ArrayBuffer>;

export interface Tasks {
  /** Starts the engine. Nothing, where it computes wrongly. `lock` is one that the worker holds while it lives. */
  start: {
    given: { module: WebAssembly.Module; model: Uint8Array; shipped: boolean; lock: string };
    gives: Facts | undefined;
  };
  /** Decodes the photo upright, cut and resized as asked, if it is. Gives it after the smaller copies that are painted before it. */
  read: {
    given: { photo: SendablePhoto; area: Area | undefined; stroke: number };
    gives: Pixels[];
  };
  /** Begins to paint a strip, up to the first stage. */
  begin: { given: Place & Manner; gives: Stage | Pixels };
  /** Goes on, with what the other strips have told, up to the next stage. At the end, gives the painted rows. */
  advance: { given: Stage[]; gives: Stage | Pixels };
  /** Paints a strip of a larger picture, in the manner and with the moments of the one before. */
  finer: { given: Place & { painters: number }; gives: Pixels };
  /** Puts what was painted finer to the painting of a smaller copy, in the colours of `photo` if it is there. */
  sharpen: {
    given: { coarse: Pixels; fine: Pixels; photo: Pixels | undefined };
    gives: Pixels;
  };
}

/** What the engine tells of its model. */
export interface Facts {
  readonly styles: number;
  /** Rows at which strips may meet are multiples of it; 0: nowhere. */
  readonly stripStep: number;
  /** How many more rows a strip reads on each side. */
  readonly stripReach: number;
  /** Pictures whose long side times the stroke is at most so many pixels have no smaller copies. */
  readonly longestAtOnce: number;
}

/** The strip from `top` to before `bottom` of a photo of `height` rows. Its row `from` is the part's first. */
export interface Place {
  readonly part: Pixels;
  readonly rows: readonly [from: number, height: number, top: number, bottom: number];
}

export type Task = keyof Tasks;

export type Request = { [T in Task]: { task: T; given: Tasks[T]['given'] } }[Task];

export type Answer =
  | { kind: 'progress'; fraction: number }
  | { kind: 'done'; gives: Tasks[Task]['gives'] }
  | { kind: 'failed'; code: ErrorCode; detail: string };
