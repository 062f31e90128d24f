import shipped from '../../../models/styles.json';

/** A text in the languages that the styles come in. */
export interface LocalText {
  /** In English. */
  readonly en: string;
  /** In Chinese, written in simplified characters. */
  readonly zh: string;
}

/** One style that a model can paint in. */
export interface Style {
  /** The name that {@link PaintOptions.style} takes, such as `great-wave`. */
  readonly id: string;
  /** The painting it was learnt from. */
  readonly title: LocalText;
  /** Who painted it. */
  readonly artist: LocalText;
  /** The year the painting was finished, or the years, as a person would write it. */
  readonly year: string;
}

/** The styles of the model that ships with this package, in the order of its rows. */
export const styles: readonly Style[] = shipped;
