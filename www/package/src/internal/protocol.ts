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

/** What one strip has of a feature map that others need. */
export interface Stage {
  /** The count, means and squared deviations of the channels. */
  readonly moments: Float64Array;
  /** The rows at its edges: those for the strip above, then as many for the one below. */
  readonly edges: Float32Array;
}

export interface Tasks {
  /**
   * Starts the engine, unless it is not `sound`: computes wrongly on this device. Rows at which
   * strips may meet are multiples of `stripStep` (0: nowhere), in pictures whose long side times the
   * stroke is at most `longestInStrips` pixels. `lock` is one that the worker holds while it lives.
   */
  start: {
    given: { module: WebAssembly.Module; model: Uint8Array; shipped: boolean; lock: string };
    gives: { sound: boolean; styles: number; stripStep: number; longestInStrips: number };
  };
  /** Decodes the photo upright, cut and resized. */
  read: { given: { photo: SendablePhoto; area: Area }; gives: Pixels };
  /** Paints a photo of any size, with strokes of any size, on one worker. */
  paint: {
    given: { photo: Pixels; stroke: number } & Manner;
    gives: Pixels;
  };
  /** Begins to paint the rows from `top` to before `bottom`. */
  begin: {
    given: {
      photo: Pixels;
      top: number;
      bottom: number;
    } & Manner;
    gives: undefined;
  };
  /**
   * Goes on with the moments of all strips joined, none at first, and the edges of those beside it, up
   * to the next ones. At the end, gives the painted rows.
   */
  advance: {
    given: {
      moments: Float64Array;
      above: Float32Array | undefined;
      below: Float32Array | undefined;
    };
    gives: Stage | Pixels;
  };
}

export type Task = keyof Tasks;

export type Request = { [T in Task]: { task: T; given: Tasks[T]['given'] } }[Task];

export type Answer =
  | { kind: 'progress'; fraction: number }
  | { kind: 'done'; gives: Tasks[Task]['gives'] }
  | { kind: 'failed'; code: ErrorCode; detail: string };
