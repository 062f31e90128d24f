// What is kept on the device from one visit to the next: the photo, the photo that is being opened, and how
// it is painted. Storage may be full, switched off or wiped; the page works without it.
import { clear, createStore, getMany, set, update } from 'idb-keyval';
import type { OpenPhoto } from '../photo/open.js';
import type { Settings } from '../state.js';
import { forgetStored, readStored, remember } from '../stored.js';

/** A photo as it is kept. Its plain bytes, since WebKit loses a blob that is kept more than once. */
interface KeptPhoto extends Omit<OpenPhoto, 'file'> {
  readonly bytes: ArrayBuffer;
  readonly type: string;
  /** Whose it is while it is being opened: each tab may be opening one. */
  readonly number?: number;
}

/** All of it may lack, and older versions have kept less. */
export interface Kept {
  readonly photo: OpenPhoto | undefined;
  /** A photo that was still being opened when the page was left, or killed. */
  readonly opening: OpenPhoto | undefined;
  readonly settings: Partial<Settings> | undefined;
  readonly previewSide: number | undefined;
}

/** How photos are painted. */
type Manner = Pick<Kept, 'settings' | 'previewSide'>;

/** Where that is remembered: at once, for the page may be left the next moment. */
const MANNER = 'manner';

/** Whoever has to wait for storage waits no longer than this, in milliseconds. */
const PATIENCE = 5000;

const database = createStore('brushwork', 'work');
let last: Promise<unknown> = Promise.resolve();

export async function readKept(): Promise<Kept> {
  const names = ['photo', 'opening'];
  const kept = await patiently(inTurn(() => getMany<KeptPhoto | undefined>(names, database)));
  const [photo, opening] = kept ?? [];
  const { settings, previewSide } = readManner();
  return { photo: fileOf(photo), opening: fileOf(opening), settings, previewSide };
}

/**
 * Keeps a photo before it is opened.
 *
 * @returns to be called when it is the page's photo and is kept as such, or is none
 */
export async function keepOpening(photo: OpenPhoto): Promise<() => void> {
  const number = Math.random();
  await patiently(
    inTurn(async () => set('opening', { ...(await bytesOf(photo)), number }, database)),
  );
  const withoutMine = (kept: KeptPhoto | undefined) => (kept?.number === number ? undefined : kept);
  return () => void inTurn(() => update<KeptPhoto | undefined>('opening', withoutMine, database));
}

export function keepPhoto(photo: OpenPhoto): void {
  inTurn(async () => set('photo', await bytesOf(photo), database));
}

export function keepManner(manner: Manner): void {
  remember(MANNER, JSON.stringify(manner));
}

function readManner(): Partial<Manner> {
  try {
    return JSON.parse(readStored(MANNER) ?? '{}');
  } catch {
    return {};
  }
}

/** Forgets all of it. */
export async function forgetKept(): Promise<void> {
  forgetStored(MANNER);
  await patiently(inTurn(() => clear(database)));
}

/** One thing after another; what fails is as if it had not been asked for. */
function inTurn<T>(work: () => Promise<T>): Promise<T | undefined> {
  const mine = last.then(work).catch(() => undefined);
  last = mine;
  return mine;
}

function patiently<T>(work: Promise<T>): Promise<T | undefined> {
  return Promise.race([work, new Promise<undefined>((passed) => setTimeout(passed, PATIENCE))]);
}

async function bytesOf({ file, name, crop }: OpenPhoto): Promise<KeptPhoto> {
  return { bytes: await file.arrayBuffer(), type: file.type, name, crop };
}

function fileOf(kept: KeptPhoto | undefined): OpenPhoto | undefined {
  if (kept?.bytes === undefined) {
    return undefined;
  }
  const { bytes, type, name, crop } = kept;
  return { file: new Blob([bytes], { type }), name, crop };
}
