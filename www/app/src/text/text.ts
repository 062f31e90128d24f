import { byId } from '../dom.js';
import type { ProblemCode, WayOut } from '../problem/problem.js';
import type { AppStore } from '../state.js';
import { readStored, remember } from '../stored.js';
import { en } from './en.js';
import { zh } from './zh.js';

export type Language = 'en' | 'zh';

/** Every sentence on the page, in one language. */
export interface Text {
  headline: string;
  promise: string;
  install: string;
  installHere: string;
  installHint: string;
  offlineKeeping: string;
  offlineReady: string;
  update: string;
  reload: string;
  choosePhoto: string;
  takePhoto: string;
  dropHint: string;
  dropHere: string;
  trySample: string;
  samples: Record<'astronaut' | 'chelsea' | 'coffee', string>;
  opening: string;
  opened: string;
  chooseStyle: string;
  /** When a painting was made: `1889`, `1914–1919` or `1910s`. */
  year: (year: string) => string;
  styles: string;
  strength: string;
  mixWith: string;
  mixWithNothing: string;
  mixWithStyle: (title: string) => string;
  keepColours: string;
  stroke: string;
  strokeFine: string;
  strokeMedium: string;
  strokeBroad: string;
  size: string;
  sizePreview: string;
  sizeMedium: string;
  sizeFull: string;
  sizeLargest: string;
  sizePoster: string;
  /** A number of pixels, rounded. */
  megapixels: (pixels: number) => string;
  /** What follows `Painting 40%`. */
  timeLeft: (seconds: number) => string;
  shareOfSecond: string;
  stop: string;
  anotherPhoto: string;
  crop: string;
  cropBoard: string;
  shape: string;
  free: string;
  original: string;
  straighten: string;
  turn: string;
  mirror: string;
  reset: string;
  cancel: string;
  done: string;
  undo: string;
  redo: string;
  forget: string;
  save: string;
  saveTitle: string;
  share: string;
  saveOrShare: string;
  download: string;
  copy: string;
  copied: string;
  format: string;
  jpegHint: string;
  pngHint: string;
  fileFacts: (width: number, height: number, size: string) => string;
  close: string;
  dismiss: string;
  compare: string;
  compareValue: (percent: number) => string;
  gettingReady: string;
  painting: string;
  painted: string;
  stopped: string;
  problems: Record<ProblemCode, string>;
  waysOut: Record<WayOut, string>;
}

const texts: Record<Language, Text> = { en, zh };
const tags: Record<Language, string> = { en: 'en', zh: 'zh-Hans' };
const STORED = 'language';

export function textIn(language: Language): Text {
  return texts[language];
}

/** The language chosen before, else the browser's. */
export function preferredLanguage(): Language {
  const stored = readStored(STORED);
  if (stored === 'en' || stored === 'zh') {
    return stored;
  }
  const first = navigator.languages.find((tag) => /^(en|zh)\b/i.test(tag));
  return first?.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** Fills the page's fixed texts, and makes the language button work. */
export function mountText(store: AppStore): void {
  const button = byId('language');
  const other = (language: Language): Language => (language === 'en' ? 'zh' : 'en');
  button.addEventListener('click', () => {
    const language = other(store.state.language);
    store.set({ language });
    remember(STORED, language);
  });
  store.watch(
    (state) => [state.language],
    (language) => {
      const text = textIn(language);
      document.documentElement.lang = tags[language];
      button.textContent = language === 'en' ? '中文' : 'English';
      button.lang = tags[other(language)];
      for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
        fill(element, language);
      }
      for (const element of document.querySelectorAll<HTMLElement>('[data-label]')) {
        const label = fixedText(text, element.dataset.label);
        element.setAttribute('aria-label', label);
        element.title = label;
      }
    },
  );
}

/** Fills an element with the text that it names. */
export function fill(element: HTMLElement, language: Language): void {
  element.textContent = fixedText(textIn(language), element.dataset.text);
}

function fixedText(text: Text, key: string | undefined): string {
  const value = text[key as keyof Text];
  if (typeof value !== 'string') {
    throw new Error(`there is no text ${key}`);
  }
  return value;
}
