/** The page's state in one place. Views watch the part that they show. */
export class Store<State extends object> {
  #state: State;
  readonly #watchers = new Set<() => void>();

  constructor(initial: State) {
    this.#state = initial;
  }

  get state(): Readonly<State> {
    return this.#state;
  }

  set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    for (const notify of [...this.#watchers]) {
      notify();
    }
  }

  /** Calls `show` now, and again whenever one of the selected values has changed. */
  watch<Selected extends readonly unknown[]>(
    select: (state: State) => readonly [...Selected],
    show: (...selected: Selected) => void,
  ): void {
    let shown: readonly unknown[] | undefined;
    const notify = () => {
      const selected = select(this.#state);
      if (shown === undefined || selected.some((value, i) => !Object.is(value, shown?.[i]))) {
        shown = selected;
        show(...selected);
      }
    };
    this.#watchers.add(notify);
    notify();
  }
}
