/**
 * What went wrong, as a name that does not change between versions.
 *
 * | code | meaning |
 * |---|---|
 * | `not-a-picture` | the browser cannot read the photo as a picture |
 * | `empty-file` | the photo is a file of zero bytes |
 * | `too-small` | the photo, or its crop, is under 8 pixels on a side |
 * | `too-large` | the photo is larger than the engine can paint |
 * | `cross-origin` | the picture comes from another site, which does not let this one read it |
 * | `bad-model` | the model file is damaged, cut short, or no ONNX file |
 * | `unsupported-model` | the model is whole, but asks for what the engine cannot do |
 * | `bad-style` | a style that was added is damaged, made for another model, or has an id that is taken |
 * | `unknown-style` | the style named is not one of `painter.styles` |
 * | `bad-recipe` | an option is outside its range, or a blend adds up to nothing |
 * | `no-wasm` | the browser has no WebAssembly, as in Lockdown Mode, or the page's policy forbids it |
 * | `no-memory` | the device has not enough memory for this size |
 * | `network` | a file could not be fetched, or not whole |
 * | `engine` | the engine stopped unexpectedly; the next painting gets a new one |
 */
export type ErrorCode =
  | 'not-a-picture'
  | 'empty-file'
  | 'too-small'
  | 'too-large'
  | 'cross-origin'
  | 'bad-model'
  | 'unsupported-model'
  | 'bad-style'
  | 'unknown-style'
  | 'bad-recipe'
  | 'no-wasm'
  | 'no-memory'
  | 'network'
  | 'engine';

const sentences: Record<ErrorCode, string> = {
  'not-a-picture': 'This is not a picture that the browser can read. Choose a JPEG, PNG or WebP.',
  'empty-file': 'The file is empty. Choose another photo.',
  'too-small': 'The picture is too small. It takes at least 8 by 8 pixels.',
  'too-large': 'The picture is too large to paint. Set maxPixels, or choose a smaller one.',
  'cross-origin':
    'The picture comes from another site, which does not let this one read it. Choose another one.',
  'bad-model': 'The model file is damaged or cut short. Load it again.',
  'unsupported-model': 'The engine cannot run this model.',
  'bad-style': 'This is not a style for this model.',
  'unknown-style': 'There is no style of that name. See painter.styles.',
  'bad-recipe': 'An option is outside its range.',
  'no-wasm':
    'WebAssembly is turned off here, as Lockdown Mode does. Allow this site, or use another browser.',
  'no-memory': 'There is not enough memory. Choose a smaller size, or close other tabs.',
  network: 'A file could not be fetched whole. Check the connection and try again.',
  engine: 'The painting engine stopped. Try again.',
};

/** Every failure of this package, except an abort: that rejects with the signal's own reason. */
export class BrushworkError extends Error {
  /** The class's own name. */
  override readonly name = 'BrushworkError';

  /**
   * @param code what went wrong
   * @param detail what exactly, put in brackets after the sentence for that code
   * @param cause the error underneath, where there is one
   */
  constructor(
    readonly code: ErrorCode,
    detail?: string,
    cause?: unknown,
  ) {
    const sentence = sentences[code];
    super(detail ? `${sentence} (${detail})` : sentence, cause === undefined ? {} : { cause });
  }
}
