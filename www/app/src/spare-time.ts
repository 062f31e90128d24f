/** How long the page is left to whoever looks at it, in milliseconds. */
const PATIENCE = 2000;

/** What a person does who is about to choose a photo. */
const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'dragenter'];

/**
 * The time for work that nobody waits for yet, such as fetching and compiling the engine: when the
 * person begins to do something, so that it is ready by the time they have chosen a photo, or when they
 * have looked at the complete page for a while. Until then all of a slow phone is at work for the
 * first view.
 */
export const spareTime = new Promise<void>((resolve) => {
  // Once the browser has answered the person. Safari has no requestIdleCallback.
  const begin = () =>
    typeof requestIdleCallback === 'function'
      ? requestIdleCallback(() => resolve(), { timeout: 500 })
      : setTimeout(resolve, 50);
  for (const sign of SIGNS) {
    addEventListener(sign, begin, { once: true, passive: true });
  }
  const wait = () => setTimeout(begin, PATIENCE);
  document.readyState === 'complete' ? wait() : addEventListener('load', wait);
});
