import { Painter, type Progress } from 'brushwork';
import { marked } from './unfinished.js';

type Listener = (progress: Progress) => void;

const listeners = new Set<Listener>();
let loading: Promise<Painter> | undefined;
/** The one that is being loaded. */
let pending: Painter | undefined;

/**
 * The painter of the preview. It is loaded once, whoever asks first; a load that failed is tried
 * again by the next one who asks.
 */
export async function previewPainter(onProgress?: Listener): Promise<Painter> {
  if (onProgress) {
    listeners.add(onProgress);
  }
  loading ??= preloaded();
  const mine = loading;
  try {
    return await mine;
  } catch (error) {
    // Several may wait for it; the next load may have begun before the last of them hears of this.
    if (loading === mine) {
      loading = undefined;
    }
    throw error;
  } finally {
    if (onProgress) {
      listeners.delete(onProgress);
    }
  }
}

/**
 * Gives up the load under way, if any, so that the next one who asks begins another: it may wait for bytes
 * that no longer come, or have met what is out of the way by now.
 */
export function loadAfresh(): void {
  if (pending) {
    pending.dispose();
    pending = undefined;
    loading = undefined;
  }
}

/** Rejects where the browser cannot paint at all. Fetches nothing. */
export async function canPaint(): Promise<void> {
  await Painter.load();
}

async function preloaded(): Promise<Painter> {
  const painter = await Painter.load();
  pending = painter;
  const onProgress = (progress: Progress) => {
    for (const listener of listeners) {
      listener(progress);
    }
  };
  try {
    await marked('preview', () => painter.preload({ onProgress }));
  } finally {
    if (pending === painter) {
      pending = undefined;
    }
  }
  return painter;
}
