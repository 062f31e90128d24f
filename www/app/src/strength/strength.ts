import { byId } from '../dom.js';
import { paint } from '../painting/paint.js';
import type { AppStore } from '../state.js';
import './strength.css';

/** The strength slider: the settings follow the finger, and the painting its release. */
export function mountStrength(store: AppStore): void {
  const slider = byId<HTMLInputElement>('strength');
  const value = byId<HTMLOutputElement>('strength-value');
  slider.addEventListener('input', () => {
    const { settings } = store.state;
    store.set({ settings: { ...settings, strength: slider.valueAsNumber / 100 } });
  });
  slider.addEventListener('change', () => paint(store));
  store.watch(
    (state) => [state.settings.strength],
    (strength) => {
      slider.value = String(Math.round(strength * 100));
      value.textContent = `${slider.value}%`;
      slider.style.setProperty('--filled', `${slider.value}%`);
    },
  );
}
