/** Something that is to happen at a moment, in milliseconds since 1970; the moment may come nearer while it waits. */
export interface Due {
  dueMs: number;
}

interface Node<D> {
  readonly dueMs: number;
  readonly due: D;
}

/** Stale nodes are let be until there are more of them than of the others. */
const STALE_MIN = 64;

/**
 * What is due next, of many: a binary heap. What has moved is put in again, and its old place is passed over when it comes
 * up: whoever waits costs the logarithm of how many do.
 */
export class DueHeap<D extends Due> {
  #nodes: Node<D>[] = [];
  readonly #waiting = new Set<D>();

  get size(): number {
    return this.#waiting.size;
  }

  has(due: D): boolean {
    return this.#waiting.has(due);
  }

  /** Puts something in, or again after its moment has come nearer. */
  put(due: D): void {
    this.#waiting.add(due);
    if (due.dueMs === Number.POSITIVE_INFINITY) return;
    this.#nodes.push({ dueMs: due.dueMs, due });
    this.#rise(this.#nodes.length - 1);
    if (this.#nodes.length > 2 * this.#waiting.size + STALE_MIN) this.#rebuild();
  }

  remove(due: D): void {
    this.#waiting.delete(due);
  }

  clear(): void {
    this.#waiting.clear();
    this.#nodes = [];
  }

  /** The first moment that something is due; Infinity where nothing is. */
  get firstMs(): number {
    while (this.#nodes.length > 0 && this.#isStale(this.#nodes[0] as Node<D>)) this.#pop();
    return this.#nodes[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  /** What is due by a moment, the earliest first. It goes on waiting, for nothing until it is put in again. */
  take(nowMs: number): readonly D[] {
    const taken = new Set<D>();
    while (this.firstMs <= nowMs) taken.add((this.#pop() as Node<D>).due);
    return [...taken];
  }

  #isStale({ dueMs, due }: Node<D>): boolean {
    return due.dueMs !== dueMs || !this.#waiting.has(due);
  }

  #rebuild(): void {
    const fresh = this.#nodes.filter((node) => !this.#isStale(node)).sort((left, right) => left.dueMs - right.dueMs);
    this.#nodes = fresh;
  }

  #pop(): Node<D> | undefined {
    const first = this.#nodes[0];
    const last = this.#nodes.pop();
    if (last !== undefined && last !== first) {
      this.#nodes[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(from: number): void {
    const nodes = this.#nodes;
    const node = nodes[from] as Node<D>;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if ((nodes[above] as Node<D>).dueMs <= node.dueMs) break;
      nodes[at] = nodes[above] as Node<D>;
      at = above;
    }
    nodes[at] = node;
  }

  #sink(from: number): void {
    const nodes = this.#nodes;
    const node = nodes[from] as Node<D>;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= nodes.length) break;
      const right = nodes[below + 1];
      if (right !== undefined && right.dueMs < (nodes[below] as Node<D>).dueMs) below++;
      if ((nodes[below] as Node<D>).dueMs >= node.dueMs) break;
      nodes[at] = nodes[below] as Node<D>;
      at = below;
    }
    nodes[at] = node;
  }
}
