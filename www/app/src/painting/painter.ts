import { type LoadOptions, Painter } from 'brushwork';

type Listener = NonNullable<LoadOptions['onProgress']>;

const listeners = new Set<Listener>();
let loading: Promise<Painter> | undefined;

/**
 * The painter of the preview. It is loaded once, whoever asks first; a load that failed is tried
 * again by the next one who asks.
 */
export async function previewPainter(onProgress?: Listener): Promise<Painter> {
  if (onProgress) {
    listeners.add(onProgress);
  }
  loading ??= Painter.load({
    onProgress: (progress) => {
      for (const listener of listeners) {
        listener(progress);
      }
    },
  });
  try {
    return await loading;
  } catch (error) {
    loading = undefined;
    throw error;
  } finally {
    if (onProgress) {
      listeners.delete(onProgress);
    }
  }
}
