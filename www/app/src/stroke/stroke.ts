import { byId } from '../dom.js';
import { change } from '../history/history.js';
import type { AppStore, Settings } from '../state.js';

/** How broad the strokes are. */
export function mountStroke(store: AppStore): void {
  const chooser = byId<HTMLSelectElement>('stroke');
  chooser.addEventListener('change', () => {
    const { settings } = store.state;
    change(store, { settings: { ...settings, stroke: chooser.value as Settings['stroke'] } });
  });
  store.watch(
    (state) => [state.settings],
    ({ stroke, style }) => {
      chooser.value = stroke;
      chooser.disabled = style === undefined;
    },
  );
}
