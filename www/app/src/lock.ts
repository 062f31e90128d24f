/**
 * Holds a lock until what is returned is called. The browser gives it back, too, when who holds it is
 * killed: that is how others learn of it. Pages that came by plain http have no locks, and hold none.
 */
export function hold(name: string): Promise<() => void> {
  return new Promise((held) => {
    const untilReleased = () => new Promise<void>((release) => held(release));
    const unheld = () => held(() => {});
    if (navigator.locks) {
      navigator.locks.request(name, untilReleased).catch(unheld);
    } else {
      unheld();
    }
  });
}
