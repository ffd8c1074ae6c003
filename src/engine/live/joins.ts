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

interface Pointed {
  readonly object: string;
  readonly id: string;
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

  /**
   * Calls `visit` with every live record that points to a record, or points to one that does. Level by level, so that
   * what is reached by two ways is followed from the nearer one, as far as a path may go.
   */
  visitChildren(object: string, id: string, visit: (child: Reader, slot: number) => void): void {
    const seen = new Set([`${object} ${id}`]);
    let level: readonly Pointed[] = [{ object, id }];
    for (let depth = 0; depth < LEVELS_MAX && level.length > 0; depth++) {
      const next: Pointed[] = [];
      for (const parent of level) this.#visit(parent, visit, seen, next);
      level = next;
    }
  }

  #visit(
    { object, id }: Pointed,
    visit: (child: Reader, slot: number) => void,
    seen: Set<string>,
    next: Pointed[],
  ): void {
    for (const { child, target } of this.#byParent.get(object)?.values() ?? []) {
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
        const childId = table.rows[slot]?.[definition.roles.id] as string;
        const key = `${definition.name} ${childId}`;
        if (seen.has(key)) continue;
        seen.add(key);
        next.push({ object: definition.name, id: childId });
      }
    }
  }
}
