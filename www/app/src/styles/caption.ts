import { styles } from 'brushwork';
import { byId, within } from '../dom.js';
import type { AppStore } from '../state.js';
import { textIn } from '../text/text.js';
import './caption.css';
import { creditOf } from './credit.js';

/** Whose the chosen style is, all of it: a phone's tiles are too small for that. */
export function mountCaption(store: AppStore): void {
  const caption = byId('chosen-style');
  const title = within(caption, '.title');
  const credit = within(caption, '.credit');
  store.watch(
    (state) => [state.settings.style, state.language],
    (chosen, language) => {
      const style = styles.find(({ id }) => id === chosen);
      title.textContent = style?.title[language] ?? textIn(language).chooseStyle;
      credit.textContent = style ? creditOf(style, language) : '';
    },
  );
}
