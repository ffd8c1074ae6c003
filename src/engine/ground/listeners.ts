interface Entry<T> {
  readonly listener: (value: T) => void;
  /** The last call that had begun when it was added. */
  readonly since: number;
}

/** A set of listeners. One that throws stops neither the rest nor the caller: the first error is handed to `onError`. */
export class Listeners<T> {
  /** Walked as it is: a Set goes on over what is taken out and put in meanwhile, at no cost that grows with it. */
  readonly #entries = new Set<Entry<T>>();
  readonly #onError: (error: unknown) => void;
  #calls = 0;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get count(): number {
    return this.#entries.size;
  }

  /** Adds a listener and returns what takes it out again. A listener added during a call hears the next one. */
  add(listener: (value: T) => void): () => void {
    const entry = { listener, since: this.#calls };
    this.#entries.add(entry);
    return () => {
      this.#entries.delete(entry);
    };
  }

  call(value: T): void {
    this.#calls++;
    const call = this.#calls;
    for (const entry of this.#entries) {
      if (entry.since >= call) continue;
      try {
        entry.listener(value);
      } catch (error) {
        this.#tell(error);
      }
    }
  }

  /** Whoever hears of errors must not make one of its own out of them. */
  #tell(error: unknown): void {
    try {
      this.#onError(error);
    } catch {
      // There is nobody left to tell.
    }
  }

  clear(): void {
    this.#entries.clear();
  }
}
