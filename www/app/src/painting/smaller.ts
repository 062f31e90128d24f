// When memory is short, the same photo is shown and painted smaller.
import { canvasOf, letGo } from '../canvas.js';
import { drawn } from '../photo/decode-here.js';
import type { WayOut } from '../problem/problem.js';
import type { AppStore, Photo, Work } from '../state.js';

/** A preview that is no longer than this is as small as it gets. */
const LEAST_SIDE = 256;

/** What helps when there was not the memory to paint: a smaller preview, where that is to be had. */
export function wayToLess({ state: { photo } }: AppStore): WayOut {
  return photo && longSide(photo.preview) > LEAST_SIDE ? 'smaller' : 'retry';
}

/**
 * Makes previews half as wide and high, which takes a quarter of the memory: that of the photo, and those
 * that undo and redo lead to. The photo's file is not read again, for that takes more than anything else.
 */
export function shrinkPreviews(store: AppStore): void {
  const { photo, past, future, previewSide } = store.state;
  if (photo === undefined) {
    return;
  }
  const side = Math.max(LEAST_SIDE, Math.min(previewSide, longSide(photo.preview)) / 2);
  const known = new Map<Photo, Photo>();
  const smaller = (of: Photo): Photo => {
    const made = known.get(of) ?? { ...of, preview: shrunk(of.preview, side) };
    known.set(of, made);
    return made;
  };
  const all = (works: readonly Work[]) =>
    works.map((work) => ({ ...work, photo: smaller(work.photo) }));
  store.set({
    previewSide: side,
    photo: smaller(photo),
    past: all(past),
    future: all(future),
    result: undefined,
  });
}

function shrunk(picture: ImageData, side: number): ImageData {
  if (longSide(picture) <= side) {
    return picture;
  }
  const { width, height } = picture;
  const image = canvasOf(picture);
  try {
    return drawn({ image, width, height }, { maxSide: side }).picture;
  } catch {
    // Without room for a canvas it stays as it is.
    return picture;
  } finally {
    letGo(image);
  }
}

function longSide({ width, height }: ImageData): number {
  return Math.max(width, height);
}
