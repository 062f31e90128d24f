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

/** What is painted with: styles as vectors, as the engine takes them. */
export interface Manner {
  /** Those of the styles that have a weight, one after the other. */
  readonly vectors: Float32Array;
  readonly weights: Float32Array;
  /** The vector that gives the photo back, where there is one. */
  readonly photo: Float32Array | undefined;
  readonly strength: number;
  readonly keepColours: boolean;
}

/** RGBA, 8 bits each. Not an `ImageData`: only its buffer can be handed over. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** What a strip exchanges with the others after a stage: what it has of a feature map, as the engine's numbers. */
export type Stage = Float32Array<ArrayBuffer>;

export interface Tasks {
  /** Starts the engine. Nothing, where it computes wrongly. `lock` is one that the worker holds while it lives. */
  start: {
    given: { module: WebAssembly.Module; model: ModelBytes; shipped: boolean; lock: string };
    gives: Facts | undefined;
  };
  /** Decodes the photo upright, cut and resized as asked, if an area is. Gives the passes of its painting. */
  read: {
    given: { photo: SendablePhoto; area: Area | undefined; stroke: number };
    gives: PassToPaint[];
  };
  /** Begins to paint a strip of a draft, up to the first stage. */
  begin: { given: Strip; gives: Stage | Pixels };
  /** Goes on, with the stages of the other strips, up to the next stage. At the end, gives the painted rows. */
  advance: { given: Stage[]; gives: Stage | Pixels };
  /** Paints a strip of a later pass, a revision where there is a draft. */
  rows: { given: Strip & { draft: Piece | undefined; painters: number }; gives: Pixels };
  /** Puts what was painted finer to the painting of a smaller copy, in the colours of `photo` if it is there. */
  sharpen: {
    given: { coarse: Pixels; fine: Pixels; photo: Pixels | undefined };
    gives: Pixels;
  };
}

/** A model as it is fetched: ONNX files and the table of their styles. Of a model of your own, the draft alone is not empty. */
export interface ModelBytes {
  readonly draft: Uint8Array;
  readonly revision: Uint8Array;
  readonly styles: Uint8Array;
}

/** What the engine tells of its model. */
export interface Facts {
  /** The vectors of its styles. */
  readonly styles: readonly Float32Array[];
  readonly photo: Float32Array | undefined;
  /** How many numbers make up a style. */
  readonly styleLength: number;
}

/** One pass of a painting, as the engine plans it. */
export interface Pass {
  readonly kind: 'draft' | 'revision' | 'detail';
  readonly width: number;
  readonly height: number;
  /** Rows at which strips may meet are multiples of it; 0: nowhere. */
  readonly step: number;
  /** How many more rows a strip reads on each side. */
  readonly reach: number;
  /** How much work it is, beside others. */
  readonly work: number;
}

/** A pass, and the photo at its size. */
export interface PassToPaint extends Pass {
  readonly photo: Pixels;
}

/** Rows of a picture of this height, from `from` on. */
export interface Piece<Image = Pixels> {
  readonly pixels: Image;
  readonly from: number;
  readonly height: number;
}

/** The rows from `top` to before `bottom` to paint, with what is read of the photo. */
export interface Strip {
  readonly photo: Piece;
  readonly top: number;
  readonly bottom: number;
  readonly manner: Manner;
}

export type Task = keyof Tasks;

export type Request = { [T in Task]: { task: T; given: Tasks[T]['given'] } }[Task];

export type Answer =
  | { kind: 'progress'; fraction: number }
  | { kind: 'done'; gives: Tasks[Task]['gives'] }
  | { kind: 'failed'; code: ErrorCode; detail: string };
