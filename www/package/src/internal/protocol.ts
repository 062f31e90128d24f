// What the main side and the worker say to each other. The worker does one thing at a time.
import type { ErrorCode } from '../error.js';
import type { Progress, Rectangle } from '../options.js';

/** A photo in a form that can be posted to a worker. */
export type SendablePhoto = Blob | ImageBitmap | ImageData;

/** The options of a painting, checked, and its styles turned into weights over the model's rows. */
export interface Recipe {
  readonly weights: Float32Array;
  readonly strength: number;
  readonly crop: Rectangle | undefined;
  readonly maxPixels: number;
}

export type Request =
  | { kind: 'start'; module: WebAssembly.Module; model: Uint8Array }
  | { kind: 'paint'; photo: SendablePhoto; recipe: Recipe };

export type Answer =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'started'; rows: number }
  | { kind: 'painted'; width: number; height: number; pixels: Uint8ClampedArray<ArrayBuffer> }
  | { kind: 'failed'; code: ErrorCode; detail: string };
