import type { Painting, Progress } from 'brushwork';
import type { Crop } from './crop/geometry.js';
import type { OpenPhoto } from './photo/open.js';
import type { Problem } from './problem/problem.js';
import { Store } from './store.js';
import { type Language, preferredLanguage } from './text/text.js';

/** A photo that the browser could read. */
export interface Photo {
  readonly name: string;
  readonly file: Blob;
  readonly crop: Crop | undefined;
  /**
   * The photo upright, cropped and small enough to be painted quickly: what the page shows and paints.
   * Not a bitmap: WebKit now and then loses one that came from a worker, and draws nothing.
   */
  readonly preview: ImageData;
  /** How many pixels the photo has in the file, inside the crop. */
  readonly fullPixels: number;
}

/** What the person chose for the painting. */
export interface Settings {
  readonly style: string | undefined;
  /** 0 to 1. */
  readonly strength: number;
  readonly stroke: 'fine' | 'medium' | 'broad';
  /** Whether the painting keeps the photo's colours. */
  readonly keepColours: boolean;
  /** A style mixed into the first. */
  readonly second: string | undefined;
  /** The second style's share, 0 to 1. */
  readonly share: number;
}

/** What undo and redo go back and forth between. */
export interface Work {
  readonly photo: Photo;
  readonly settings: Settings;
}

/** A painting, and what it was made of. */
export interface Result extends Work {
  readonly painting: Painting;
}

export interface State {
  readonly language: Language;
  /** How much of what works offline is on the device, 0 to 1; ready when all of it is. */
  readonly offline: number | 'ready' | undefined;
  /** Whether a new version of the page waits. */
  readonly update: boolean;
  /** Whether a photo is being opened. */
  readonly opening: boolean;
  /** A photo that could not be opened, and may be in another way: it is kept until then. */
  readonly unopened: OpenPhoto | undefined;
  readonly photo: Photo | undefined;
  readonly settings: Settings;
  readonly past: readonly Work[];
  readonly future: readonly Work[];
  /** The strength under the finger, while it is on the slider. */
  readonly strengthHeld: number | undefined;
  /** The preview's long side at most, in pixels. */
  readonly previewSide: number;
  /** How far the painting under way has come. */
  readonly progress: Progress | undefined;
  readonly result: Result | undefined;
  /** What the result would be at full strength, once that is painted. */
  readonly fullStrength: Result | undefined;
  readonly problem: Problem | undefined;
}

export type AppStore = Store<State>;

/** Enough for a screen, and painted in seconds. */
export const PREVIEW_SIDE = 1024;

const empty: Omit<State, 'language' | 'offline' | 'update'> = {
  opening: false,
  unopened: undefined,
  photo: undefined,
  settings: {
    style: undefined,
    strength: 1,
    stroke: 'medium',
    keepColours: false,
    second: undefined,
    share: 0.5,
  },
  past: [],
  future: [],
  strengthHeld: undefined,
  previewSide: PREVIEW_SIDE,
  progress: undefined,
  result: undefined,
  fullStrength: undefined,
  problem: undefined,
};

export function createStore(): AppStore {
  const language = preferredLanguage();
  return new Store<State>({ language, offline: undefined, update: false, ...empty });
}

/** Back to the first view, in the same language. */
export function reset(store: AppStore): void {
  store.set(empty);
}
