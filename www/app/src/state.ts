import type { Painting, Progress } from 'brushwork';
import type { Problem } from './problem/problem.js';
import { Store } from './store.js';
import { type Language, preferredLanguage } from './text/text.js';

/** A photo that the browser could read. */
export interface Photo {
  readonly name: string;
  /** The photo upright and small enough to be painted quickly: what the page shows and paints. */
  readonly preview: ImageBitmap;
}

/** What the person chose for the painting. */
export interface Settings {
  readonly style: string | undefined;
  /** 0 to 1. */
  readonly strength: number;
}

/** A painting, and what it was made with. */
export interface Result {
  readonly painting: Painting;
  readonly bitmap: ImageBitmap;
  readonly settings: Settings;
}

export interface State {
  readonly language: Language;
  readonly photo: Photo | undefined;
  readonly settings: Settings;
  /** How far the painting under way has come. */
  readonly progress: Progress | undefined;
  readonly result: Result | undefined;
  readonly problem: Problem | undefined;
}

export type AppStore = Store<State>;

export function createStore(): AppStore {
  return new Store<State>({
    language: preferredLanguage(),
    photo: undefined,
    settings: { style: undefined, strength: 1 },
    progress: undefined,
    result: undefined,
    problem: undefined,
  });
}
