import type { Style } from './styles.js';

/** A photo, as any of the things a page may hold it in. A string is a URL. */
export type Photo =
  | Blob
  | File
  | ImageBitmap
  | ImageData
  | HTMLImageElement
  | HTMLCanvasElement
  | HTMLVideoElement
  | OffscreenCanvas
  | VideoFrame
  | URL
  | string;

/** A style's id, or a blend: ids with their parts, which need not add up to 1. */
export type StyleChoice = string | Readonly<Record<string, number>>;

/**
 * How broad the strokes are, from 1 to 4: 1024 pixels divided by the long side of the draft that is
 * painted first. `fine`, `medium` and `broad` are drafts of 768, 512 and 256 pixels.
 */
export type Stroke = 'fine' | 'medium' | 'broad' | number;

/** An area in pixels of the upright photo. */
export interface Rectangle {
  /** From the photo's left edge. */
  readonly x: number;
  /** From the photo's upper edge. */
  readonly y: number;
  /** How far it reaches to the right. */
  readonly width: number;
  /** How far it reaches down. */
  readonly height: number;
}

/** A frame in pixels: a width, a height, or both. The side left out does not limit the picture. */
export interface Frame {
  /** The most pixels from left to right. */
  readonly width?: number | undefined;
  /** The most pixels from top to bottom. */
  readonly height?: number | undefined;
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
  /** About how many seconds this stage has still to go. Absent while it is too early to tell. */
  readonly secondsLeft?: number;
}

/** What can be watched and stopped. */
export interface JobOptions {
  /** Called as the work goes on. Default: nobody is told. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Stops at once, whatever is going on; the promise then rejects with the signal's reason.
   * Default: it goes on to the end.
   */
  signal?: AbortSignal | undefined;
}

/** Options of {@link Painter.load}. */
export interface LoadOptions extends JobOptions {
  /**
   * The folder that holds this package's `worker.js`, `brushwork_bg.wasm` (in three builds) and
   * the model (`draft.onnx`, `revise.onnx`, `styles.bin`); it may be on another origin that allows it
   * by CORS.
   * Default: beside the package's own module, where most bundlers find and place them.
   */
  assets?: URL | string | undefined;
  /**
   * An ONNX style model of your own: its URL or its bytes. It takes an image `[1, 3, H, W]`, or
   * `[1, H, W, 3]` as TensorFlow has it, of a free or a fixed size. Default: the one that ships.
   */
  model?: URL | string | Blob | ArrayBuffer | Uint8Array | undefined;
  /**
   * The number that your own model calls white: 255 if it was trained on pixels of 0 to 255, else 1.
   * Default: found out by a try.
   */
  white?: 1 | 255 | undefined;
  /**
   * Names for the rows of your own model, in their order. Default: `style-1`, `style-2`, ...; to
   * count them, `load` then fetches engine and model right away.
   */
  styles?: readonly Style[] | undefined;
  /**
   * How many workers paint a photo together, a strip each, 1 to 4. The painting is the same.
   * Default: as many as the device has cores, within that range. For small pictures 1 is enough.
   */
  workers?: number | undefined;
}

/** Options of {@link Painter.paint}. */
export interface PaintOptions extends JobOptions {
  /** The style to paint in, or a blend of several. Default: the first of `painter.styles`. */
  style?: StyleChoice | undefined;
  /** From 0, the photo itself, to 1, the style in full. Default: 1. */
  strength?: number | undefined;
  /** Keeps the photo's own colours, and takes only the brushwork from the style. Default: false. */
  keepColours?: boolean | undefined;
  /**
   * How broad the strokes are in relation to the picture, whatever its size in pixels.
   * Default: `medium`.
   */
  stroke?: Stroke | undefined;
  /** Paints this area only; what lies outside the photo is cut off. Default: the whole photo. */
  crop?: Rectangle | undefined;
  /**
   * The painting's size: it fills this frame as far as its shape allows. It may be larger than the
   * photo. Default: the photo's own size, or that of its crop.
   */
  size?: Frame | undefined;
  /** Makes the picture smaller, keeping its shape, until it has at most this many pixels. Default: no limit. */
  maxPixels?: number | undefined;
  /** 0 to 1: what `painting.toBlob` takes for JPEG and WebP unless it is told. Default: 0.92. */
  quality?: number | undefined;
}
