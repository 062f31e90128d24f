// What a person does on the page, and what they see there.
import { until } from './browsers.mjs';

/** @typedef {import('./browsers.mjs').TestPage} TestPage */
/** @typedef {'astronaut' | 'chelsea' | 'coffee'} Sample */

/** @param {TestPage} page @param {string} path */
export async function choosePhoto(page, path) {
  await page.chooseFile('#file', path);
  await photoShown(page);
}

/**
 * Drops a photo of this size onto the page.
 *
 * @param {TestPage} page
 * @param {{ width: number, height: number }} size
 */
export async function dropPhoto(page, { width, height }) {
  await page.run(
    async (/** @type {number} */ across, /** @type {number} */ down) => {
      const canvas = new OffscreenCanvas(across, down);
      const bitmap = await createImageBitmap(await (await fetch('samples/coffee.jpg')).blob());
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0, across, down);
      const blob = await canvas.convertToBlob({ type: 'image/jpeg' });
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([blob], 'coffee.jpg', { type: 'image/jpeg' }));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
    },
    width,
    height,
  );
  await photoShown(page);
}

/** Opens one of the samples. @param {TestPage} page @param {Sample} name */
export async function chooseSample(page, name) {
  await page.click(`#samples button:has(img[src*="${name}"])`);
  await photoShown(page);
}

/** @param {TestPage} page */
export async function photoShown(page) {
  await until(
    page,
    'the photo is there',
    () =>
      document.querySelector('#studio')?.checkVisibility() &&
      !document.querySelector('#opening')?.checkVisibility(),
  );
}

/**
 * Where something is, in CSS pixels.
 *
 * @param {TestPage} page
 * @param {string} selector
 * @returns {Promise<{ x: number, y: number, width: number, height: number }>}
 */
export function boxOf(page, selector) {
  return page.run((/** @type {string} */ wanted) => {
    const { x, y, width, height } =
      document.querySelector(wanted)?.getBoundingClientRect() ?? new DOMRect();
    return { x, y, width, height };
  }, selector);
}

/** @param {{ x: number, y: number, width: number, height: number }} box */
export function middleOf({ x, y, width, height }) {
  return { x: x + width / 2, y: y + height / 2 };
}

/** Opens the cropper. @param {TestPage} page */
export async function openCropper(page) {
  await page.click('#crop');
  await cropperShown(page);
}

/** @param {TestPage} page */
export async function cropperShown(page) {
  await until(page, 'the cropper is there', () => {
    const selection = document.querySelector('cropper-selection');
    return selection && selection.getBoundingClientRect().width > 50;
  });
}

/** Turns the photo, which lies on its side, upright. @param {TestPage} page */
export async function turnPhoto(page) {
  await openCropper(page);
  await page.click('#turn');
  await page.click('#crop-done');
  await until(page, 'it is turned', () => {
    const canvas = document.querySelector('before-after .before');
    return canvas instanceof HTMLCanvasElement && canvas.width < canvas.height;
  });
}

/**
 * Sets a menu or a slider, as if a finger had done it and let go.
 *
 * @param {TestPage} page
 * @param {string} id
 * @param {string} value
 */
export async function setControl(page, id, value) {
  await page.run(
    (/** @type {string} */ of, /** @type {string} */ to) => {
      const control = document.getElementById(of);
      if (control instanceof HTMLSelectElement || control instanceof HTMLInputElement) {
        control.value = to;
        control.dispatchEvent(new Event('input', { bubbles: true }));
        control.dispatchEvent(new Event('change', { bubbles: true }));
      }
    },
    id,
    value,
  );
}

/** Goes back to the first view, whatever was there. @param {TestPage} page */
export async function forgetPhoto(page) {
  await page.run(() => {
    const button = document.querySelector('#forget');
    if (button instanceof HTMLElement) {
      button.click();
    }
  });
  await until(page, 'the first view is back', () =>
    document.querySelector('#welcome')?.checkVisibility(),
  );
}

/** @param {TestPage} page @param {string} style */
export async function chooseStyle(page, style) {
  await page.click(`#styles button[data-style="${style}"]`);
}

/** Waits until paint is being laid on. @param {TestPage} page */
export async function painting(page) {
  await until(page, 'paint is being laid on', () => {
    const progress = document.querySelector('#progress');
    const words = progress?.querySelector('.progress-text')?.textContent;
    return progress?.checkVisibility() && words?.startsWith('Painting');
  });
}

/** @param {TestPage} page */
export async function painted(page) {
  await until(page, 'the painting is done', () => {
    const after = document.querySelector('before-after .after');
    const progress = document.querySelector('#progress');
    const problem = document.querySelector('#problem');
    if (problem instanceof HTMLElement && !problem.hidden) {
      throw new Error(problem.textContent);
    }
    return (
      after instanceof HTMLElement &&
      !after.hidden &&
      progress instanceof HTMLElement &&
      progress.hidden
    );
  });
}

/** Opens the sheet that saves. Its file is made only then. @param {TestPage} page */
export async function openSaving(page) {
  await page.click('#save');
  await until(page, 'the sheet is there', () => document.querySelector('#saving[open]'));
}

/** @param {TestPage} page @param {'image/jpeg' | 'image/png'} type */
export async function save(page, type) {
  await openSaving(page);
  await page.run((/** @type {string} */ value) => {
    const radio = document.querySelector(`#saving input[value="${value}"]`);
    if (radio instanceof HTMLInputElement && !radio.checked) {
      radio.click();
    }
  }, type);
  const extension = type === 'image/png' ? 'png' : 'jpg';
  await until(
    page,
    `a ${extension} is ready`,
    `() => document.querySelector('#download')?.hasAttribute('href') &&
      document.querySelector('#download')?.download.endsWith('${extension}')`,
  );
  return page.download(() => page.click('#download'));
}

/**
 * The sentence on the page that says what went wrong, once there is one.
 *
 * @param {TestPage} page
 * @returns {Promise<string>}
 */
export function problem(page) {
  return until(page, 'a problem is told', () => {
    const box = document.querySelector('#problem');
    return box instanceof HTMLElement && !box.hidden && box.querySelector('p')?.textContent;
  });
}

/** Waits until the page says that it works offline. @param {TestPage} page */
export async function readyOffline(page) {
  await until(page, 'it is ready offline', () => {
    const line = document.querySelector('#offline');
    return (
      line instanceof HTMLElement &&
      !line.hidden &&
      line.querySelector('.words')?.textContent === 'Ready offline'
    );
  });
}
