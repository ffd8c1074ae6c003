import type { Target } from '../query/condition.ts';
import type { Reader } from '../query/reader.ts';
import type { StoredRecord } from '../record/record.ts';

/** A way by which a change of one object's record concerns another's: through the reference that points to it. */
export interface Join {
  /** The object pointed to. */
  readonly parent: string;
  readonly child: Reader;
  /** The child's reference. */
  readonly target: Target;
  /** The fields of the parent that are read, beside whether it is there; undefined where all may be. */
  readonly fields: ReadonlySet<string> | undefined;
}

/** A reference that some live queries look along. */
interface Watched {
  readonly child: Reader;
  readonly target: Target;
  /** Of all of them, those that have ended too. */
  fields: Set<string> | undefined;
  count: number;
}

/** A change of a parent. */
interface ParentChange {
  readonly object: string;
  readonly id: string;
  readonly before: StoredRecord | undefined;
  readonly after: StoredRecord | undefined;
}

interface Pointed {
  readonly object: string;
  readonly id: string;
}

/** Whether a change is of something that is read of the parent: that it is there, or a field. */
function isReadBy(
  fields: ReadonlySet<string> | undefined,
  { before, after }: ParentChange,
  deletedField: string,
): boolean {
  if (before === undefined || after === undefined || fields === undefined) return true;
  if (before[deletedField] !== after[deletedField]) return true;
  for (const field of fields) if (before[field] !== after[field]) return true;
  return false;
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
    const { child, target, fields } = join;
    const watched = ways.get(key) ?? { child, target, fields: new Set(), count: 0 };
    ways.set(key, watched);
    watched.count++;
    if (fields === undefined) watched.fields = undefined;
    else for (const field of fields) watched.fields?.add(field);
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
  visitChildren(change: ParentChange, deletedField: string, visit: (child: Reader, slot: number) => void): void {
    const { object, id } = change;
    const seen = new Set([`${object} ${id}`]);
    let level: readonly Pointed[] = [{ object, id }];
    const isRead = ({ fields }: Watched) => isReadBy(fields, change, deletedField);
    for (let depth = 0; depth < LEVELS_MAX && level.length > 0; depth++) {
      const next: Pointed[] = [];
      // What lies between has not changed itself: it is the way to what has.
      for (const parent of level) this.#visit(parent, depth === 0 ? isRead : () => true, visit, seen, next);
      level = next;
    }
  }

  #visit(
    { object, id }: Pointed,
    concerns: (way: Watched) => boolean,
    visit: (child: Reader, slot: number) => void,
    seen: Set<string>,
    next: Pointed[],
  ): void {
    for (const way of this.#byParent.get(object)?.values() ?? []) {
      if (!concerns(way)) continue;
      const { child, target } = way;
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
        const childId = table.row(slot)?.[definition.roles.id] as string;
        const key = `${definition.name} ${childId}`;
        if (seen.has(key)) continue;
        seen.add(key);
        next.push({ object: definition.name, id: childId });
      }
    }
  }
}
