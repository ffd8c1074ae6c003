/** A record named by its object too: objects whose ids are texts or UUIDs may share them. */
export interface RecordName {
  readonly object: string;
  readonly id: string;
}

const NONE: ReadonlySet<string> = new Set();

/** Which records of a table went to the recycle bin with a parent, so that undeleting it brings just those back. */
export class CascadeMemory {
  readonly #roots = new Map<string, RecordName>();
  readonly #taken = new Map<string, Set<string>>();

  /** The record whose deletion took `id`. */
  get(id: string): RecordName | undefined {
    return this.#roots.get(id);
  }

  /** All of it as it is now, by id. */
  copy(): ReadonlyMap<string, RecordName> {
    return new Map(this.#roots);
  }

  /** The records that the deletion of `root` took. */
  takenBy(root: RecordName): ReadonlySet<string> {
    return this.#taken.get(keyOf(root)) ?? NONE;
  }

  set(id: string, root: RecordName): void {
    this.delete(id);
    this.#roots.set(id, root);
    const taken = this.#taken.get(keyOf(root));
    if (taken === undefined) this.#taken.set(keyOf(root), new Set([id]));
    else taken.add(id);
  }

  delete(id: string): void {
    const root = this.#roots.get(id);
    if (root === undefined) return;
    this.#roots.delete(id);
    const taken = this.#taken.get(keyOf(root));
    taken?.delete(id);
    if (taken?.size === 0) this.#taken.delete(keyOf(root));
  }
}

function keyOf({ object, id }: RecordName): string {
  return `${object} ${id}`;
}
