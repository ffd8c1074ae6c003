type Waiter<V> = (result: IteratorResult<V, undefined>) => void;

/** What a reader reads from. */
export interface ChangeSource<V> {
  /** What there is to read; undefined when nothing has changed since. */
  take(): V | undefined;
  isClosed(): boolean;
  /** Calls `wake` at each change and at the end. Returns what stops it. */
  listen(wake: () => void): () => void;
}

/**
 * A reader for `for await` who gets the newest when asking, however slow. Written out, as a generator that waits cannot be
 * ended before what it waits for has come.
 */
export class ChangeReader<V> implements AsyncIterableIterator<V, undefined, undefined> {
  readonly #source: ChangeSource<V>;
  readonly #stop: () => void;
  /** Who asked before there was something. */
  readonly #waiters: Waiter<V>[] = [];
  #ended = false;

  constructor(source: ChangeSource<V>) {
    this.#source = source;
    this.#stop = source.isClosed() ? () => undefined : source.listen(() => this.#wake());
  }

  #read(): IteratorResult<V, undefined> | undefined {
    if (this.#ended) return { done: true, value: undefined };
    const value = this.#source.take();
    if (value !== undefined) return { done: false, value };
    if (!this.#source.isClosed()) return undefined;
    this.#end();
    return { done: true, value: undefined };
  }

  #wake(): void {
    while (this.#waiters.length > 0) {
      const result = this.#read();
      if (result === undefined) return;
      this.#waiters.shift()?.(result);
    }
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stop();
  }

  next(): Promise<IteratorResult<V, undefined>> {
    const result = this.#waiters.length > 0 ? undefined : this.#read();
    if (result !== undefined) return Promise.resolve(result);
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  return(): Promise<IteratorResult<V, undefined>> {
    this.#end();
    this.#wake();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
