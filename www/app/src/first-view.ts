/** Once the first view is complete, and the browser has nothing better to do. */
export const firstViewComplete = new Promise<void>((resolve) => {
  const idle = () => {
    // Safari has no requestIdleCallback.
    if (typeof requestIdleCallback === 'function') {
      requestIdleCallback(() => resolve(), { timeout: 1000 });
    } else {
      setTimeout(resolve, 100);
    }
  };
  if (document.readyState === 'complete') {
    idle();
  } else {
    addEventListener('load', idle);
  }
});
