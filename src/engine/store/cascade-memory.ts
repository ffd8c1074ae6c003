const NONE: ReadonlySet<string> = new Set();

/** Which records of a table went to the recycle bin with a parent, so that undeleting it brings just those back. */
export class CascadeMemory {
  readonly #roots = new Map<string, string>();
  readonly #taken = new Map<string, Set<string>>();

  /** The record whose deletion took `id`. */
  get(id: string): string | undefined {
    return this.#roots.get(id);
  }

  /** The records that the deletion of `root` took. */
  takenBy(root: string): ReadonlySet<string> {
    return this.#taken.get(root) ?? NONE;
  }

  set(id: string, root: string): void {
    this.delete(id);
    this.#roots.set(id, root);
    const taken = this.#taken.get(root);
    if (taken === undefined) this.#taken.set(root, new Set([id]));
    else taken.add(id);
  }

  delete(id: string): void {
    const root = this.#roots.get(id);
    if (root === undefined) return;
    this.#roots.delete(id);
    const taken = this.#taken.get(root);
    taken?.delete(id);
    if (taken?.size === 0) this.#taken.delete(root);
  }
}
