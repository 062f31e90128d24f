import { byId } from '../dom.js';
import { change } from '../history/history.js';
import type { AppStore } from '../state.js';
import './strength.css';

/** The strength slider: the value follows the finger, and the painting its release. */
export function mountStrength(store: AppStore): void {
  const slider = byId<HTMLInputElement>('strength');
  const value = byId<HTMLOutputElement>('strength-value');
  slider.addEventListener('input', () => {
    const strength = slider.valueAsNumber / 100;
    // When it is let go where it was, browsers tell of no change.
    const moved = strength !== store.state.settings.strength;
    store.set({ strengthHeld: moved ? strength : undefined });
  });
  slider.addEventListener('change', () => {
    const { settings } = store.state;
    change(store, { settings: { ...settings, strength: slider.valueAsNumber / 100 } });
    store.set({ strengthHeld: undefined });
  });
  store.watch(
    (state) => [state.settings.style === undefined],
    (unpainted) => {
      slider.disabled = unpainted;
    },
  );
  store.watch(
    (state) => [state.strengthHeld ?? state.settings.strength],
    (strength) => {
      slider.value = String(Math.round(strength * 100));
      value.textContent = `${slider.value}%`;
      slider.style.setProperty('--filled', `${slider.value}%`);
    },
  );
}
