import { clear, getMany, createStore as openDatabase, set } from 'idb-keyval';
import { byId } from '../dom.js';
import { forgetPaintings, paint, stop } from '../painting/paint.js';
import { killedWhile, markFinished } from '../painting/unfinished.js';
import { cancelOpening, latestChoice, type OpenPhoto, openPhoto } from '../photo/open.js';
import { type AppStore, reset, type Settings } from '../state.js';

const database = openDatabase('brushwork', 'work');

/** A photo as it is kept. Its plain bytes, since WebKit loses a blob that is kept more than once. */
interface KeptPhoto extends Omit<OpenPhoto, 'file'> {
  readonly bytes: ArrayBuffer;
  readonly type: string;
}

/** Keeps the photo and the settings on the device, and brings them back. One button forgets them. */
export async function mountPersistence(store: AppStore): Promise<void> {
  byId('forget').addEventListener('click', async () => {
    cancelOpening();
    stop(store);
    const choice = latestChoice();
    await quietly(() => clear(database));
    // Only now: who sees the first view again can rely on it. A photo chosen meanwhile stays.
    if (choice === latestChoice()) {
      forgetPaintings();
      reset(store);
    }
  });
  await restore(store);
  const restored = store.state.photo;
  store.watch(
    (state) => [state.photo],
    (photo) => {
      byId('forget').hidden = photo === undefined;
      if (photo && photo !== restored) {
        quietly(() => keepPhoto(photo));
      }
    },
  );
  store.watch(
    (state) => [state.result !== undefined],
    (painted) => {
      // Now there is something to lose: browsers that ask the person for it ask at a good moment.
      if (painted) {
        quietly(async () => (await navigator.storage.persisted()) || navigator.storage.persist());
      }
    },
  );
  store.watch(
    (state) => [state.settings],
    (settings) => quietly(() => set('settings', settings, database)),
  );
}

async function keepPhoto({ file, name, crop }: OpenPhoto): Promise<void> {
  const choice = latestChoice();
  const bytes = await file.arrayBuffer();
  if (choice === latestChoice()) {
    await set('photo', { bytes, type: file.type, name, crop } satisfies KeptPhoto, database);
  }
}

async function restore(store: AppStore): Promise<void> {
  const choice = latestChoice();
  const kept = await quietly(() => getMany<unknown>(['photo', 'settings'], database));
  const [photo, settings] = (kept ?? []) as [KeptPhoto?, Settings?];
  // What the person did in the meantime goes before what was kept.
  if (photo?.bytes === undefined || choice !== latestChoice()) {
    return;
  }
  const { bytes, type, name, crop } = photo;
  const killed = killedWhile();
  markFinished();
  if (!(await openPhoto(store, { file: new Blob([bytes], { type }), name, crop }))) {
    return;
  }
  if (settings) {
    // Those kept by an older version may lack some.
    store.set({ settings: { ...store.state.settings, ...settings } });
  }
  if (killed === 'preview') {
    store.set({ problem: { code: 'killed', wayOut: 'smaller' } });
    return;
  }
  paint(store);
  if (killed === 'larger') {
    store.set({ problem: { code: 'killed-saving', wayOut: undefined } });
  }
}

/** Storage may be full, switched off or wiped; the page works without it. */
async function quietly<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
