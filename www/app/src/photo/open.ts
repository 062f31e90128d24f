import type { Crop } from '../crop/geometry.js';
import { forgetPaintings, stop } from '../painting/paint.js';
import { problemOf } from '../problem/problem.js';
import type { AppStore } from '../state.js';
import { decode } from './decode.js';

export interface OpenPhoto {
  readonly file: Blob;
  /** Without the file name's extension. */
  readonly name: string;
  readonly crop?: Crop | undefined;
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
 * @returns whether it is the page's photo now
 */
export async function openPhoto(
  store: AppStore,
  { file, name, crop }: OpenPhoto,
): Promise<boolean> {
  latest += 1;
  const mine = latest;
  store.set({ opening: true });
  try {
    const { picture: preview, fullPixels } = await decode({
      file,
      crop,
      maxSide: store.state.previewSide,
    });
    // A photo chosen in the meantime wins.
    if (mine !== latest) {
      return false;
    }
    stop(store);
    forgetPaintings();
    const photo = { name, file, crop, preview, fullPixels };
    const afresh = { result: undefined, problem: undefined, past: [], future: [] };
    store.set({ photo, ...afresh, opening: false });
    return true;
  } catch (error) {
    const problem = problemOf(error, 'choose');
    const heic = problem.code === 'not-a-picture' && (await isHeic(file));
    if (mine === latest) {
      store.set({ problem: heic ? { ...problem, code: 'heic' } : problem, opening: false });
    }
    return false;
  }
}

/** Whether it is written as iPhones keep their photos, which few browsers read. */
async function isHeic(file: Blob): Promise<boolean> {
  const brand = await file.slice(4, 12).text();
  return /^ftyp(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand);
}
