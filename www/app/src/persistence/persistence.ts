import { byId } from '../dom.js';
import { forgetPaintings, paint, stop } from '../painting/paint.js';
import { wayToLess } from '../painting/smaller.js';
import { killedWhile, type Unfinished } from '../painting/unfinished.js';
import { cancelOpening, latestChoice, type OpenPhoto, openPhoto } from '../photo/open.js';
import { type AppStore, PREVIEW_SIDE, reset } from '../state.js';
import { forgetStored, readStored, remember } from '../stored.js';
import { forgetKept, type Kept, keepManner, keepPhoto, readKept } from './kept.js';

/** Remembered while there is a photo that could not be opened. */
const UNOPENED = 'unopened';

/** Remembered while a photo is kept: what is in the database comes too late for the first view. */
const KEPT = 'photo-kept';

/** Whether there is a photo to bring back. */
export function photoIsKept(): boolean {
  return readStored(KEPT) !== null;
}

/**
 * Keeps the photo and the settings on the device, and brings them back. One button forgets them.
 *
 * @returns when all of it is back that can be
 */
export async function mountPersistence(store: AppStore): Promise<void> {
  /** The photo and the crop that are kept by now. */
  let there: Pick<OpenPhoto, 'file' | 'crop'> | undefined;
  byId('forget').addEventListener('click', async () => {
    cancelOpening();
    store.set({ opening: false });
    stop(store);
    const choice = latestChoice();
    there = undefined;
    await forgetKept();
    // Only now: who sees the first view again can rely on it. A photo chosen meanwhile stays.
    if (choice === latestChoice()) {
      forgetPaintings();
      reset(store);
    }
  });
  store.watch(
    (state) => [state.photo, state.unopened],
    (photo, unopened) => {
      byId('forget').hidden = (photo ?? unopened) === undefined;
    },
  );
  const choice = latestChoice();
  const kept = await readKept();
  there = kept.photo;
  store.watch(
    (state) => [state.photo?.file, state.photo?.crop],
    (file, crop) => {
      const { photo } = store.state;
      if (photo && file && !(file === there?.file && crop === there?.crop)) {
        there = { file, crop };
        keepPhoto(photo);
      }
    },
  );
  const killed = await killedWhile();
  // What the person did in the meantime goes before what was kept.
  if (choice === latestChoice()) {
    await restore(store, kept, killed);
  }
  store.watch(
    (state) => [(state.photo ?? state.unopened) === undefined],
    (none) => (none ? forgetStored(KEPT) : remember(KEPT, '')),
  );
  store.watch(
    (state) => [state.unopened === undefined],
    (none) => (none ? forgetStored(UNOPENED) : remember(UNOPENED, '')),
  );
  store.watch(
    (state) => [state.result !== undefined],
    (painted) => {
      // Now there is something to lose: browsers that ask the person for it ask at a good moment.
      if (painted) {
        askToPersist().catch(() => {});
      }
    },
  );
  store.watch(
    (state) => [state.settings, state.previewSide],
    (settings, previewSide) => keepManner({ settings, previewSide }),
  );
}

async function askToPersist(): Promise<void> {
  (await navigator.storage.persisted()) || (await navigator.storage.persist());
}

async function restore(store: AppStore, kept: Kept, killed: Unfinished | undefined): Promise<void> {
  const wanted = kept.opening ?? kept.photo;
  if (wanted === undefined) {
    return;
  }
  // Those kept by an older version may lack some.
  store.set({ settings: { ...store.state.settings, ...kept.settings } });
  const before = readStored(UNOPENED) !== null;
  if (before || killed === 'opening') {
    const photo = before && killed === 'opening' ? undefined : kept.photo;
    return offer(store, wanted, photo === wanted ? undefined : photo, kept);
  }
  let opened = false;
  if (kept.opening) {
    const opening = openPhoto(store, kept.opening);
    const choice = latestChoice();
    opened = await opening;
    if (choice !== latestChoice()) {
      return;
    }
  }
  if (!opened && kept.photo) {
    opened = await openKept(store, kept.photo, kept);
  }
  if (!opened) {
    return;
  }
  if (killed === 'preview') {
    store.set({ problem: { code: 'killed', wayOut: wayToLess(store) } });
    return;
  }
  paint(store);
  if (killed === 'larger') {
    store.set({ problem: { code: 'killed-saving', wayOut: undefined } });
  }
}

/**
 * A photo whose opening killed the page is not opened again by itself, or the page would be killed for ever.
 *
 * @param before what the page's photo was, unless that is what kills it
 */
async function offer(
  store: AppStore,
  unopened: OpenPhoto,
  before: OpenPhoto | undefined,
  kept: Kept,
): Promise<void> {
  remember(UNOPENED, '');
  if (before) {
    const opening = openKept(store, before, kept);
    const choice = latestChoice();
    const opened = await opening;
    // What the person chose in the meantime goes before both.
    if (choice !== latestChoice()) {
      return;
    }
    if (opened) {
      paint(store);
    }
  }
  const problem = { code: 'killed-opening', wayOut: 'open-smaller', other: 'open-again' } as const;
  store.set({ unopened, problem });
}

function openKept(store: AppStore, photo: OpenPhoto, { previewSide }: Kept): Promise<boolean> {
  return openPhoto(store, photo, { kept: true, previewSide: previewSide ?? PREVIEW_SIDE });
}
