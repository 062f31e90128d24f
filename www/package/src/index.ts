/**
 * Paints photos in the browser, on the device: fast style transfer compiled to WebAssembly.
 *
 * @packageDocumentation
 */
export { BrushworkError, type ErrorCode } from './error.js';
export type {
  Frame,
  JobOptions,
  LoadOptions,
  PaintOptions,
  Photo,
  Progress,
  Rectangle,
  Stroke,
  StyleChoice,
} from './options.js';
export { Painter } from './painter.js';
export type { Painting } from './painting.js';
export { type LocalText, type Style, type StyleFile, styles } from './styles.js';
