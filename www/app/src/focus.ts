// Where the keyboard's focus goes when what had it goes away: not to the top of the page, as browsers do.
import { byId } from './dom.js';
import type { AppStore } from './state.js';
import { textIn } from './text/text.js';

/** Follows the work from view to view. What is there at the start takes the focus from nobody. */
export function mountFocus(store: AppStore): void {
  let atStart = true;
  store.watch(
    (state) => [state.photo === undefined],
    (none) => {
      if (!atStart && isLost()) {
        none ? byId('choose').focus() : focusStyles();
      }
      atStart = false;
    },
  );
  let told = store.state.photo?.file;
  store.watch(
    ({ opening, photo }) => [opening, photo?.file],
    (opening, file) => {
      if (!opening) {
        // Where it is none, the problem is told.
        const isNew = file !== undefined && file !== told;
        byId('status').textContent = isNew ? textIn(store.state.language).opened : '';
        told = file;
      }
    },
  );
}

/** Gives the focus to the chosen style, or else to any of them; without a photo, to what chooses one. */
export function focusStyles(): void {
  const styles = byId('styles');
  const chosen = styles.querySelector<HTMLElement>('[aria-pressed=true]');
  if (chosen === null && styles.contains(document.activeElement)) {
    return;
  }
  const places = [chosen, styles.querySelector('button'), byId('choose')];
  places.find(isThere)?.focus();
}

/** Puts the focus back where it was, as far as that can have it still. */
export function focusAgain(element: Element | null): void {
  if (element instanceof HTMLElement && element !== document.body && isThere(element)) {
    element.focus();
  }
  if (isLost()) {
    focusStyles();
  }
}

/** Browsers notice only later that what has the focus is hidden. */
function isLost(): boolean {
  const { activeElement } = document;
  return activeElement === document.body || !isThere(activeElement);
}

function isThere(element: Element | null): boolean {
  return element !== null && element.getClientRects().length > 0;
}
