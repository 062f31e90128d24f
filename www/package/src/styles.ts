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
  /** What the look is called, in a word or two. */
  readonly name: LocalText;
  /** The painting it was learnt from. */
  readonly title: LocalText;
  /** Who painted it. */
  readonly artist: LocalText;
  /** The year the painting was finished, or the years, as a person would write it. */
  readonly year: string;
}

/** A style that does not come with the model: the JSON object that a style file holds. */
export interface StyleFile {
  /** The name that {@link PaintOptions.style} takes. */
  readonly id: string;
  /** What the look is called. Default: its title. */
  readonly name?: LocalText | string | undefined;
  /** The painting it was learnt from. Default: its id. */
  readonly title?: LocalText | string | undefined;
  /** Who painted it. Default: nobody. */
  readonly artist?: LocalText | string | undefined;
  /** The year, as a person would write it. Default: none. */
  readonly year?: string | undefined;
  /** Its numbers; or, as files have them, their float16s (little-endian) in base64. */
  readonly vector: ArrayLike<number> | string;
}

/** The styles of the model that ships with this package. */
export const styles: readonly Style[] = shipped;
