import type { Progress } from 'brushwork';
import { type Language, textIn } from '../text/text.js';

/** Such as `Painting 42%`. @param step the percent are a multiple of this */
export function howFar({ stage, fraction }: Progress, language: Language, step = 1): string {
  const percent = Math.floor((fraction * 100) / step) * step;
  return `${whatIsDone(stage, language)} ${percent}%`;
}

/** For screen readers: one that speaks every percent is no help. */
export function howFarAloud(progress: Progress, language: Language): string {
  return howFar(progress, language, 25);
}

export function whatIsDone(stage: Progress['stage'], language: Language): string {
  const text = textIn(language);
  return stage === 'paint' ? text.painting : text.gettingReady;
}

/** What is said once must not be said again. */
export function say(status: HTMLElement, words: string): void {
  if (status.textContent !== words) {
    status.textContent = words;
  }
}
