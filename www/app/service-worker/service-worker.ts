// Keeps the page on the device, so that it opens and paints without a network.
//
// What opens the page is fetched when a version is installed, all of it or nothing; a new version
// waits until the person takes it, or has closed the old one. Each file is checked against its hash,
// so that files of two versions never come together.
import { PrecacheController, PrecacheRoute } from 'workbox-precaching';
import { registerRoute, setCatchHandler } from 'workbox-routing';
import { absolute, type File, forgetOthers, keep, successors } from './engine.js';
import type { Asked, Kept } from './messages.js';

declare const self: ServiceWorkerGlobalScope;

// The build puts the list of the page's files here.
const files = self.__WB_MANIFEST as (File & { revision: string | null })[];
const isEngine = ({ url }: File) => /\.(wasm|onnx|bin)$/.test(url);
// The largest first: what is there is not fetched again after a break.
const engine = files.filter(isEngine).sort((a, b) => b.bytes - a.bytes);
const shell = new PrecacheController();
shell.addToCacheList(files.filter((file) => !isEngine(file)));

// The address may carry anything behind a question mark: it is the same page.
registerRoute(new PrecacheRoute(shell, { ignoreURLParametersMatching: [/.*/] }));
// The engine's files, and those of the version before, as long as a tab still shows it.
registerRoute(
  ({ sameOrigin, url }) => sameOrigin && url.href.startsWith(absolute('assets/')),
  async ({ request }) => (await caches.match(request)) ?? fetch(request),
);
// What is kept may be lost, or be out of reach: with a network, that stops nobody.
setCatchHandler(({ request }) => fetch(request));

self.addEventListener('install', (event) => {
  const opens = shell.install(event);
  // Who could paint offline before can do so after an update, too.
  event.waitUntil(opens.then(() => successors(engine)).then((known) => keep(known)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver(event));
});

async function takeOver(event: ExtendableEvent): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  // Another tab may still show the version before, and need its files.
  if (pages.length <= 1) {
    await shell.activate(event);
    await forgetOthers(engine);
  }
  await self.clients.claim();
}

self.addEventListener('message', (event) => {
  const asked = event.data as Asked;
  if (asked === 'take-over') {
    event.waitUntil(self.skipWaiting());
    return;
  }
  const tell = (kept: Kept) => event.ports[0]?.postMessage(kept);
  const done = keepAll(event, asked.keep, tell).then(
    () => tell('ready'),
    ({ name }: Error) => tell(name === 'QuotaExceededError' ? 'no-room' : 'broken-off'),
  );
  event.waitUntil(done);
});

/** Makes sure that everything is there, whatever the browser may have thrown away meanwhile. */
async function keepAll(
  event: ExtendableEvent,
  wanted: readonly string[],
  onProgress: (fraction: number) => void,
): Promise<void> {
  const known = files.map(({ url }) => absolute(url));
  if (!wanted.every((url) => known.includes(url))) {
    throw new Error('the page is of another version');
  }
  for (const [url, cacheKey] of shell.getURLsToCacheKeys()) {
    // What is missing is fetched and kept only if its hash is told.
    const params = { cacheKey, integrity: shell.getIntegrityForCacheKey(cacheKey) };
    await Promise.all(shell.strategy.handleAll({ request: new Request(url), params, event }));
  }
  await keep(
    engine.filter(({ url }) => wanted.includes(absolute(url))),
    onProgress,
  );
}
