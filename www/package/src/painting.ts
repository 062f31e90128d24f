import { BrushworkError } from './error.js';
import { fileOf, newContext } from './internal/canvas.js';

/** A finished painting. It belongs to you: no painter is needed to use it. */
export class Painting {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  readonly #pixels: ImageData;
  readonly #quality: number;

  /** @internal */
  constructor(pixels: ImageData, quality: number) {
    this.width = pixels.width;
    this.height = pixels.height;
    this.#pixels = pixels;
    this.#quality = quality;
  }

  /**
   * The painting as a file.
   *
   * @param type `image/jpeg` (the default), `image/png` or `image/webp`. A browser that cannot write
   *   that type gives a PNG, as canvases do (Safari and WebP): look at the blob's own `type`.
   * @param quality 0 to 1, for JPEG and WebP. Default: what the painting's options said, or 0.92.
   * @throws {BrushworkError} `no-memory`
   */
  async toBlob(type = 'image/jpeg', quality = this.#quality): Promise<Blob> {
    const context = newContext(this.width, this.height);
    context.putImageData(this.#pixels, 0, 0);
    return fileOf(context, type, quality);
  }

  /** The painting's pixels, as a copy that is yours to change. */
  toImageData(): ImageData {
    return new ImageData(this.#pixels.data.slice(), this.width, this.height);
  }

  /**
   * The painting as a bitmap, the quickest thing to draw. Call `close()` on it when done.
   *
   * @throws {BrushworkError} `no-memory`
   */
  async toImageBitmap(): Promise<ImageBitmap> {
    try {
      return await createImageBitmap(this.#pixels);
    } catch (error) {
      throw new BrushworkError('no-memory', undefined, error);
    }
  }
}
