import { within } from '../dom.js';
import type { AppStore } from '../state.js';
import { textIn } from '../text/text.js';
import type { BeforeAfter } from './before-after.js';
import './before-after.js';
import './stage.css';

/** The photo, and over it the painting once there is one. */
export function mountStage(store: AppStore): void {
  const comparison = within<BeforeAfter>(document, 'before-after');
  const before = within<HTMLCanvasElement>(comparison, '.before');
  const after = within<HTMLCanvasElement>(comparison, '.after');

  store.watch(
    (state) => [state.photo],
    (photo) => {
      if (photo) {
        const { width, height } = photo.preview;
        comparison.style.setProperty('--ratio', String(width / height));
        before.width = width;
        before.height = height;
        before.getContext('2d')?.putImageData(photo.preview, 0, 0);
      }
    },
  );
  store.watch(
    (state) => [state.result],
    (result) => {
      after.hidden = result === undefined;
      comparison.enabled = result !== undefined;
      comparison.split = 0;
      if (result) {
        after.width = result.bitmap.width;
        after.height = result.bitmap.height;
        after.getContext('2d')?.drawImage(result.bitmap, 0, 0);
      }
    },
  );
  store.watch(
    (state) => [state.result, state.strengthHeld ?? state.settings.strength],
    (result, strength) => {
      // While a finger is on the slider a cross-fade stands in for the painting to come.
      const painted = result?.settings.strength ?? 1;
      after.style.opacity = strength < painted ? String(strength / painted) : '';
    },
  );
  store.watch(
    (state) => [state.language],
    (language) => {
      const text = textIn(language);
      comparison.describe = text.compareValue;
      comparison.label = text.compare;
    },
  );
}
