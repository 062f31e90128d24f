// Has the service worker keep the page on the device, and says so once all of it is there.
import type { Asked, Kept } from '../../service-worker/messages.js';
import { byId, within } from '../dom.js';
import { previewPainter } from '../painting/painter.js';
import { spareTime } from '../spare-time.js';
import type { AppStore } from '../state.js';
import { textIn } from '../text/text.js';
import { watchForUpdates } from './update.js';
import './offline.css';

/** Goes without where there is no service worker: in Lockdown Mode, in some private windows. */
export function mountOffline(store: AppStore): void {
  show(store);
  const { serviceWorker } = navigator as { serviceWorker?: ServiceWorkerContainer };
  if (serviceWorker === undefined) {
    return;
  }
  let busy = false;
  const keep = async () => {
    if (busy || store.state.offline === 'ready') {
      return;
    }
    busy = true;
    try {
      // The engine goes first: it is what the person waits for. And which files this browser needs
      // shows when it runs. By then they are in the browser's own cache, too, and need not come over
      // the network once more.
      const { files } = await previewPainter();
      const url = new URL('service-worker.js', document.baseURI);
      watchForUpdates(store, serviceWorker, await serviceWorker.register(url));
      const { active } = await serviceWorker.ready;
      await ask(active, { keep: files }, (kept) => store.set({ offline: kept }));
    } catch {
      // A break in the connection: all goes on with what is there already.
      store.set({ offline: undefined });
    } finally {
      busy = false;
    }
  };
  spareTime.then(keep);
  addEventListener('online', keep);
  document.addEventListener('visibilitychange', () => document.hidden || keep());
}

/** Asks the service worker, and waits until it is done. Rejects where it could not do it. */
function ask(
  worker: ServiceWorker | null,
  asked: Asked,
  onProgress: (kept: number | 'ready') => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<Kept>) => {
      if (data === 'broken-off') {
        reject(new Error(data));
        return;
      }
      onProgress(data);
      if (data === 'ready') {
        resolve();
      }
    };
    worker?.postMessage(asked, [port2]);
  });
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
