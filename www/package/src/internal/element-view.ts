// What `<brushwork-photo>` shows: its shadow tree and the style sheet.

const CSS = `
:host { display: inline-block; position: relative; max-width: 100%; line-height: 0; }
:host([hidden]) { display: none; }
img, canvas { display: block; width: 100%; height: 100%; object-fit: contain; }
canvas, input, progress, p, span { position: absolute; }
canvas { inset: 0; clip-path: inset(0 0 0 var(--split, 0%)); }
input { inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: ew-resize; direction: ltr; touch-action: pan-y; }
span { top: 0; bottom: 0; left: var(--split, 0%); width: 3px; margin-left: -1.5px; background: #fff; box-shadow: 0 0 3px #000; pointer-events: none; }
span::after { content: ""; position: absolute; top: 50%; left: 50%; width: 26px; height: 26px; margin: -14px; border: 1px solid #0006; border-radius: 50%; background: #fff; }
input:focus-visible + span { outline: 3px solid Highlight; outline-offset: 2px; }
progress { left: 8%; bottom: 8%; width: 84%; height: 8px; }
p { inset: auto 0 0; margin: 0; padding: .6em .8em; font: 14px/1.4 system-ui, sans-serif; color: #fff; background: #000c; }
[hidden] { display: none; }
@media (prefers-reduced-motion: no-preference) {
  canvas { animation: painted .4s; }
  @keyframes painted { from { opacity: 0; } }
}
`;

const HTML = `<img part="photo" loading="lazy" decoding="async"><canvas part="painting" aria-hidden="true" hidden></canvas><input part="slider" type="range" min="0" max="100" hidden><span part="handle" hidden></span><progress part="progress" max="1" hidden></progress><p part="message" role="status" hidden></p>`;

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
    this.#root.innerHTML = HTML;
    this.#dress();
    const part = <T extends HTMLElement>(name: string) =>
      this.#root.querySelector(`[part=${name}]`) as T;
    this.photo = part('photo');
    this.#canvas = part('painting');
    this.#slider = part('slider');
    this.#handle = part('handle');
    this.#progress = part('progress');
    this.#message = part('message');
    this.#slider.addEventListener('input', () => this.#split());
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
    if ('adoptedStyleSheets' in this.#root && 'replaceSync' in CSSStyleSheet.prototype) {
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(CSS);
      }
      this.#root.adoptedStyleSheets = [sheet];
    } else {
      const style = document.createElement('style');
      style.textContent = CSS;
      (this.#root as ShadowRoot).append(style);
    }
  }
}
