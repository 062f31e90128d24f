import { byId, within } from '../dom.js';
import { focusStyles } from '../focus.js';
import { backToShown } from '../history/history.js';
import type { AppStore } from '../state.js';
import { textIn } from '../text/text.js';
import { countedFraction, howFar, howFarAloud, say, whatIsDone } from './how-far.js';
import { stop } from './paint.js';
import './progress.css';

/** The bar over the picture, with the button that stops, and what a screen reader is told. */
export function mountProgress(store: AppStore): void {
  const box = byId('progress');
  const bar = within<HTMLProgressElement>(box, 'progress');
  const caption = within(box, '.progress-text');
  const status = byId('status');
  const stopButton = byId('stop');
  stopButton.addEventListener('click', () => {
    stop(store);
    // The style that was given up, unless another one is shown.
    focusStyles();
    backToShown(store);
    focusStyles();
    status.textContent = textIn(store.state.language).stopped;
  });
  store.watch(
    (state) => [state.progress, state.language],
    (progress, language) => {
      const focused = document.activeElement === stopButton;
      box.hidden = progress === undefined;
      if (focused && box.hidden) {
        focusStyles();
      }
      if (progress === undefined) {
        return;
      }
      caption.textContent = howFar(progress, language);
      bar.value = countedFraction(progress) ?? 0;
      bar.setAttribute('aria-label', whatIsDone(progress.stage, language));
      say(status, howFarAloud(progress, language));
    },
  );
  store.watch(
    (state) => [state.result],
    (result) => {
      if (result) {
        status.textContent = textIn(store.state.language).painted;
      }
    },
  );
}
