import { canvasOf, letGo } from '../canvas.js';
import { previewPainter } from '../painting/painter.js';
import { marked } from '../painting/unfinished.js';
import { ailsEngine } from '../problem/problem.js';
import type { AppStore } from '../state.js';

/** Enough for a tile on a sharp screen, and painted in a fraction of a second. */
const THUMBNAIL_PIXELS = 288 * 288;

/**
 * Paints the photo in every style whose tile is in view, one after another, by the preview's painter:
 * one of their own would take a phone's memory. They wait while the preview is being painted, which
 * is what the person is waiting for, and while a problem with the engine is told: the next try is the
 * person's.
 */
export function mountThumbnails(store: AppStore, canvases: Map<string, HTMLCanvasElement>): void {
  const inView = new Set<string>();
  const painted = new Set<string>();
  let busy = false;

  const paintNext = async () => {
    const { photo, progress, problem, settings } = store.state;
    const style = [...inView].find((id) => !painted.has(id));
    if (busy || !photo || progress || ailsEngine(problem) || !style) {
      return;
    }
    busy = true;
    try {
      const { keepColours } = settings;
      const options = { style, keepColours, maxPixels: THUMBNAIL_PIXELS };
      const bitmap = await marked('preview', async () => {
        const painter = await previewPainter();
        const thumbnail = await painter.paint(photo.preview, options);
        return thumbnail.toImageBitmap();
      });
      const { state } = store;
      if (photo === state.photo && keepColours === state.settings.keepColours) {
        painted.add(style);
        show(canvases.get(style), bitmap);
      }
      bitmap.close();
    } catch {
      // The strip works without thumbnails. What ails the engine, the preview will say.
      return;
    } finally {
      busy = false;
    }
    paintNext();
  };

  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const id = (target as HTMLElement).dataset.style ?? '';
      isIntersecting ? inView.add(id) : inView.delete(id);
    }
    paintNext();
  });
  for (const [id, canvas] of canvases) {
    canvas.dataset.style = id;
    observer.observe(canvas);
  }

  store.watch(
    (state) => [state.photo],
    (photo) => {
      painted.clear();
      const preview = photo && canvasOf(photo.preview);
      for (const canvas of canvases.values()) {
        show(canvas, preview);
      }
      if (preview) {
        letGo(preview);
      }
      paintNext();
    },
  );
  store.watch(
    (state) => [state.settings.keepColours],
    (_keepColours) => {
      painted.clear();
      paintNext();
    },
  );
  store.watch(
    (state) => [state.progress === undefined, ailsEngine(state.problem)],
    (_idle, _ails) => void paintNext(),
  );
}

function show(
  canvas: HTMLCanvasElement | undefined,
  picture: HTMLCanvasElement | ImageBitmap | undefined,
): void {
  if (!canvas || !picture) {
    return;
  }
  const scale = Math.min(1, Math.sqrt(THUMBNAIL_PIXELS / (picture.width * picture.height)));
  canvas.width = picture.width * scale;
  canvas.height = picture.height * scale;
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
}
