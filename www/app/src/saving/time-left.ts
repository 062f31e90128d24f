/** Estimates how long work takes that goes on at about the same pace. */
export class TimeLeft {
  readonly #began = performance.now();

  /** Seconds left, once enough is done to tell. @param fraction what is done, 0 to 1 */
  seconds(fraction: number): number | undefined {
    const elapsed = (performance.now() - this.#began) / 1000;
    return elapsed > 2 && fraction > 0.02 ? (elapsed / fraction) * (1 - fraction) : undefined;
  }
}
