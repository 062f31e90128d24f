import { canvasOf, letGo } from '../canvas.js';
import { byId, within } from '../dom.js';
import { change } from '../history/history.js';
import type { Sheet } from '../on-demand.js';
import { readPreview } from '../photo/decode.js';
import { latestChoice } from '../photo/open.js';
import { problemOf } from '../problem/problem.js';
import type { AppStore, Photo } from '../state.js';
import { Cropper } from './cropper.js';
import {
  type Crop,
  mirrored,
  moved,
  shaped,
  straightened,
  tilt,
  turned,
  upright,
  whole,
} from './geometry.js';
import './cropping.css';

/** How far an arrow key moves the frame, in picture widths, and how much + and - change it. */
const STEP = 0.01;
const ZOOM = 1.05;

/** The sheet that crops, turns, mirrors and straightens the photo. */
export function mountCropping(store: AppStore): Sheet {
  const sheet = byId<HTMLDialogElement>('cropping');
  const board = byId('crop-board');
  const angle = byId<HTMLInputElement>('straighten');
  const degrees = byId<HTMLOutputElement>('straighten-value');
  const ratios = byId('ratios');
  let cropper: Cropper | undefined;
  let cropped: Photo | undefined;
  let height = 1;
  /** The crop as it would be upright, as it is now, and as it was when the sheet was opened. */
  let straight = whole(1);
  let crop = whole(1);
  let before = crop;

  const ratio = (): number | undefined => {
    const { value } = within<HTMLInputElement>(ratios, 'input:checked');
    const sideways = crop.matrix[0] ** 2 < 0.5;
    return value === 'original' ? (sideways ? height : 1 / height) : Number(value) || undefined;
  };
  const show = (next: Crop) => {
    crop = next;
    degrees.value = `${angle.value}°`;
    cropper?.show(crop, ratio());
  };
  /** Takes a crop that straightening starts from anew. */
  const settle = (next: Crop) => {
    straight = upright(next);
    angle.valueAsNumber = tilt(next);
    show(next);
  };

  /** A large photo takes its time: the page says so. */
  const read = async (file: Blob, crop?: Crop) => {
    const choice = latestChoice();
    store.set({ opening: true });
    try {
      return await readPreview({ file, crop }, store.state.previewSide);
    } finally {
      // Else another photo is being opened by now.
      if (choice === latestChoice()) {
        store.set({ opening: false });
      }
    }
  };

  const open = async () => {
    const { photo } = store.state;
    if (!photo) {
      return;
    }
    try {
      const picture = photo.crop ? (await read(photo.file)).picture : photo.preview;
      // It may have been asked for twice, and another photo may be there by now.
      if (sheet.open || store.state.photo !== photo) {
        return;
      }
      cropped = photo;
      height = picture.height / picture.width;
      within<HTMLInputElement>(ratios, 'input').checked = true;
      before = photo.crop ?? whole(height);
      settle(before);
      // From here on every button works: the picture shows what was done by the time it is there.
      sheet.showModal();
      const url = await urlOf(picture);
      cropper = await Cropper.open(board, url, settle);
      URL.revokeObjectURL(url);
      show(crop);
    } catch (error) {
      sheet.close();
      store.set({ problem: problemOf(error, 'choose') });
    }
  };

  const done = async (photo: Photo) => {
    const choice = latestChoice();
    // The sheet may be opened again before it is read.
    const chosen = crop;
    try {
      const { picture: preview, fullPixels } = await read(photo.file, chosen);
      // A photo chosen in the meantime wins, and one that is being forgotten must not be kept again.
      if (choice === latestChoice() && store.state.photo === photo) {
        change(store, { photo: { ...photo, crop: chosen, preview, fullPixels } });
      }
    } catch (error) {
      store.set({ problem: problemOf(error, 'choose') });
    }
  };

  byId('turn').addEventListener('click', () => {
    crop = turned(crop);
    const chosen = ratio();
    const fits = chosen === undefined || Math.abs(crop.width / crop.height / chosen - 1) < 0.01;
    settle(fits ? crop : shaped(crop, chosen, height));
  });
  byId('mirror').addEventListener('click', () => settle(mirrored(crop)));
  byId('reset-crop').addEventListener('click', () => {
    within<HTMLInputElement>(ratios, 'input').checked = true;
    settle(whole(height));
  });
  angle.addEventListener('input', () => show(straightened(straight, angle.valueAsNumber, height)));
  ratios.addEventListener('change', () => {
    const chosen = ratio();
    settle(chosen === undefined ? crop : shaped(crop, chosen, height));
  });
  board.addEventListener('keydown', (event) => {
    const steps: Record<string, [x: number, y: number, factor: number]> = {
      ArrowLeft: [-STEP, 0, 1],
      ArrowRight: [STEP, 0, 1],
      ArrowUp: [0, -STEP, 1],
      ArrowDown: [0, STEP, 1],
      '+': [0, 0, 1 / ZOOM],
      '=': [0, 0, 1 / ZOOM],
      '-': [0, 0, ZOOM],
    };
    const step = steps[event.key];
    if (step) {
      event.preventDefault();
      const [x, y, factor] = step;
      settle(moved(crop, { x: -x, y: -y }, factor, height));
    }
  });
  new ResizeObserver(() => sheet.open && cropper?.show(crop, ratio())).observe(board);
  byId('crop-done').addEventListener('click', () => {
    sheet.close();
    const { photo } = store.state;
    if (photo && crop !== before) {
      done(photo);
    }
  });
  sheet.addEventListener('close', () => {
    cropper = undefined;
    board.textContent = '';
  });
  store.watch(
    (state) => [state.photo],
    (photo) => {
      // One that was chosen before the sheet was open has been read.
      if (sheet.open && photo !== cropped) {
        sheet.close();
      }
    },
  );
  return { open };
}

async function urlOf(picture: ImageData): Promise<string> {
  const canvas = canvasOf(picture);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg'));
  letGo(canvas);
  if (blob === null) {
    throw new Error('the picture could not be shown');
  }
  return URL.createObjectURL(blob);
}
