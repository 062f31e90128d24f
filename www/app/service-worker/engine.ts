// The large files: the engine's builds and the model. Each browser uses one build, so only the files
// that the page asks for are kept.

/** A file as the build lists it. */
export interface File {
  /** Relative to the service worker. Files in `assets/` bear a hash of their content. */
  readonly url: string;
  /** As in the HTML attribute. */
  readonly integrity: string;
  readonly bytes: number;
}

declare const self: ServiceWorkerGlobalScope;

/** As the precache's name: sites in other folders of this host have caches of their own. */
const CACHE = `brushwork-engine-${self.registration.scope}`;

/**
 * Keeps files that are not there yet, one after another: those that arrived before a break are not
 * fetched again.
 *
 * @param onProgress called with the share of the bytes that are there, 0 to 1
 * @throws when a file does not arrive whole, or there is no room for it
 */
export async function keep(
  files: readonly File[],
  onProgress: (fraction: number) => void = () => {},
): Promise<void> {
  const cache = await caches.open(CACHE);
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let there = 0;
  const count = (bytes: number) => {
    there += bytes;
    onProgress(Math.min(1, there / all));
  };
  for (const file of files) {
    if (await cache.match(file.url)) {
      count(file.bytes);
    } else {
      await cache.put(file.url, await fetchWhole(file, count));
    }
  }
}

/** Of these files those that take the place of what is kept, whichever version that was of. */
export async function successors(files: readonly File[]): Promise<File[]> {
  const cache = await caches.open(CACHE);
  const names = (await cache.keys()).map(({ url }) => withoutHash(url));
  return files.filter(({ url }) => names.includes(withoutHash(url)));
}

/** Lets go of everything but these files. */
export async function forgetOthers(files: readonly File[]): Promise<void> {
  const cache = await caches.open(CACHE);
  const current = files.map(({ url }) => absolute(url));
  for (const request of await cache.keys()) {
    if (!current.includes(request.url)) {
      await cache.delete(request);
    }
  }
}

export function absolute(url: string): string {
  return new URL(url, self.registration.scope).href;
}

function withoutHash(url: string): string {
  return url.replace(/^.*\//, '').replace(/-[\w-]{8}(\.\w+)$/, '$1');
}

async function fetchWhole(
  { url, integrity }: File,
  count: (bytes: number) => void,
): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) {
    throw new Error(`${url}: ${response.status}`);
  }
  const reader = response.body.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let { value } = await reader.read(); value; { value } = await reader.read()) {
    parts.push(value);
    count(value.byteLength);
  }
  const content = new Blob(parts, { type: response.headers.get('content-type') ?? '' });
  // Not by `fetch`, which would hold all bytes back until the last one is there.
  const digest = await crypto.subtle.digest('SHA-384', await content.arrayBuffer());
  if (integrity !== `sha384-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`) {
    throw new Error(`${url} is not what it should be`);
  }
  return new Response(content);
}
