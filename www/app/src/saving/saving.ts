import type { Painting, Progress } from 'brushwork';
import { byId, within } from '../dom.js';
import { isStandalone } from '../install/standalone.js';
import type { Sheet } from '../on-demand.js';
import { countedFraction, howFar, howFarAloud, say } from '../painting/how-far.js';
import { LARGEST, paintLarger } from '../painting/paint-larger.js';
import { problemOf } from '../problem/problem.js';
import type { AppStore, Result } from '../state.js';
import { fill, type Text, textIn } from '../text/text.js';
import { encode } from './encode.js';
import './saving.css';

/** The sizes that are painted from the photo itself, in pixels at most. */
const PIXELS: Record<string, number> = { medium: 4_000_000, full: LARGEST };

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
  let larger: { of: Result; maxPixels: number; painting: Painting } | undefined;

  const tell = (words: string, aloud = words) => {
    facts.textContent = words;
    say(status, aloud);
  };
  const chosen = (choice: HTMLElement) => within<HTMLInputElement>(choice, 'input:checked').value;

  /** The painting in the size chosen: the preview itself, or painted anew from the photo. */
  const paintingInSize = async (result: Result, signal: AbortSignal): Promise<Painting> => {
    const maxPixels = PIXELS[chosen(sizes)];
    if (maxPixels === undefined) {
      return result.painting;
    }
    if (larger?.of !== result || larger.maxPixels !== maxPixels) {
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
      const painting = await paintLarger(result, maxPixels, signal, tellProgress);
      larger = { of: result, maxPixels, painting };
    }
    return larger.painting;
  };

  const makeFile = async () => {
    const { result, photo, language } = store.state;
    forget();
    job.abort();
    job = new AbortController();
    const { signal } = job;
    if (!result) {
      return;
    }
    let painting: Painting;
    try {
      painting = await paintingInSize(result, signal);
      const blob = await encode(painting, chosen(formats), signal);
      // The format, the size or the painting may have changed in the meantime.
      if (signal.aborted) {
        return;
      }
      file = new File([blob], fileName(photo?.name, result, blob.type), { type: blob.type });
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
    setTimeout(() => sheet.open || forget(), 10_000);
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
      // AbortError: the person changed their mind.
      if ((error as Error).name !== 'AbortError') {
        sheet.close();
        store.set({ problem: { code: 'not-saved', wayOut: undefined } });
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
      sheet.close();
      store.set({ problem: { code: 'not-copied', wayOut: undefined } });
    }
  });

  store.watch(
    (state) => [state.result],
    (_result) => {
      if (sheet.open) {
        makeFile();
      }
    },
  );
  return { open };
}

/** Shows the sizes that are larger than what is there already, with their megapixels. */
function offerSizes(sizes: HTMLElement, { state }: AppStore): void {
  const { result, language } = state;
  const photo = result?.photo;
  const full = Math.min(photo?.fullPixels ?? 0, LARGEST);
  const preview = photo ? photo.preview.width * photo.preview.height : 0;
  const pixels: Record<string, number> = { preview, medium: PIXELS.medium ?? 0, full };
  sizes.hidden = full < preview * WORTHWHILE;
  for (const input of sizes.querySelectorAll('input')) {
    const size = pixels[input.value] ?? 0;
    const label = input.closest('label');
    if (label) {
      label.hidden = input.value === 'medium' && full < size * WORTHWHILE;
      within(label, 'small').textContent = textIn(language).megapixels(size);
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

function fileName(photo: string | undefined, { settings }: Result, type: string): string {
  return `${photo || 'photo'}-${settings.style}.${EXTENSIONS[type] ?? 'png'}`;
}

function readableSize(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
