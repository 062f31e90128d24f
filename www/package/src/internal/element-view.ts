// What `<brushwork-photo>` shows: its shadow tree.
import CSS from './element.css';

const TEXTS = {
  en: { slider: 'How much of the photo is shown', progress: 'Painting' },
  zh: { slider: '显示多少照片', progress: '正在作画' },
};

let sheet: CSSStyleSheet | undefined;

export class ElementView {
  readonly photo: HTMLImageElement;
  readonly #root: ShadowRoot;
  readonly #canvas: HTMLCanvasElement;
  readonly #slider: HTMLInputElement;
  readonly #handle: HTMLElement;
  readonly #progress: HTMLProgressElement;
  readonly #message: HTMLElement;
  #compare = false;

  constructor(host: HTMLElement) {
    this.#root = host.attachShadow({ mode: 'open' });
    this.#dress();
    this.photo = this.#part('img', 'photo', { loading: 'lazy', decoding: 'async' });
    this.#canvas = this.#part('canvas', 'painting', { 'aria-hidden': 'true' });
    this.#slider = this.#part('input', 'slider', { type: 'range' });
    this.#handle = this.#part('span', 'handle', {});
    this.#progress = this.#part('progress', 'progress', {});
    this.#message = this.#part('p', 'message', { role: 'status' });
    this.#slider.addEventListener('input', () => this.#split());
  }

  /** One by one and not as HTML, which policies that want it to be trusted forbid. */
  #part<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    part: string,
    attributes: Record<string, string>,
  ): HTMLElementTagNameMap[K] {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries({ part, hidden: '', ...attributes })) {
      element.setAttribute(name, value);
    }
    this.#root.append(element);
    return element;
  }

  /** Labels in the page's language, as far as there are any. */
  speak(language: string): void {
    const texts = language.startsWith('zh') ? TEXTS.zh : TEXTS.en;
    this.#slider.setAttribute('aria-label', texts.slider);
    this.#progress.setAttribute('aria-label', texts.progress);
  }

  /** @param share of the photo to begin with, in percent; nothing for no comparison */
  compare(share: number | undefined): void {
    this.#compare = share !== undefined;
    this.#slider.value = String(share ?? 0);
    this.#split();
  }

  /** How far the painting is, 0 to 1; nothing when none is under way. */
  progress(fraction: number | undefined): void {
    this.#progress.hidden = fraction === undefined;
    this.#progress.value = fraction ?? 0;
  }

  /** A sentence for the person, or nothing. */
  say(sentence: string): void {
    this.#message.hidden = sentence === '';
    this.#message.textContent = sentence;
  }

  /** Shows a painting over the photo, or only the photo. */
  show(painting: ImageData | undefined): void {
    this.#canvas.hidden = painting === undefined;
    this.#canvas.width = painting?.width ?? 1;
    this.#canvas.height = painting?.height ?? 1;
    if (painting) {
      this.#canvas.getContext('2d')?.putImageData(painting, 0, 0);
    }
    this.#split();
  }

  #split(): void {
    const comparing = this.#compare && !this.#canvas.hidden;
    this.#slider.hidden = !comparing;
    this.#handle.hidden = !comparing;
    const share = `${comparing ? this.#slider.value : 0}%`;
    for (const { style } of [this.#canvas, this.#handle]) {
      style.setProperty('--split', share);
    }
  }

  /** By a constructed sheet, which strict policies allow, where the browser knows them. */
  #dress(): void {
    try {
      const made = sheet ?? new CSSStyleSheet();
      made.replaceSync(CSS);
      sheet = made;
      this.#root.adoptedStyleSheets = [sheet];
    } catch {
      const style = document.createElement('style');
      style.textContent = CSS;
      this.#root.append(style);
    }
  }
}
