import type { Target } from '../query/condition.ts';
import type { Reader } from '../query/reader.ts';

/** A way by which a change of one object's record concerns another's: through the reference that points to it. */
export interface Join {
  /** The object pointed to. */
  readonly parent: string;
  readonly child: Reader;
  /** The child's reference. */
  readonly target: Target;
}

interface Watched extends Join {
  count: number;
}

/** How many references are followed from a change: as many as a path may have. */
const LEVELS_MAX = 5;

/** The references that open live queries look along. */
export class Joins {
  readonly #byParent = new Map<string, Map<string, Watched>>();

  /** Watches a reference and returns what ends it. The reference gets an index, so that children are found and not looked for. */
  add(join: Join): () => void {
    const { name } = join.child.entity.definition;
    const key = `${name} ${join.target.path}`;
    const ways = this.#byParent.get(join.parent) ?? new Map<string, Watched>();
    this.#byParent.set(join.parent, ways);
    const watched = ways.get(key) ?? { ...join, count: 0 };
    ways.set(key, watched);
    watched.count++;
    join.child.entity.table.addIndex([join.target.field.name]);
    return () => {
      watched.count--;
      if (watched.count > 0) return;
      ways.delete(key);
      if (ways.size === 0) this.#byParent.delete(join.parent);
    };
  }

  has(object: string): boolean {
    return this.#byParent.has(object);
  }

  /** Calls `visit` with every live record that points to a record, or points to one that does. */
  visitChildren(object: string, id: string, visit: (child: Reader, slot: number) => void): void {
    this.#visit(object, id, visit, new Set(), 0);
  }

  #visit(
    object: string,
    id: string,
    visit: (child: Reader, slot: number) => void,
    seen: Set<string>,
    level: number,
  ): void {
    const ways = this.#byParent.get(object);
    if (ways === undefined || level === LEVELS_MAX || seen.has(`${object} ${id}`)) return;
    seen.add(`${object} ${id}`);
    for (const { child, target } of ways.values()) {
      const { table, definition } = child.entity;
      const found = child.run({
        condition: { kind: 'leaf', target, test: { op: 'eq', key: id }, negated: false },
        order: [],
        limit: Number.POSITIVE_INFINITY,
        offset: 0,
        live: true,
        deleted: false,
      });
      // Copied: what is visited may ask in turn, and the slots stand in a buffer.
      for (const slot of Array.from(found.slots.subarray(0, found.count))) {
        visit(child, slot);
        this.#visit(definition.name, table.rows[slot]?.[definition.roles.id] as string, visit, seen, level + 1);
      }
    }
  }
}
