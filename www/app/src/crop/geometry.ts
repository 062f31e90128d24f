// Where a crop lies in its picture. All lengths are in widths of the upright picture, so that the same
// crop fits the preview and the photo itself.

/** A frame that is turned, mirrored and moved over the picture. */
export interface Crop {
  /** From the picture to the frame: only turned, mirrored and moved, as `[a, b, c, d, e, f]` of CSS. */
  readonly matrix: Matrix;
  readonly width: number;
  readonly height: number;
}

export type Matrix = readonly [number, number, number, number, number, number];

export interface Point {
  readonly x: number;
  readonly y: number;
}

const QUARTER = Math.PI / 2;

/** Under this share of the picture's width a frame is too small to be meant. */
const LEAST = 0.02;

/** The frame that holds the whole picture. @param height of the picture */
export function whole(height: number): Crop {
  return { matrix: [1, 0, 0, 1, 0, 0], width: 1, height };
}

/** The picture and the frame on it, turned by a quarter, clockwise. */
export function turned({ matrix, width, height }: Crop): Crop {
  // The frame's own turn: what was its left lower corner becomes its left upper one.
  const turn: Matrix = [0, 1, -1, 0, height, 0];
  return { matrix: after(turn, matrix), width: height, height: width };
}

/** The picture and the frame on it, left and right exchanged. */
export function mirrored({ matrix, width, height }: Crop): Crop {
  return { matrix: after([-1, 0, 0, 1, width, 0], matrix), width, height };
}

/** By how many degrees, 45 at most, the picture is turned away from the nearest quarter turn. */
export function tilt({ matrix: [a, b] }: Crop): number {
  const quarters = Math.atan2(b, a) / QUARTER;
  return (quarters - Math.round(quarters)) * 90;
}

/** The picture turned back by its tilt under the frame, which may then hold more than picture. */
export function upright(crop: Crop): Crop {
  return rotated(crop, -tilt(crop));
}

/** The picture turned under the frame, which shrinks until it holds nothing but picture. */
export function straightened(crop: Crop, degrees: number, pictureHeight: number): Crop {
  return fitted(rotated(crop, degrees), pictureHeight);
}

function rotated(crop: Crop, degrees: number): Crop {
  const angle = (degrees / 90) * QUARTER;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const { x, y } = { x: crop.width / 2, y: crop.height / 2 };
  const turn: Matrix = [cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y];
  return { ...crop, matrix: after(turn, crop.matrix) };
}

/** The largest frame of this shape around the picture's middle, turned and mirrored as it is now. */
export function shaped(crop: Crop, ratio: number, pictureHeight: number): Crop {
  const size = Math.max(1, pictureHeight) * 2;
  const [width, height] = ratio > 1 ? [size, size / ratio] : [size * ratio, size];
  const [a, b, c, d] = crop.matrix;
  const middle = { x: 0.5, y: pictureHeight / 2 };
  const e = width / 2 - (a * middle.x + c * middle.y);
  const f = height / 2 - (b * middle.x + d * middle.y);
  return fitted({ matrix: [a, b, c, d, e, f], width, height }, pictureHeight);
}

/** The frame moved over the picture, and made larger or smaller around its middle. */
export function moved(crop: Crop, by: Point, factor: number, pictureHeight: number): Crop {
  const [a, b, c, d, e, f] = crop.matrix;
  const [width, height] = [crop.width * factor, crop.height * factor];
  const shift = { x: (width - crop.width) / 2 - by.x, y: (height - crop.height) / 2 - by.y };
  const matrix: Matrix = [a, b, c, d, e + shift.x, f + shift.y];
  return fitted({ matrix, width, height }, pictureHeight);
}

/** The crop with its frame's middle on the picture, and shrunk around it until all of it is. */
export function fitted(crop: Crop, pictureHeight: number): Crop {
  const centred = onPicture(crop, pictureHeight);
  const { matrix, width, height } = centred;
  const back = inverse(matrix);
  const middle = apply(back, { x: width / 2, y: height / 2 });
  let shrink = 1;
  for (const corner of corners(centred)) {
    const point = apply(back, corner);
    shrink = Math.max(
      shrink,
      reach(point.x - middle.x, middle.x, 1 - middle.x),
      reach(point.y - middle.y, middle.y, pictureHeight - middle.y),
    );
  }
  const [a, b, c, d, e, f] = matrix;
  const size = { width: width / shrink, height: height / shrink };
  const shift = { x: (width - size.width) / 2, y: (height - size.height) / 2 };
  return { matrix: [a, b, c, d, e - shift.x, f - shift.y], ...size };
}

/** How many times too far a step goes, with so much room before and behind. */
function reach(step: number, before: number, behind: number): number {
  const room = step < 0 ? before : behind;
  return Math.abs(step) < 1e-9 ? 0 : Math.abs(step) / Math.max(room, LEAST);
}

/** Brings the frame's middle back onto the picture, a little way in from its edges. */
function onPicture(crop: Crop, pictureHeight: number): Crop {
  const { matrix, width, height } = crop;
  const middle = apply(inverse(matrix), { x: width / 2, y: height / 2 });
  const edge = Math.min(1, pictureHeight) * LEAST;
  const x = Math.min(1 - edge, Math.max(edge, middle.x));
  const y = Math.min(pictureHeight - edge, Math.max(edge, middle.y));
  const [a, b, c, d, e, f] = matrix;
  const [dx, dy] = [x - middle.x, y - middle.y];
  return { width, height, matrix: [a, b, c, d, e - (a * dx + c * dy), f - (b * dx + d * dy)] };
}

function corners({ width, height }: Crop): Point[] {
  return [
    { x: 0, y: 0 },
    { x: width, y: 0 },
    { x: 0, y: height },
    { x: width, y: height },
  ];
}

/** First `second`, then `first`, as matrices are multiplied. */
function after(first: Matrix, second: Matrix): Matrix {
  const [a, b, c, d, e, f] = first;
  const [g, h, i, j, k, l] = second;
  return [
    a * g + c * h,
    b * g + d * h,
    a * i + c * j,
    b * i + d * j,
    a * k + c * l + e,
    b * k + d * l + f,
  ];
}

/** Of a matrix that turns, mirrors and moves: its linear part is orthogonal. */
function inverse([a, b, c, d, e, f]: Matrix): Matrix {
  return [a, c, b, d, -(a * e + b * f), -(c * e + d * f)];
}

function apply([a, b, c, d, e, f]: Matrix, { x, y }: Point): Point {
  return { x: a * x + c * y + e, y: b * x + d * y + f };
}
