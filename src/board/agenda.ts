interface Entry<T> {
  readonly atMs: number;
  readonly order: number;
  readonly what: T;
}

function isBefore<T>(left: Entry<T>, right: Entry<T>): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}

/** What is to happen, soonest first; what was noted first of two things of one millisecond. A binary heap. */
export class Agenda<T> {
  readonly #entries: Entry<T>[] = [];
  #order = 0;

  get length(): number {
    return this.#entries.length;
  }

  /** The moment of the next thing; Infinity when there is none. */
  get nextMs(): number {
    return this.#entries[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  add(atMs: number, what: T): void {
    const entries = this.#entries;
    const entry = { atMs: Math.ceil(atMs), order: this.#order++, what };
    let at = entries.length;
    entries.push(entry);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = entries[above] as Entry<T>;
      if (!isBefore(entry, parent)) break;
      entries[at] = parent;
      at = above;
    }
    entries[at] = entry;
  }

  take(): T | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (first === undefined || last === undefined) return undefined;
    if (entries.length > 0) this.#sink(last);
    return first.what;
  }

  #sink(entry: Entry<T>): void {
    const entries = this.#entries;
    let at = 0;
    for (;;) {
      let below = at * 2 + 1;
      if (below >= entries.length) break;
      const right = entries[below + 1];
      if (right !== undefined && isBefore(right, entries[below] as Entry<T>)) below++;
      const child = entries[below] as Entry<T>;
      if (!isBefore(child, entry)) break;
      entries[at] = child;
      at = below;
    }
    entries[at] = entry;
  }
}
