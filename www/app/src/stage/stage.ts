import { within } from '../dom.js';
import type { AppStore, Result } from '../state.js';
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
    },
  );
  let drawn: Result | undefined;
  const draw = (result: Result) => {
    if (result !== drawn) {
      drawn = result;
      after.width = result.painting.width;
      after.height = result.painting.height;
      after.getContext('2d')?.putImageData(result.painting.toImageData(), 0, 0);
    }
  };
  store.watch(
    // While a finger is on the slider, and until it is painted, a cross-fade stands in for the painting
    // to come.
    ({ result, fullStrength, strengthHeld, settings, progress }) => [
      result,
      fullStrength,
      strengthHeld ?? (progress && settings.strength),
    ],
    (result, fullStrength, wanted) => {
      if (result) {
        const strength = wanted ?? result.settings.strength;
        const strongEnough = strength <= result.settings.strength;
        const faded = strongEnough ? result : (fullStrength ?? result);
        const opacity = Math.min(1, strength / faded.settings.strength);
        draw(faded);
        // The filter, since the opacity changes gently when the picture is pressed.
        after.style.filter = opacity < 1 ? `opacity(${opacity})` : '';
      }
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
