/** A finished painting. It belongs to you: no painter is needed to use it. */
export class Painting {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  readonly #pixels: ImageData;

  /** @internal */
  constructor(pixels: ImageData) {
    this.width = pixels.width;
    this.height = pixels.height;
    this.#pixels = pixels;
  }

  /**
   * The painting as a file.
   *
   * @param type `image/jpeg` (the default), `image/png` or `image/webp`. A browser that cannot write
   *   that type gives a PNG, as canvases do (Safari and WebP): look at the blob's own `type`.
   * @param quality 0 to 1, for JPEG and WebP. Default: 0.92.
   */
  async toBlob(type = 'image/jpeg', quality = 0.92): Promise<Blob> {
    const canvas = new OffscreenCanvas(this.width, this.height);
    canvas.getContext('2d')?.putImageData(this.#pixels, 0, 0);
    return canvas.convertToBlob({ type, quality });
  }

  /** The painting's pixels, as a copy that is yours to change. */
  toImageData(): ImageData {
    return new ImageData(this.#pixels.data.slice(), this.width, this.height);
  }

  /** The painting as a bitmap, the quickest thing to draw. Call `close()` on it when done. */
  toImageBitmap(): Promise<ImageBitmap> {
    return createImageBitmap(this.#pixels);
  }
}
