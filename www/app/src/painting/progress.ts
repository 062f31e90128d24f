import { byId, within } from '../dom.js';
import type { AppStore } from '../state.js';
import { textIn } from '../text/text.js';
import { stop } from './paint.js';
import './progress.css';

/** The bar over the picture, with the button that stops, and what a screen reader is told. */
export function mountProgress(store: AppStore): void {
  const box = byId('progress');
  const bar = within<HTMLProgressElement>(box, 'progress');
  const caption = within(box, '.progress-text');
  const status = byId('status');
  byId('stop').addEventListener('click', () => {
    stop(store);
    status.textContent = textIn(store.state.language).stopped;
  });
  store.watch(
    (state) => [state.progress, state.language],
    (progress, language) => {
      const text = textIn(language);
      box.hidden = progress === undefined;
      if (progress === undefined) {
        return;
      }
      const painting = progress.stage === 'paint';
      const percent = Math.floor(progress.fraction * 100);
      caption.textContent = `${painting ? text.painting : text.gettingReady} ${percent}%`;
      bar.value = progress.fraction;
      bar.setAttribute('aria-label', painting ? text.painting : text.gettingReady);
      // In quarters: a reader that speaks every percent is no help.
      const quarter = Math.floor(percent / 25) * 25;
      const spoken = `${painting ? text.painting : text.gettingReady} ${quarter}%`;
      if (status.textContent !== spoken) {
        status.textContent = spoken;
      }
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
