import { styles } from 'brushwork';
import { byId } from '../dom.js';
import { change } from '../history/history.js';
import type { AppStore } from '../state.js';
import { textIn } from '../text/text.js';
import './blend.css';

/** A second style, and how much of it. */
export function mountBlend(store: AppStore): void {
  const chooser = byId<HTMLSelectElement>('second');
  const mix = byId('mix');
  const slider = byId<HTMLInputElement>('share-of-second');
  const value = byId<HTMLOutputElement>('share-value');
  const showShare = () => {
    value.textContent = `${slider.value}%`;
    slider.style.setProperty('--filled', `${slider.value}%`);
  };
  const none = new Option('', '');
  const options = styles.map(({ id }) => new Option('', id));
  chooser.append(none, ...options);

  chooser.addEventListener('change', () => {
    const { settings } = store.state;
    change(store, { settings: { ...settings, second: chooser.value || undefined } });
  });
  slider.addEventListener('input', showShare);
  slider.addEventListener('change', () => {
    const { settings } = store.state;
    change(store, { settings: { ...settings, share: slider.valueAsNumber / 100 } });
  });
  store.watch(
    (state) => [state.settings, state.language],
    ({ style, second, share }, language) => {
      const text = textIn(language);
      none.textContent = text.mixWithNothing;
      options.forEach((option, index) => {
        option.textContent = text.mixWithStyle(styles[index]?.name[language] ?? '');
        // A style mixed with itself is no mixture.
        option.hidden = option.value === style;
      });
      chooser.value = second ?? '';
      chooser.disabled = style === undefined;
      mix.hidden = second === undefined;
      slider.value = String(Math.round(share * 100));
      showShare();
    },
  );
}
