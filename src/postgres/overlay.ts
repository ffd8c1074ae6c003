/** What is known, with changes to it that may yet be dropped, and those that are kept. */
export class Overlay<V> {
  readonly #known: ReadonlyMap<string, V>;
  readonly #kept = new Map<string, V>();
  readonly #tried = new Map<string, V>();

  constructor(known: ReadonlyMap<string, V>) {
    this.#known = known;
  }

  get(key: string): V | undefined {
    return this.#tried.get(key) ?? this.#kept.get(key) ?? this.#known.get(key);
  }

  set(key: string, value: V): void {
    this.#tried.set(key, value);
  }

  /** Keeps what was set since the last time. */
  keep(): void {
    for (const [key, value] of this.#tried) this.#kept.set(key, value);
    this.#tried.clear();
  }

  /** Takes it back. */
  drop(): void {
    this.#tried.clear();
  }

  /** All that is kept, by key. */
  get changes(): ReadonlyMap<string, V> {
    return this.#kept;
  }
}
