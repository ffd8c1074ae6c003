interface Entry<T> {
  readonly listener: (value: T) => void;
  /** The last call that had begun when it was added. */
  readonly since: number;
}

/** A set of listeners. One that throws stops neither the rest nor the caller: the first error is handed to `onError`. */
export class Listeners<T> {
  /**
   * Most have one listener, and a Set for each would weigh more than all the rest. Several are walked as they are: a Set
   * goes on over what is taken out and put in meanwhile, at no cost that grows with it.
   */
  #entries: Entry<T> | Set<Entry<T>> | undefined;
  readonly #onError: (error: unknown) => void;
  #calls = 0;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get count(): number {
    if (this.#entries instanceof Set) return this.#entries.size;
    return this.#entries === undefined ? 0 : 1;
  }

  /** Adds a listener and returns what takes it out again. A listener added during a call hears the next one. */
  add(listener: (value: T) => void): () => void {
    const entry = { listener, since: this.#calls };
    const there = this.#entries;
    if (there instanceof Set) there.add(entry);
    else this.#entries = there === undefined ? entry : new Set([there, entry]);
    return () => this.#remove(entry);
  }

  #remove(entry: Entry<T>): void {
    if (this.#entries instanceof Set) this.#entries.delete(entry);
    else if (this.#entries === entry) this.#entries = undefined;
  }

  call(value: T): void {
    this.#calls++;
    const call = this.#calls;
    const entries = this.#entries;
    if (entries instanceof Set) for (const entry of entries) this.#callOne(entry, value, call);
    else if (entries !== undefined) this.#callOne(entries, value, call);
  }

  #callOne({ listener, since }: Entry<T>, value: T, call: number): void {
    if (since >= call) return;
    try {
      listener(value);
    } catch (error) {
      this.#tell(error);
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
    if (this.#entries instanceof Set) this.#entries.clear();
    this.#entries = undefined;
  }
}
