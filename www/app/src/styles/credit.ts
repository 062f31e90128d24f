import type { Style } from 'brushwork';
import { type Language, textIn } from '../text/text.js';

/** Who painted it, and when. */
export function creditOf({ artist, year }: Style, language: Language): string {
  const credits = [artist[language], textIn(language).year(year)].filter(Boolean);
  return credits.join(language === 'zh' ? '，' : ', ');
}
