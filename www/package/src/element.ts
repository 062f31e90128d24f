/**
 * `<brushwork-photo>`: a photo, shown painted. Importing this module defines it; nothing else is
 * needed. `import 'brushwork/element'`, then
 *
 * ```html
 * <brushwork-photo src="harbour.jpg" alt="A harbour" style-id="great-wave" compare></brushwork-photo>
 * ```
 *
 * @packageDocumentation
 */
import { BrushworkError, type Painting, type Progress } from './index.js';
import { ElementView } from './internal/element-view.js';
import { sharedPainter } from './internal/shared-painter.js';

const NAME = 'brushwork-photo';
const ATTRIBUTES = [
  'src',
  'alt',
  'style-id',
  'strength',
  'compare',
  'max-pixels',
  'assets',
] as const;
type Attribute = (typeof ATTRIBUTES)[number];

/** Where half the photo and half the painting are shown, in percent. */
const MIDDLE = 50;
const MOST_PIXELS = 1_000_000;

/** What the events of {@link BrushworkPhoto} carry in their `detail`. */
export interface BrushworkPhotoEvents {
  /** How far the work has come. */
  progress: CustomEvent<Progress>;
  /** The painting that is now shown. */
  painted: CustomEvent<Painting>;
  /** What went wrong; the photo is shown as it is. To try again, set `src` again. */
  error: CustomEvent<BrushworkError>;
}

/** An element whose listeners know the types of its events. */
interface Speaking extends HTMLElement {
  /** @hidden */
  addEventListener<K extends keyof BrushworkPhotoEvents>(
    type: K,
    listener: (this: BrushworkPhoto, event: BrushworkPhotoEvents[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** @hidden */
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** Where there is no page, as on a server, the class can be imported, but makes no elements. */
const HTMLElement = (globalThis.HTMLElement ?? class {}) as {
  new (): Speaking;
  prototype: Speaking;
};

/**
 * The element `<brushwork-photo>`. It shows the photo at once, and paints it when it comes near the
 * screen. All elements of a page share one painter; its workers end when they are not needed.
 *
 * | attribute | meaning | default |
 * |---|---|---|
 * | `src` | the photo's URL; from another site, one that allows it by CORS | none: nothing is shown |
 * | `alt` | the photo in words, for those who do not see it | empty: an ornament |
 * | `style-id` | the style to paint in, as `painter.styles` names them | the first one |
 * | `strength` | from 0, the photo itself, to 1, the style in full | 1 |
 * | `compare` | shows photo and painting side by side, with a slider between; its value is how much of the photo is shown at first, in percent | absent: no slider; without a value: 50 |
 * | `max-pixels` | the most pixels that it paints | 1000000 |
 * | `assets` | the folder of the package's files | beside the module |
 *
 * The parts `photo`, `painting`, `slider`, `handle`, `progress` and `message` can be styled by
 * `::part()`. Events: {@link BrushworkPhotoEvents}; they do not bubble.
 */
export class BrushworkPhoto extends HTMLElement {
  /** @internal */
  static get observedAttributes(): readonly string[] {
    return ATTRIBUTES;
  }

  #view: ElementView | undefined;
  #job: AbortController | undefined;
  #painting: Painting | undefined;
  #near: IntersectionObserver | undefined;
  #isNear = false;
  /** Whether it is to be painted, as soon as it is near. */
  #due = true;
  #failed = false;

  /** The painting that is shown, once there is one. */
  get painting(): Painting | undefined {
    return this.#painting;
  }

  /** The attribute `src`. */
  get src(): string {
    return this.#attribute('src');
  }
  set src(url: string) {
    this.setAttribute('src', url);
  }

  /** The attribute `alt`. */
  get alt(): string {
    return this.#attribute('alt');
  }
  set alt(words: string) {
    this.setAttribute('alt', words);
  }

  /** The attribute `style-id`. */
  get styleId(): string {
    return this.#attribute('style-id');
  }
  set styleId(id: string) {
    this.setAttribute('style-id', id);
  }

  /** The attribute `strength`, as a number. */
  get strength(): number {
    return Number(this.getAttribute('strength') ?? 1);
  }
  set strength(strength: number) {
    this.setAttribute('strength', String(strength));
  }

  /** Whether it has the attribute `compare`. */
  get compare(): boolean {
    return this.hasAttribute('compare');
  }
  set compare(compare: boolean) {
    this.toggleAttribute('compare', compare);
  }

  /** @internal */
  connectedCallback(): void {
    if (!this.#view) {
      this.#takeOver();
      this.#view = new ElementView(this);
      for (const name of ['src', 'alt', 'compare'] as const) {
        this.#show(name);
      }
    }
    this.#view.speak(this.closest<HTMLElement>('[lang]')?.lang ?? '');
    this.#near = new IntersectionObserver(
      (entries) => {
        this.#isNear = entries.some(({ isIntersecting }) => isIntersecting);
        this.#paintWhenNear();
      },
      { rootMargin: '200px' },
    );
    this.#near.observe(this);
  }

  /** @internal */
  disconnectedCallback(): void {
    this.#near?.disconnect();
    this.#isNear = false;
    this.#stop();
  }

  /** @internal */
  attributeChangedCallback(name: Attribute, before: string | null, now: string | null): void {
    // What has failed is tried again when the photo is set anew, be it the same.
    const again = name === 'src' && this.#failed;
    if (!this.#view || (before === now && !again)) {
      return;
    }
    this.#show(name);
    if (name !== 'alt' && name !== 'compare') {
      this.#stop();
      this.#due = true;
      // Attributes that are changed together are painted together.
      queueMicrotask(() => this.#paintWhenNear());
    }
  }

  /** Properties that were set before the element was defined hide those that it has since. */
  #takeOver(): void {
    const set = { ...this };
    for (const name of Object.keys(set)) {
      Reflect.deleteProperty(this, name);
    }
    Object.assign(this, set);
  }

  /** Stops the painting under way, and has it begin anew in time. */
  #stop(): void {
    if (this.#job) {
      this.#job.abort();
      this.#due = true;
    }
  }

  #attribute(name: Attribute): string {
    return this.getAttribute(name) ?? '';
  }

  /** Shows what needs no painting. */
  #show(name: Attribute): void {
    const view = this.#view as ElementView;
    if (name === 'alt') {
      view.photo.alt = this.alt;
    } else if (name === 'src') {
      this.#painting = undefined;
      view.show(undefined);
      view.say('');
      view.photo.hidden = this.src === '';
      view.photo.src = this.src;
    } else if (name === 'compare') {
      const share = this.#attribute('compare');
      view.compare(this.compare ? Number(share === '' ? MIDDLE : share) : undefined);
    }
  }

  #paintWhenNear(): void {
    if (this.#due && this.#isNear && this.isConnected) {
      this.#due = false;
      this.#paint(this.#view as ElementView);
    }
  }

  async #paint(view: ElementView): Promise<void> {
    this.#failed = false;
    if (this.src === '') {
      return;
    }
    const job = new AbortController();
    const { signal } = job;
    this.#job = job;
    view.say('');
    this.setAttribute('aria-busy', 'true');
    try {
      const assets = this.getAttribute('assets') ?? undefined;
      const painting = await sharedPainter(assets).use((painter) =>
        painter.paint(this.src, {
          style: this.styleId || undefined,
          strength: this.strength,
          maxPixels: Number(this.getAttribute('max-pixels') ?? MOST_PIXELS),
          signal,
          onProgress: (progress) => {
            view.progress(progress.stage === 'paint' ? progress.fraction : 0);
            this.#tell('progress', progress);
          },
        }),
      );
      if (!signal.aborted) {
        this.#painting = painting;
        // WebKit shows no photo that was not there at first: its painting takes its place.
        view.photo.hidden = view.photo.complete && !view.photo.naturalWidth;
        view.show(painting.toImageData());
        this.#tell('painted', painting);
      }
    } catch (error) {
      // What was stopped by a change goes on with what it was changed to.
      if (!signal.aborted) {
        const failure =
          error instanceof BrushworkError ? error : new BrushworkError('engine', undefined, error);
        this.#painting = undefined;
        this.#failed = true;
        // It may be there by the time that it comes near once more.
        this.#due = failure.code === 'network';
        view.show(undefined);
        view.say(failure.message);
        this.#tell('error', failure);
      }
    } finally {
      if (this.#job === job) {
        this.#job = undefined;
        this.removeAttribute('aria-busy');
        view.progress(undefined);
      }
    }
  }

  #tell<K extends keyof BrushworkPhotoEvents>(
    type: K,
    detail: BrushworkPhotoEvents[K]['detail'],
  ): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

// Another copy of this package may have been first: elements of one name are defined once.
if (globalThis.customElements && !customElements.get(NAME)) {
  customElements.define(NAME, BrushworkPhoto);
}

declare global {
  interface HTMLElementTagNameMap {
    [NAME]: BrushworkPhoto;
  }
}
