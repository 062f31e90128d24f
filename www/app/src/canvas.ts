/** A canvas that shows a picture. */
export function canvasOf(picture: ImageData): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
  return canvas;
}

/** Browsers let go of a canvas late, and phones have little room for them. */
export function letGo(canvas: HTMLCanvasElement | OffscreenCanvas): void {
  canvas.width = 1;
  canvas.height = 1;
}
