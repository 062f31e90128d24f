import { byId, within } from '../dom.js';
import { problemOf } from '../problem/problem.js';
import type { AppStore, Result } from '../state.js';
import { textIn } from '../text/text.js';
import './saving.css';

const EXTENSIONS: Record<string, string> = { 'image/jpeg': 'jpg', 'image/png': 'png' };

/**
 * The sheet that saves. The file is made while the sheet is open and before the tap: a share sheet
 * only opens while the tap is fresh.
 */
export function mountSaving(store: AppStore): void {
  const sheet = byId<HTMLDialogElement>('saving');
  const download = byId<HTMLAnchorElement>('download');
  const share = byId('share');
  const facts = byId('file-facts');
  const formats = within(sheet, '.choice');
  let file: File | undefined;
  let latest = 0;

  const makeFile = async () => {
    const { result, photo, language } = store.state;
    forget();
    latest += 1;
    const mine = latest;
    if (!result) {
      return;
    }
    const checked = within<HTMLInputElement>(formats, 'input:checked').value;
    try {
      const blob = await result.painting.toBlob(checked);
      // The format or the painting may have changed in the meantime.
      if (mine !== latest) {
        return;
      }
      file = new File([blob], fileName(photo?.name, result, blob.type), { type: blob.type });
    } catch (error) {
      sheet.close();
      store.set({ problem: problemOf(error, 'retry') });
      return;
    }
    const { width, height } = result.painting;
    facts.textContent = textIn(language).fileFacts(width, height, readableSize(file.size));
    download.href = URL.createObjectURL(file);
    download.download = file.name;
    const sharable = navigator.canShare?.({ files: [file] }) ?? false;
    share.hidden = !sharable;
    // From the home screen a download leads to a preview without a way back.
    download.hidden = sharable && isStandalone();
  };

  const forget = () => {
    URL.revokeObjectURL(download.href);
    download.removeAttribute('href');
    file = undefined;
  };

  byId('save').addEventListener('click', () => {
    facts.textContent = '';
    sheet.showModal();
    makeFile();
  });
  formats.addEventListener('change', makeFile);
  sheet.addEventListener('close', () => {
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

  store.watch(
    (state) => [state.result],
    (result) => {
      byId<HTMLButtonElement>('save').disabled = result === undefined;
      if (sheet.open) {
        makeFile();
      }
    },
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

function isStandalone(): boolean {
  const { standalone } = navigator as Navigator & { standalone?: boolean };
  return standalone === true || matchMedia('(display-mode: standalone)').matches;
}
