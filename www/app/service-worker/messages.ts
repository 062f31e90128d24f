// What the page and its service worker tell each other.

/** What the page asks of the service worker. */
export type Asked =
  /** Keep these files of the engine on the device, and answer with `Kept` as it goes on. */
  | { readonly keep: readonly string[] }
  /** Take over from the version before. */
  | 'take-over';

/** How far the keeping has come: from 0 to 1; ready when everything is there; or why it has ended. */
export type Kept = number | 'ready' | 'broken-off' | 'no-room';
