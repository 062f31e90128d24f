// A new version of the page: it waits until the person takes it, for it comes with a reload.
import type { Asked } from '../../service-worker/messages.js';
import { byId, within } from '../dom.js';
import { focusStyles } from '../focus.js';
import type { AppStore } from '../state.js';

/** An app on a home screen may stay open for weeks. */
const HOUR = 3_600_000;

const watched = new WeakSet<ServiceWorkerRegistration>();

/** Looks for new versions, and says so when one is there. */
export function watchForUpdates(
  store: AppStore,
  container: ServiceWorkerContainer,
  registration: ServiceWorkerRegistration,
): void {
  if (watched.has(registration)) {
    return;
  }
  watched.add(registration);
  const look = () => registration.waiting && store.set({ update: true });
  look();
  const watchInstalling = () => registration.installing?.addEventListener('statechange', look);
  watchInstalling();
  registration.addEventListener('updatefound', watchInstalling);
  let asked = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && Date.now() - asked > HOUR) {
      asked = Date.now();
      // Without a network there is nothing new.
      registration.update().catch(() => {});
    }
  });

  const note = byId('update');
  within(note, '.take').addEventListener('click', () => {
    const { waiting } = registration;
    if (waiting === null) {
      // Another tab was quicker.
      location.reload();
      return;
    }
    container.addEventListener('controllerchange', () => location.reload(), { once: true });
    waiting.postMessage('take-over' satisfies Asked);
  });
  within(note, '.dismiss').addEventListener('click', () => {
    store.set({ update: false });
    focusStyles();
  });
  store.watch(
    (state) => [state.update && state.progress === undefined],
    (offered) => {
      note.hidden = !offered;
    },
  );
}
