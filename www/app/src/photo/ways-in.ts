import { BrushworkError } from 'brushwork';
import { byId, sheetIsOpen } from '../dom.js';
import { paint } from '../painting/paint.js';
import type { AppStore } from '../state.js';
import { textIn } from '../text/text.js';
import { type OpenPhoto, openPhoto } from './open.js';
import './ways-in.css';

const SAMPLES = ['astronaut', 'chelsea', 'coffee'] as const;

/** Every way a photo gets in: album, camera, drop, paste, samples. */
export function mountWaysIn(store: AppStore): void {
  const open = (file: File) => newPhoto(store, { file, name: file.name.replace(/\.[^.]+$/, '') });
  mountPicker('file', ['choose', 'another'], open);
  mountPicker('camera-file', ['camera'], open);
  mountDrop(open);
  mountPaste(open);
  mountSamples(store);
  store.watch(
    (state) => [state.photo === undefined],
    (none) => {
      byId('welcome').hidden = !none;
      byId('studio').hidden = none;
    },
  );
  store.watch(
    (state) => [state.opening],
    (opening) => {
      byId('opening').hidden = !opening;
      if (opening) {
        byId('status').textContent = textIn(store.state.language).opening;
      }
    },
  );
}

/** The album and the camera differ by the input's `capture` only. */
function mountPicker(inputId: string, buttonIds: string[], open: (file: File) => void): void {
  const input = byId<HTMLInputElement>(inputId);
  for (const id of buttonIds) {
    byId(id).addEventListener('click', () => input.click());
  }
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file) {
      open(file);
    }
    // So that choosing the same file again is a change, too.
    input.value = '';
  });
}

function mountDrop(open: (file: File) => void): void {
  const page = document.documentElement;
  page.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) {
      event.preventDefault();
      page.classList.toggle('dropping', !sheetIsOpen());
    }
  });
  page.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) {
      page.classList.remove('dropping');
    }
  });
  page.addEventListener('drop', (event) => {
    event.preventDefault();
    page.classList.remove('dropping');
    const file = event.dataTransfer?.files[0];
    if (file && !sheetIsOpen()) {
      open(file);
    }
  });
}

function mountPaste(open: (file: File) => void): void {
  addEventListener('paste', (event) => {
    const file = event.clipboardData?.files[0];
    if (file && !sheetIsOpen()) {
      open(file);
    }
  });
}

function mountSamples(store: AppStore): void {
  const list = byId('samples');
  for (const name of SAMPLES) {
    const url = new URL(`samples/${name}.jpg`, document.baseURI);
    const image = new Image();
    image.src = url.href.replace('.jpg', '-small.jpg');
    image.alt = '';
    const caption = document.createElement('span');
    const button = document.createElement('button');
    button.type = 'button';
    button.append(image, caption);
    button.addEventListener('click', () => newPhoto(store, sample(url, name)));
    const item = document.createElement('li');
    item.append(button);
    list.append(item);
    store.watch(
      (state) => [state.language],
      (language) => {
        caption.textContent = textIn(language).samples[name];
      },
    );
  }
}

/** A new photo is painted at once where a style is chosen already. */
async function newPhoto(store: AppStore, photo: OpenPhoto | Promise<OpenPhoto>): Promise<void> {
  if (await openPhoto(store, photo)) {
    paint(store);
  }
}

async function sample(url: URL, name: string): Promise<OpenPhoto> {
  try {
    const response = await fetch(url);
    if (response.ok) {
      return { file: await response.blob(), name };
    }
  } catch (error) {
    throw new BrushworkError('network', undefined, error);
  }
  throw new BrushworkError('network');
}
