import type { Painting, Progress } from 'brushwork';
import { byId, within } from '../dom.js';
import { isStandalone } from '../install/standalone.js';
import type { Sheet } from '../on-demand.js';
import { countedFraction, howFar, howFarAloud, say } from '../painting/how-far.js';
import { paintLarger, type Size } from '../painting/paint-larger.js';
import { marked } from '../painting/unfinished.js';
import { problemOf } from '../problem/problem.js';
import type { AppStore, Result } from '../state.js';
import { fill, type Text, textIn } from '../text/text.js';
import { encode } from './encode.js';
import { largest, poster } from './largest.js';
import './saving.css';

/** Enough for a print of 20 cm. */
const MEDIUM = 4_000_000;

/** A size this little larger is not worth a choice. */
const WORTHWHILE = 1.1;

const EXTENSIONS: Record<string, string> = { 'image/jpeg': 'jpg', 'image/png': 'png' };

/**
 * The sheet that saves. The file is made while the sheet is open and before the tap: a share sheet
 * only opens while the tap is fresh.
 */
export function mountSaving(store: AppStore): Sheet {
  const sheet = byId<HTMLDialogElement>('saving');
  const download = byId<HTMLAnchorElement>('download');
  const share = byId<HTMLButtonElement>('share');
  const copy = byId<HTMLButtonElement>('copy');
  const facts = byId('file-facts');
  const status = byId('saving-status');
  const formats = byId('formats');
  const sizes = byId('sizes');
  const stop = byId('stop-saving');
  const bar = byId<HTMLProgressElement>('saving-progress');
  let file: File | undefined;
  /** What the file shows. */
  let shown: Painting | undefined;
  let job = new AbortController();
  let forgetting: ReturnType<typeof setTimeout> | undefined;
  let larger: { of: Result; size: Size; painting: Painting } | undefined;

  const tell = (words: string, aloud = words) => {
    facts.textContent = words;
    say(status, aloud);
  };
  const chosen = (choice: HTMLElement) => within<HTMLInputElement>(choice, 'input:checked').value;

  const paintedLarger = async (
    result: Result,
    size: Size,
    signal: AbortSignal,
  ): Promise<Painting> => {
    if (larger?.of !== result || larger.size.maxPixels !== size.maxPixels) {
      larger = undefined;
      const tellProgress = (progress: Progress) => {
        const { language } = store.state;
        const { secondsLeft } = progress;
        const left = secondsLeft === undefined ? '' : textIn(language).timeLeft(secondsLeft);
        tell(howFar(progress, language) + left, howFarAloud(progress, language));
        bar.value = countedFraction(progress) ?? 0;
      };
      bar.hidden = false;
      stop.hidden = false;
      tellProgress({ stage: 'read', fraction: 0 });
      const painting = await paintLarger(result, size, signal, tellProgress);
      larger = { of: result, size, painting };
    }
    return larger.painting;
  };

  /** The painting in the size chosen, the preview itself or painted anew from the photo; and its file. */
  const made = async (result: Result, signal: AbortSignal): Promise<[Painting, Blob]> => {
    const type = chosen(formats);
    const size = sizeOf(chosen(sizes), result);
    if (size === undefined) {
      return [result.painting, await encode(result.painting, type, signal)];
    }
    return marked('larger', async () => {
      const painting = await paintedLarger(result, size, signal);
      return [painting, await encode(painting, type, signal)];
    });
  };

  const makeFile = async () => {
    const { result, language } = store.state;
    forget();
    job.abort();
    job = new AbortController();
    const { signal } = job;
    if (!result) {
      tell('');
      return;
    }
    let painting: Painting;
    let blob: Blob;
    try {
      [painting, blob] = await made(result, signal);
      // The format, the size or the painting may have changed in the meantime.
      if (signal.aborted) {
        return;
      }
      file = new File([blob], fileName(result, blob.type), { type: blob.type });
    } catch (error) {
      if (!signal.aborted) {
        sheet.close();
        const problem = problemOf(error);
        const smaller = problem.code === 'no-memory' && { code: 'no-memory-saving' as const };
        store.set({ problem: { ...problem, ...smaller } });
      }
      return;
    }
    bar.hidden = true;
    stop.hidden = true;
    shown = painting;
    copy.disabled = false;
    const { width, height } = painting;
    tell(textIn(language).fileFacts(width, height, readableSize(file.size)));
    download.href = URL.createObjectURL(file);
    download.download = file.name;
    share.disabled = false;
  };

  const forget = () => {
    bar.hidden = true;
    stop.hidden = true;
    shown = undefined;
    copy.disabled = true;
    share.disabled = true;
    URL.revokeObjectURL(download.href);
    download.removeAttribute('href');
    file = undefined;
  };

  const choosePreview = () => {
    const preview = within<HTMLInputElement>(sizes, 'input');
    preview.checked = true;
    return preview;
  };

  const open = () => {
    // It may have been asked for twice.
    if (sheet.open) {
      return;
    }
    clearTimeout(forgetting);
    tell('');
    choosePreview();
    offerSizes(sizes, store);
    copy.hidden = !canCopy();
    offerWays(share, download, store);
    sheet.showModal();
    makeFile();
  };
  formats.addEventListener('change', makeFile);
  sizes.addEventListener('change', makeFile);
  stop.addEventListener('click', () => {
    // The button goes away, and the focus must not go with it.
    choosePreview().focus();
    makeFile();
  });
  sheet.addEventListener('close', () => {
    job.abort();
    larger = undefined;
    // The browser reads a download's URL after the click: do not take it away under its hands.
    forgetting = setTimeout(forget, 10_000);
  });
  // A tap beside the sheet closes it.
  sheet.addEventListener('click', (event) => event.target === sheet && sheet.close());
  download.addEventListener('click', () => file && sheet.close());
  share.addEventListener('click', async () => {
    if (file === undefined) {
      return;
    }
    try {
      await navigator.share({ files: [file] });
      sheet.close();
    } catch (error) {
      // AbortError: the person changed their mind. Else the file is there for another tap.
      if ((error as Error).name !== 'AbortError') {
        tell(textIn(store.state.language).problems['not-saved']);
      }
    }
  });

  copy.addEventListener('click', async () => {
    if (shown === undefined) {
      return;
    }
    try {
      // A promise, for the tap is no longer fresh once the picture is written. Clipboards take PNGs.
      const picture = new ClipboardItem({ 'image/png': encode(shown, 'image/png') });
      await navigator.clipboard.write([picture]);
      tell(textIn(store.state.language).copied);
    } catch {
      tell(textIn(store.state.language).problems['not-copied']);
    }
  });

  store.watch(
    (state) => [state.result],
    (result) => {
      if (!sheet.open) {
        return;
      }
      // Another photo may have come, whose sizes are others.
      if (result) {
        offerSizes(sizes, store);
        if (within(sizes, 'label:has(:checked)').hidden || sizes.hidden) {
          choosePreview();
        }
      }
      makeFile();
    },
  );
  return { open };
}

/** The size of a file that is painted from the photo itself. */
function sizeOf(size: string, { photo }: Result): Size | undefined {
  const { fullPixels } = photo;
  const pixels = { medium: MEDIUM, full: largest(fullPixels), poster: poster(fullPixels) };
  const maxPixels = pixels[size as keyof typeof pixels];
  return maxPixels === undefined ? undefined : { maxPixels, enlarged: size === 'poster' };
}

/** Shows the sizes that are larger than what is there already, with their megapixels. */
function offerSizes(sizes: HTMLElement, { state }: AppStore): void {
  const { result, language } = state;
  const text = textIn(language);
  const photoPixels = result?.photo.fullPixels ?? 0;
  const full = Math.min(photoPixels, largest(photoPixels));
  const preview = result ? result.photo.preview.width * result.photo.preview.height : 0;
  const large = result && poster(photoPixels);
  const pixels: Record<string, number> = { preview, medium: MEDIUM, full, poster: large ?? 0 };
  const offered: Record<string, boolean> = {
    preview: true,
    medium: full >= MEDIUM * WORTHWHILE,
    full: full >= preview * WORTHWHILE,
    poster: large !== undefined,
  };
  sizes.hidden = !offered.full && !offered.poster;
  for (const input of sizes.querySelectorAll('input')) {
    const size = pixels[input.value] ?? 0;
    const label = input.closest('label');
    if (label) {
      label.hidden = !offered[input.value];
      within(label, 'small').textContent = text.megapixels(size);
      if (input.value === 'full') {
        within(label, 'b').textContent = full < photoPixels ? text.sizeLargest : text.sizeFull;
      }
    }
  }
}

/**
 * Who holds the device in the hand saves by its share sheet, where there is one: on an iPhone only that
 * leads to the album, and from the home screen a download leads to a preview without a way back.
 */
function offerWays(share: HTMLElement, download: HTMLElement, { state }: AppStore): void {
  const example = new File([' '], 'painting.jpg', { type: 'image/jpeg' });
  const sharable = navigator.canShare?.({ files: [example] }) ?? false;
  const first = sharable && matchMedia('(pointer: coarse)').matches;
  share.hidden = !sharable;
  download.hidden = sharable && isStandalone();
  const name = (way: HTMLElement, key: keyof Text, isFirst: boolean) => {
    way.classList.toggle('primary', isFirst);
    way.classList.toggle('secondary', !isFirst);
    const words = within(way, 'span');
    words.dataset.text = key;
    fill(words, state.language);
  };
  name(share, first ? 'saveOrShare' : 'share', first);
  name(download, first ? 'download' : 'save', !first);
}

/** On a desktop; on a phone there is the share sheet. */
function canCopy(): boolean {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  return (
    typeof ClipboardItem === 'function' &&
    clipboard?.write !== undefined &&
    matchMedia('(hover: hover) and (pointer: fine)').matches
  );
}

function fileName({ photo, settings }: Result, type: string): string {
  return `${photo.name || 'photo'}-${settings.style}.${EXTENSIONS[type] ?? 'png'}`;
}

function readableSize(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
