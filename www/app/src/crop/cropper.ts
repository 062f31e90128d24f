// The crop under the fingers: cropperjs shows it and takes the gestures.
import 'cropperjs';
import type { CropperCanvas, CropperImage, CropperSelection } from 'cropperjs';
import { within } from '../dom.js';
import { type Crop, fitted, type Matrix } from './geometry.js';

/** Room around the frame, in CSS pixels: for the handles, and to see what is cut off. */
const MARGIN = 28;

const TEMPLATE = `
  <cropper-canvas theme-color="#fff">
    <cropper-image aria-hidden="true" scalable translatable rotatable></cropper-image>
    <cropper-shade theme-color="rgb(12 11 9 / 62%)"></cropper-shade>
    <cropper-handle action="move" plain></cropper-handle>
    <cropper-selection precise movable resizable outlined>
      <cropper-grid aria-hidden="true" covered theme-color="rgb(255 255 255 / 45%)"></cropper-grid>
      <cropper-handle action="move" plain></cropper-handle>
      ${['n', 'e', 's', 'w', 'ne', 'nw', 'se', 'sw']
        .map(
          (side) => `<cropper-handle action="${side}-resize" theme-color="#fff"></cropper-handle>`,
        )
        .join('')}
    </cropper-selection>
  </cropper-canvas>`;

export class Cropper {
  readonly #canvas: CropperCanvas;
  readonly #image: CropperImage;
  readonly #selection: CropperSelection;
  readonly #picture: { width: number; height: number };

  private constructor(root: HTMLElement, picture: { width: number; height: number }) {
    this.#canvas = within<CropperCanvas>(root, 'cropper-canvas');
    this.#image = within<CropperImage>(root, 'cropper-image');
    this.#selection = within<CropperSelection>(root, 'cropper-selection');
    this.#picture = picture;
  }

  /**
   * @param root takes the cropper in
   * @param url of the whole picture
   * @param onChange called with the new crop when a gesture ends
   */
  static async open(
    root: HTMLElement,
    url: string,
    onChange: (crop: Crop) => void,
  ): Promise<Cropper> {
    root.innerHTML = TEMPLATE;
    const image = within<CropperImage>(root, 'cropper-image');
    image.setAttribute('src', url);
    const { naturalWidth, naturalHeight } = await image.$ready();
    const cropper = new Cropper(root, { width: naturalWidth, height: naturalHeight });
    const ended = () => {
      const crop = fitted(cropper.#read(), naturalHeight / naturalWidth);
      onChange(crop);
    };
    cropper.#canvas.addEventListener('actionend', ended);
    // A wheel turns without an end.
    let timer = 0;
    cropper.#canvas.addEventListener('wheel', () => {
      clearTimeout(timer);
      timer = window.setTimeout(ended, 200);
    });
    return cropper;
  }

  /** Shows a crop: its frame in the middle, as large as there is room, and the picture under it. */
  show({ matrix, width, height }: Crop, ratio: number | undefined): void {
    const box = this.#canvas.getBoundingClientRect();
    const scale = Math.min((box.width - 2 * MARGIN) / width, (box.height - 2 * MARGIN) / height);
    const frame = { width: width * scale, height: height * scale };
    const x = (box.width - frame.width) / 2;
    const y = (box.height - frame.height) / 2;
    // cropperjs turns and scales around the middle of the image in its own size.
    const zoom = scale / this.#picture.width;
    const [a, b, c, d] = matrix.map((value) => value * zoom) as unknown as Matrix;
    const middle = { x: this.#picture.width / 2, y: this.#picture.height / 2 };
    const e = matrix[4] * scale + x + a * middle.x + c * middle.y - middle.x;
    const f = matrix[5] * scale + y + b * middle.x + d * middle.y - middle.y;
    this.#selection.aspectRatio = Number.NaN;
    this.#selection.$change(x, y, frame.width, frame.height);
    this.#selection.aspectRatio = ratio ?? Number.NaN;
    this.#image.$setTransform(a, b, c, d, e, f);
  }

  #read(): Crop {
    const [a, b, c, d, e, f] = this.#image.$getTransform() as unknown as Matrix;
    const { x, y, width, height } = this.#selection;
    const zoom = Math.sqrt(Math.abs(a * d - b * c));
    const scale = zoom * this.#picture.width;
    const middle = { x: this.#picture.width / 2, y: this.#picture.height / 2 };
    return {
      matrix: [
        a / zoom,
        b / zoom,
        c / zoom,
        d / zoom,
        (middle.x - a * middle.x - c * middle.y + e - x) / scale,
        (middle.y - b * middle.x - d * middle.y + f - y) / scale,
      ],
      width: width / scale,
      height: height / scale,
    };
  }
}
