import type { Key } from '../query/condition.ts';
import { compareKeys, createRowKey } from '../query/order.ts';
import type { Reader } from '../query/reader.ts';
import { createRowPredicate, type RowPredicate } from '../query/row-predicate.ts';
import type { FindPlan } from '../query/run-find.ts';
import { isSameJson, type StoredRecord } from '../record/record.ts';
import type { Change } from '../write/change.ts';
import type { Keyed } from './delta.ts';

/** A record in the result, with the keys it is ordered by and the row that is shown. */
interface Entry extends Keyed<StoredRecord> {
  readonly key: number;
  readonly keys: readonly (Key | null)[];
  readonly row: StoredRecord;
}

/** How many records beyond a window are kept, so that most removals need no look into the table. */
const SPARE = 32;

/**
 * The result of a filter with order, limit and offset, kept in step by changes: a binary search puts a record in or
 * takes it out. Under a limit only the window and a few records behind it are held; when they run out the rest is
 * fetched through the index, as many removals later as there are spares.
 */
export class OrderedResult {
  readonly #reader: Reader;
  readonly #plan: FindPlan;
  readonly #fits: RowPredicate;
  readonly #project: (record: StoredRecord) => StoredRecord;
  readonly #keyReaders: readonly ((record: StoredRecord) => Key | null)[];
  readonly #end: number;
  readonly #keepMax: number;
  #entries: Entry[] = [];
  /** Whether every record that fits is held, not only the first ones. */
  #whole = false;

  constructor(reader: Reader, plan: FindPlan, project: (record: StoredRecord) => StoredRecord) {
    this.#reader = reader;
    this.#plan = plan;
    this.#fits = createRowPredicate(plan.condition);
    this.#project = project;
    this.#keyReaders = plan.order.map(({ target }) => createRowKey(target));
    this.#end = plan.offset + plan.limit;
    this.#keepMax = this.#end + SPARE;
    this.#fill();
  }

  #fill(): void {
    const { table } = this.#reader.entity;
    const found = this.#reader.run({ ...this.#plan, offset: 0, limit: this.#keepMax });
    const held = new Map(this.#entries.map((entry) => [entry.key, entry]));
    this.#entries = [];
    for (let i = 0; i < found.count; i++) {
      const slot = found.slots[i] as number;
      this.#entries.push(keepShown(this.#entry(table.rows[slot] as StoredRecord, slot), held.get(slot)?.row));
    }
    this.#whole = found.count < this.#keepMax;
  }

  #entry(record: StoredRecord, slot: number): Entry {
    return { key: slot, keys: this.#keyReaders.map((read) => read(record)), row: this.#project(record) };
  }

  #isIn(record: StoredRecord | undefined): record is StoredRecord {
    if (record === undefined) return false;
    const deleted = record[this.#reader.entity.definition.roles.deleted] === true;
    return (deleted ? this.#plan.deleted : this.#plan.live) && this.#fits(record);
  }

  #compare(left: Entry, right: Entry): number {
    const { order } = this.#plan;
    for (let i = 0; i < order.length; i++) {
      const { descending, nullsFirst } = order[i] as FindPlan['order'][number];
      const way = compareKeys(left.keys[i] as Key | null, right.keys[i] as Key | null, descending, nullsFirst);
      if (way !== 0) return way;
    }
    return order[0]?.descending === true ? right.key - left.key : left.key - right.key;
  }

  /** The place of the first entry not before `entry`. */
  #place(entry: Entry): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#entries[middle] as Entry, entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Takes in one change. Returns whether the result may have moved. */
  apply(change: Change): boolean {
    const wasIn = this.#isIn(change.before);
    const isIn = this.#isIn(change.after);
    if (!wasIn && !isIn) return false;
    let shown: StoredRecord | undefined;
    let touched = false;
    if (wasIn) {
      const place = this.#place(this.#entry(change.before as StoredRecord, change.slot));
      const held = this.#entries[place];
      if (held?.key === change.slot) {
        shown = held.row;
        this.#entries.splice(place, 1);
        touched = place < this.#end;
      }
    }
    if (!isIn) return touched;
    return this.#insert(this.#entry(change.after as StoredRecord, change.slot), shown) || touched;
  }

  #insert(fresh: Entry, shown: StoredRecord | undefined): boolean {
    const entry = keepShown(fresh, shown);
    const place = this.#place(entry);
    // Behind the last one held, it may belong anywhere among those that are not.
    if (place === this.#entries.length && !this.#whole) return false;
    this.#entries.splice(place, 0, entry);
    if (this.#entries.length > this.#keepMax) {
      this.#entries.pop();
      this.#whole = false;
    }
    return place < this.#end;
  }

  /** The rows in the window now. Fetches more first when too few are held. */
  rows(): readonly Keyed<StoredRecord>[] {
    if (!this.#whole && this.#entries.length < this.#end) this.#fill();
    return this.#entries.slice(this.#plan.offset, this.#end);
  }
}

/** A projection that did not change keeps its identity, so that nobody draws it anew. */
function keepShown(fresh: Entry, shown: StoredRecord | undefined): Entry {
  return shown !== undefined && shown !== fresh.row && isSameJson(shown, fresh.row) ? { ...fresh, row: shown } : fresh;
}
