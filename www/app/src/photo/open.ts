import type { Crop } from '../crop/geometry.js';
import { forgetPaintings, stop } from '../painting/paint.js';
import { keepOpening } from '../persistence/kept.js';
import { type Problem, problemOf } from '../problem/problem.js';
import { type AppStore, PREVIEW_SIDE } from '../state.js';
import { readPreview } from './decode.js';

export interface OpenPhoto {
  readonly file: Blob;
  /** Without the file name's extension. */
  readonly name: string;
  readonly crop?: Crop | undefined;
}

interface Manner {
  /** The preview's long side at most, in pixels. */
  readonly previewSide?: number;
  /** Whether it lies among the things kept already, as the page's photo. */
  readonly kept?: boolean;
}

let latest = 0;

/** A number that changes whenever a photo is chosen, or none is wanted any more. */
export function latestChoice(): number {
  return latest;
}

/** Whatever photo is being opened, it comes too late. */
export function cancelOpening(): void {
  latest += 1;
}

/**
 * Makes a file the page's photo; where it is none, says so and keeps what was there.
 *
 * @param choice the photo, or what becomes it once it has arrived
 * @returns whether it is the page's photo now
 */
export async function openPhoto(
  store: AppStore,
  choice: OpenPhoto | Promise<OpenPhoto>,
  { previewSide = PREVIEW_SIDE, kept = false }: Manner = {},
): Promise<boolean> {
  latest += 1;
  const mine = latest;
  store.set({ opening: true });
  let photo: OpenPhoto | undefined;
  let forgetOpening: (() => void) | undefined;
  try {
    photo = await choice;
    // To read a large photo may be what kills the page: it is safe before that.
    if (mine === latest && !kept) {
      forgetOpening = await keepOpening(photo);
    }
    // A photo chosen in the meantime wins.
    if (mine !== latest) {
      return false;
    }
    const { picture: preview, fullPixels } = await readPreview(photo, previewSide);
    if (mine !== latest) {
      return false;
    }
    stop(store);
    forgetPaintings();
    const afresh = { result: undefined, problem: undefined, past: [], future: [] };
    const { file, name, crop } = photo;
    store.set({
      ...afresh,
      photo: { file, name, crop, preview, fullPixels },
      previewSide,
      opening: false,
      unopened: undefined,
    });
    return true;
  } catch (error) {
    const problem = await problemWith(photo, error);
    if (mine === latest) {
      notOpened(store, photo, problem);
    }
    return false;
  } finally {
    if (store.state.unopened !== photo) {
      forgetOpening?.();
    }
  }
}

/** What can be tried once more stays, be it this photo or one from before. */
function notOpened(store: AppStore, photo: OpenPhoto | undefined, problem: Problem): void {
  const before = store.state.unopened;
  const unopened = problem.wayOut === 'open-smaller' ? photo : before;
  store.set({ problem, opening: false, unopened });
  if (before && unopened === before) {
    keepOpening(before);
  }
}

async function problemWith(photo: OpenPhoto | undefined, error: unknown): Promise<Problem> {
  const problem = problemOf(error, 'choose');
  if (problem.code === 'not-a-picture' && photo && (await isHeic(photo.file))) {
    return { ...problem, code: 'heic' };
  }
  return problem.code === 'no-memory' ? { ...problem, wayOut: 'open-smaller' } : problem;
}

/** Whether it is written as iPhones keep their photos, which few browsers read. */
async function isHeic(file: Blob): Promise<boolean> {
  const brand = await file.slice(4, 12).text();
  return /^ftyp(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand);
}
