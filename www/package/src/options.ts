import type { Style } from './styles.js';

/** A photo, as any of the things a page may hold it in. A string is a URL. */
export type Photo =
  | Blob
  | ImageBitmap
  | ImageData
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | URL
  | string;

/** A style's id, or a blend: ids with their parts, which need not add up to 1. */
export type StyleChoice = string | Readonly<Record<string, number>>;

/** How broad the strokes are: a name, or 1 (fine) to 4 times as broad. */
export type Stroke = 'fine' | 'medium' | 'broad' | number;

/** An area in pixels of the upright photo. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How far a stage has come. */
export interface Progress {
  /**
   * - `download`: engine and model are being fetched
   * - `start`: the engine is being set up
   * - `read`: the photo is being decoded
   * - `paint`: the photo is being painted
   */
  readonly stage: 'download' | 'start' | 'read' | 'paint';
  /** 0 to 1 within the stage. */
  readonly fraction: number;
}

/** Options of {@link Painter.load}. */
export interface LoadOptions {
  /**
   * The folder that holds `brushwork_bg.wasm` and `brushwork.onnx`.
   * Default: beside the package's own module, where bundlers find them.
   */
  assets?: URL | string;
  /** An ONNX style model of your own: its URL or its bytes. Default: the one that ships. */
  model?: URL | string | Blob | ArrayBuffer | Uint8Array;
  /**
   * How many workers paint a photo together, a strip each, 1 to 4. The painting is the same.
   * Default: as many as the device has cores, within that range. For small pictures 1 is enough.
   */
  workers?: number;
  /** Names for the rows of your own model, in their order. Default: `style-1`, `style-2`, ... */
  styles?: readonly Style[];
  /** Called as the files arrive and the engine starts. */
  onProgress?: (progress: Progress) => void;
  /** Stops loading; `load` then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Options of {@link Painter.paint}. */
export interface PaintOptions {
  /** The style to paint in, or a blend of several. */
  style: StyleChoice;
  /** From 0, the photo itself, to 1, the style in full. Default: 1. */
  strength?: number;
  /**
   * How broad the strokes are in relation to the picture, whatever its size in pixels.
   * Default: `fine`.
   */
  stroke?: Stroke;
  /** Paints this area only; what lies outside the photo is cut off. Default: the whole photo. */
  crop?: Rectangle;
  /** Makes the picture smaller, keeping its shape, until it has at most this many pixels. Default: no limit. */
  maxPixels?: number;
  /** Called as the work goes on. */
  onProgress?: (progress: Progress) => void;
  /** Stops at once, whatever is going on; `paint` then rejects with the signal's reason. */
  signal?: AbortSignal;
}
