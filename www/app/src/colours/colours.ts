import { byId } from '../dom.js';
import { change } from '../history/history.js';
import type { AppStore } from '../state.js';
import './colours.css';

/** Whether the painting keeps the photo's colours. */
export function mountColours(store: AppStore): void {
  const box = byId<HTMLInputElement>('keep-colours');
  box.addEventListener('change', () => {
    const { settings } = store.state;
    change(store, { settings: { ...settings, keepColours: box.checked } });
  });
  store.watch(
    (state) => [state.settings],
    ({ keepColours, style }) => {
      box.checked = keepColours;
      box.disabled = style === undefined;
    },
  );
}
