import type { Progress } from 'brushwork';
import { type Language, textIn } from '../text/text.js';

/** Such as `Painting 42%`. @param step the percent are a multiple of this */
export function howFar(progress: Progress, language: Language, step = 1): string {
  const words = whatIsDone(progress.stage, language);
  const fraction = countedFraction(progress);
  return fraction === undefined ? words : `${words} ${Math.floor((fraction * 100) / step) * step}%`;
}

/**
 * What the bar shows, 0 to 1. Several stages make one `Getting ready`: only its download takes long enough
 * to be counted, lest it goes from 0 to 100 three times.
 */
export function countedFraction({ stage, fraction }: Progress): number | undefined {
  return stage === 'download' || stage === 'paint' ? fraction : undefined;
}

/** For screen readers: one that speaks every percent is no help. */
export function howFarAloud(progress: Progress, language: Language): string {
  return howFar(progress, language, 25);
}

export function whatIsDone(stage: Progress['stage'], language: Language): string {
  const text = textIn(language);
  return stage === 'paint' ? text.painting : text.gettingReady;
}

/** What is said once must not be said again, nor the half of it. */
export function say(status: HTMLElement, words: string): void {
  if (!words || !status.textContent?.startsWith(words)) {
    status.textContent = words;
  }
}
