import { byId, sheetIsOpen } from '../dom.js';
import { isSame, paint } from '../painting/paint.js';
import type { AppStore, State, Work } from '../state.js';

/** Previews are kept with each step, so the steps are limited. */
const MOST_STEPS = 30;

/** Changes the work in hand so that it can be undone, and paints it. */
export function change(store: AppStore, changed: Partial<Work>): void {
  const { past } = store.state;
  store.set({
    past: [...past, ...current(store.state)].slice(-MOST_STEPS),
    future: [],
    ...changed,
  });
  paint(store);
}

function undo(store: AppStore): void {
  const { past, future } = store.state;
  const work = past.at(-1);
  if (work) {
    store.set({ ...work, past: past.slice(0, -1), future: [...current(store.state), ...future] });
    paint(store);
  }
}

function redo(store: AppStore): void {
  const { past, future } = store.state;
  const [work, ...rest] = future;
  if (work) {
    store.set({ ...work, past: [...past, ...current(store.state)], future: rest });
    paint(store);
  }
}

/**
 * Goes back to the work that is shown, where the painting of another one was given up: so nothing is chosen
 * that is neither seen nor saved. Redo asks for it anew.
 */
export function backToShown(store: AppStore): void {
  const { result, photo, settings, past, future } = store.state;
  if (photo === undefined) {
    return;
  }
  const chosen = { photo, settings };
  const shown = result ? workOf(result) : { photo, settings: { ...settings, style: undefined } };
  if (isSame(chosen, shown)) {
    return;
  }
  const steps = [...past, chosen, ...future];
  const step = steps.findLastIndex((work) => isSame(work, shown));
  const history =
    step < 0
      ? { past: [...past, chosen].slice(-MOST_STEPS), future: [] }
      : { past: steps.slice(0, step), future: steps.slice(step + 1) };
  store.set({ ...shown, ...history });
}

function workOf({ photo, settings }: Work): Work {
  return { photo, settings };
}

function current({ photo, settings }: State): Work[] {
  return photo ? [{ photo, settings }] : [];
}

/** The two buttons, and the keys that people know. */
export function mountHistory(store: AppStore): void {
  const back = byId<HTMLButtonElement>('undo');
  const forth = byId<HTMLButtonElement>('redo');
  back.addEventListener('click', () => undo(store));
  forth.addEventListener('click', () => redo(store));
  addEventListener('keydown', (event) => {
    const key = event.key.toLowerCase();
    const step = event.shiftKey || key === 'y' ? redo : undo;
    // On a Mac, the key with Y is the browser's own.
    const meant = key === 'z' ? event.ctrlKey || event.metaKey : key === 'y' && event.ctrlKey;
    if (meant && !sheetIsOpen()) {
      event.preventDefault();
      step(store);
    }
  });
  store.watch(
    (state) => [state.past.length, state.future.length],
    (past, future) => {
      const focused = document.activeElement;
      back.disabled = past === 0;
      forth.disabled = future === 0;
      // What is disabled loses the focus; the way back from there is by the other one.
      if (focused === back && back.disabled) {
        forth.focus();
      } else if (focused === forth && forth.disabled) {
        back.focus();
      }
    },
  );
}
