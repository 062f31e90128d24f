import './before-after.css';

const STEP = 2;
const PAGE = 10;

/**
 * `<before-after>` lays the second of its two children over the first and uncovers the first from
 * the left: by dragging the handle, by its arrow keys, or wholly while the picture is pressed.
 */
export class BeforeAfter extends HTMLElement {
  readonly #handle = document.createElement('div');
  #split = 0;
  #describe = (percent: number) => `${percent}%`;

  connectedCallback(): void {
    this.#handle.className = 'handle';
    this.#handle.tabIndex = 0;
    this.#handle.setAttribute('role', 'slider');
    this.#handle.setAttribute('aria-valuemin', '0');
    this.#handle.setAttribute('aria-valuemax', '100');
    this.append(this.#handle);
    this.split = this.#split;

    this.#handle.addEventListener('keydown', (event) => this.#key(event));
    this.#handle.addEventListener('pointerdown', (event) => {
      event.stopPropagation();
      this.#handle.setPointerCapture(event.pointerId);
    });
    this.#handle.addEventListener('pointermove', (event) => {
      if (this.#handle.hasPointerCapture(event.pointerId)) {
        const { left, width } = this.getBoundingClientRect();
        this.split = ((event.clientX - left) / width) * 100;
      }
    });
    const press = (pressed: boolean) => this.classList.toggle('pressed', pressed);
    this.addEventListener('pointerdown', () => press(true));
    for (const release of ['pointerup', 'pointercancel', 'pointerleave']) {
      this.addEventListener(release, () => press(false));
    }
    // A long press must not open the browser's menu over the photo.
    this.addEventListener('contextmenu', (event) => event.preventDefault());
  }

  /** How much of the first picture shows, in percent of the width, from the left. */
  get split(): number {
    return this.#split;
  }

  set split(percent: number) {
    this.#split = Math.round(Math.min(100, Math.max(0, percent)));
    this.style.setProperty('--split', `${this.#split}%`);
    this.#handle.classList.toggle('at-end', this.#split === 0 || this.#split === 100);
    this.#handle.setAttribute('aria-valuenow', String(this.#split));
    this.#handle.setAttribute('aria-valuetext', this.#describe(this.#split));
  }

  /** Says a split in words, for screen readers. */
  set describe(words: (percent: number) => string) {
    this.#describe = words;
    this.split = this.#split;
  }

  set label(text: string) {
    this.#handle.setAttribute('aria-label', text);
  }

  /** Without anything to compare there is no handle, and pressing does nothing. */
  set enabled(enabled: boolean) {
    this.#handle.hidden = !enabled;
  }

  #key(event: KeyboardEvent): void {
    const targets: Record<string, number> = {
      ArrowLeft: this.#split - STEP,
      ArrowDown: this.#split - STEP,
      ArrowRight: this.#split + STEP,
      ArrowUp: this.#split + STEP,
      PageDown: this.#split - PAGE,
      PageUp: this.#split + PAGE,
      Home: 0,
      End: 100,
    };
    const target = targets[event.key];
    if (target !== undefined) {
      event.preventDefault();
      this.split = target;
    }
  }
}

customElements.define('before-after', BeforeAfter);
