import { byId } from '../dom.js';
import { onDemand } from '../on-demand.js';
import type { AppStore } from '../state.js';

/** The button that opens the cropper. */
export function mountCropButton(store: AppStore): void {
  const { open } = onDemand(store, async () =>
    (await import('./cropping.js')).mountCropping(store),
  );
  byId('crop').addEventListener('click', open);
}
