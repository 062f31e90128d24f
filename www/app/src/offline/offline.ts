// Has the service worker keep the page on the device, and says so once all of it is there.
import type { Asked, Kept } from '../../service-worker/messages.js';
import { byId, within } from '../dom.js';
import { previewPainter } from '../painting/painter.js';
import { spareTime } from '../spare-time.js';
import type { AppStore } from '../state.js';
import { textIn } from '../text/text.js';
import { watchForUpdates } from './update.js';
import './offline.css';

/** When the service worker has said nothing for so long, in milliseconds, the browser has ended it. */
const SILENCE = 30_000;
/** How long until another try, in milliseconds: each time more, for tries cost the person data. */
const PAUSE = 15_000;
const LONGER = 4;

/** Goes without where there is no service worker: in Lockdown Mode, in some private windows. */
export function mountOffline(store: AppStore): void {
  show(store);
  const { serviceWorker } = navigator as { serviceWorker?: ServiceWorkerContainer };
  if (serviceWorker === undefined) {
    return;
  }
  let busy = false;
  let done = false;
  let pause = PAUSE;
  const keep = async () => {
    if (busy || done) {
      return;
    }
    busy = true;
    try {
      // First what opens the page: so it opens the next time, however far the rest has come.
      const url = new URL('service-worker.js', document.baseURI);
      const registration = await serviceWorker.register(url);
      const active = await activeIn(registration);
      watchForUpdates(store, serviceWorker, registration);
      // Then the engine. Which files of it this browser needs shows when it runs; by then they are in
      // the browser's own cache, too, and need not come over the network once more.
      const { files } = await previewPainter();
      const kept = await ask(active, { keep: files }, (offline) => store.set({ offline }));
      store.set({ offline: kept === 'ready' ? kept : undefined });
      // Without room for it, another try would fetch it all in vain.
      done = true;
    } catch {
      // A break in the connection: all goes on with what is there already.
      store.set({ offline: undefined });
      setTimeout(again, pause);
      pause *= LONGER;
    } finally {
      busy = false;
    }
  };
  const again = () => document.hidden || keep();
  spareTime.then(keep);
  addEventListener('online', keep);
  document.addEventListener('visibilitychange', again);
}

/** The service worker once it has kept what opens the page. Rejects when it could not. */
function activeIn(registration: ServiceWorkerRegistration): Promise<ServiceWorker> {
  return new Promise((resolve, reject) => {
    const { installing } = registration;
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'redundant') {
        reject(new Error('the service worker could not be installed'));
      }
    });
    // Not by its state: WebKit does not always tell a page that it has been activated.
    navigator.serviceWorker.ready.then(({ active }) => resolve(active as ServiceWorker));
  });
}

/** Asks the service worker, and waits until it is done. Rejects where something got in its way. */
async function ask(
  worker: ServiceWorker,
  asked: Asked,
  onProgress: (fraction: number) => void,
): Promise<'ready' | 'no-room'> {
  const { port1, port2 } = new MessageChannel();
  let silence: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise((resolve, reject) => {
      const wait = () => {
        clearTimeout(silence);
        silence = setTimeout(() => reject(new Error('silence')), SILENCE);
      };
      wait();
      port1.onmessage = ({ data: kept }: MessageEvent<Kept>) => {
        wait();
        if (typeof kept === 'number') {
          onProgress(kept);
        } else if (kept === 'broken-off') {
          reject(new Error(kept));
        } else {
          resolve(kept);
        }
      };
      worker.postMessage(asked, [port2]);
    });
  } finally {
    clearTimeout(silence);
    port1.close();
  }
}

function show(store: AppStore): void {
  const line = byId('offline');
  const words = within(line, '.words');
  const percent = within(line, '.percent');
  store.watch(
    (state) => [state.offline, state.language],
    (offline, language) => {
      const text = textIn(language);
      line.hidden = offline === undefined;
      line.classList.toggle('ready', offline === 'ready');
      words.textContent = offline === 'ready' ? text.offlineReady : text.offlineKeeping;
      percent.textContent = typeof offline === 'number' ? `${Math.floor(offline * 100)}%` : '';
    },
  );
}
