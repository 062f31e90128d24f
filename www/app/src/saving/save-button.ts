import { byId } from '../dom.js';
import { onDemand } from '../on-demand.js';
import type { AppStore } from '../state.js';

/** The button that opens the sheet that saves, once there is something to save. */
export function mountSaveButton(store: AppStore): void {
  const button = byId<HTMLButtonElement>('save');
  const sheet = onDemand(store, async () => (await import('./saving.js')).mountSaving(store));
  button.addEventListener('click', sheet.open);
  store.watch(
    (state) => [state.result],
    (result) => {
      button.disabled = result === undefined;
      if (result) {
        sheet.ahead();
      }
    },
  );
}
