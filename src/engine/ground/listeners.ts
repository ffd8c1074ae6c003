/** A set of listeners. One that throws stops neither the rest nor the caller: the first error is handed to `onError`. */
export class Listeners<T> {
  #entries: { readonly listener: (value: T) => void }[] = [];
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get count(): number {
    return this.#entries.length;
  }

  /** Adds a listener and returns what takes it out again. A listener added during a call hears the next one. */
  add(listener: (value: T) => void): () => void {
    // A copy on write lets `call` run over a list that nothing changes under it.
    const entry = { listener };
    this.#entries = [...this.#entries, entry];
    return () => {
      this.#entries = this.#entries.filter((other) => other !== entry);
    };
  }

  call(value: T): void {
    const entries = this.#entries;
    for (const entry of entries) {
      // A listener taken out by an earlier one in this same round must stay silent.
      if (entries !== this.#entries && !this.#entries.includes(entry)) continue;
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
    this.#entries = [];
  }
}
