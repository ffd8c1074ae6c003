import { isPlainField, type Key, type Target } from '../query/condition.ts';
import { compareKeys, createRowKey, type OrderStep } from '../query/order.ts';
import type { Reader } from '../query/reader.ts';
import { createRowPredicate, type RowPredicate } from '../query/row-predicate.ts';
import type { FindPlan } from '../query/run-find.ts';
import { isSameJson, type StoredRecord } from '../record/record.ts';
import type { Keyed } from './delta.ts';
import { findPlace, type Ordering } from './find-place.ts';
import type { LiveResult, RecordChange } from './live-result.ts';
import { ReplacedSpan, type Span } from './replaced-span.ts';
import { RowWindow } from './row-window.ts';

/** A record in the result, with the keys it is ordered by and the row that is shown. */
interface Entry extends Keyed<StoredRecord> {
  readonly key: number;
  readonly keys: readonly (Key | null)[];
  readonly record: StoredRecord;
  readonly row: StoredRecord;
}

/** How one key of an order is read and compared. */
export interface OrderKey extends Pick<OrderStep, 'descending' | 'nullsFirst'> {
  readonly keyOf: (record: StoredRecord) => Key | null;
}

/** What a live find is made of, anew each time that the moment has moved. */
export interface LiveFind {
  /** How its records are found. */
  readonly plan: FindPlan;
  /** Whether a record is among them, by itself and by the parents it has now. */
  readonly fits: RowPredicate;
  readonly order: readonly OrderKey[];
  /** The row that is shown of a record. */
  readonly show: (record: StoredRecord) => StoredRecord;
  /** Whether a row or a key can change though its record does not. */
  readonly joined: boolean;
}

/** Stored dateTimes are of one form whose texts order as the moments do: reading each would be half of opening a window. */
function createOrderKey(target: Target): (record: StoredRecord) => Key | null {
  const { name } = target.field;
  if (target.spec.type !== 'dateTime' || !isPlainField(target)) return createRowKey(target);
  return (record) => record[name] as string | null;
}

/** A find of one object by its own fields. */
export function createLiveFind(plan: FindPlan, show: (record: StoredRecord) => StoredRecord): LiveFind {
  const order = plan.order.map(({ target, descending, nullsFirst }) => ({
    keyOf: createOrderKey(target),
    descending,
    nullsFirst,
  }));
  return { plan, fits: createRowPredicate(plan.condition), order, show, joined: false };
}

/** How many records beyond a window are kept, so that most removals need no look into the table. */
const SPARE = 32;

/**
 * How often a long list is cut open in one commit before it is found anew instead: a cut moves what is behind it, 3.5 ns a
 * row, and finding takes 500.
 */
const CUTS_MAX = 256;
const LONG = 4096;

/**
 * The result of a filter with order, limit and offset, kept in step by changes: a binary search puts a record in or
 * takes it out. Under a limit only the window and a few records behind it are held; when they run out the rest is
 * fetched through the index, as many removals later as there are spares.
 */
export class OrderedResult implements LiveResult<StoredRecord>, Ordering<Entry> {
  readonly #reader: Reader;
  readonly #create: () => LiveFind;
  readonly #deletedField: string;
  #find: LiveFind;
  #end = 0;
  #keepMax = 0;
  #entries: Entry[] = [];
  /** The entries by slot: what is held is found by its record, whatever that was ordered by. Made with the first of them. */
  #held: Map<number, Entry> | undefined;
  /** Those let go since the rows were asked for: found again, they are shown as they were. */
  #released: Map<number, Entry> | undefined;
  /** Whether every record that fits is held, not only the first ones. */
  #whole = false;
  /** Cuts since the rows were asked for. */
  #cuts = 0;
  /** Whether changes have been left out since, as all is found anew. */
  #stale = false;
  readonly #span = new ReplacedSpan();
  readonly #window = new RowWindow<Entry>(this.#span);

  constructor(reader: Reader, create: () => LiveFind) {
    this.#reader = reader;
    this.#create = create;
    this.#deletedField = reader.entity.definition.roles.deleted;
    this.#find = create();
    this.#fill();
  }

  #fill(): void {
    const { plan } = this.#find;
    this.#end = plan.offset + plan.limit;
    this.#keepMax = this.#end + SPARE;
    const { table } = this.#reader.entity;
    const found = this.#findAll(plan);
    const [before, released] = [this.#held, this.#released];
    this.#stale = false;
    this.#entries = [];
    this.#held = undefined;
    for (let i = 0; i < found.count; i++) {
      const slot = found.slots[i] as number;
      this.#hold(i, this.#entry(table.row(slot) as StoredRecord, slot, before?.get(slot) ?? released?.get(slot)));
    }
    this.#whole = found.count < this.#keepMax;
    this.#window.touch();
    this.#span.shifted();
  }

  /** The first records of the plan, in the order shown: what the engine cannot order by is ordered here. */
  #findAll(plan: FindPlan): { readonly slots: ArrayLike<number>; readonly count: number } {
    const { order } = this.#find;
    if (order.length === plan.order.length) return this.#reader.run({ ...plan, offset: 0, limit: this.#keepMax });
    const all = this.#reader.run({ ...plan, order: [], offset: 0, limit: Number.POSITIVE_INFINITY });
    const { table } = this.#reader.entity;
    const entries = Array.from(all.slots.subarray(0, all.count), (slot) =>
      this.#entry(table.row(slot) as StoredRecord, slot, undefined),
    );
    entries.sort((left, right) => this.compare(left, right));
    const slots = entries.slice(0, this.#keepMax).map(({ key }) => key);
    return { slots, count: slots.length };
  }

  /** `shown`: how the same record was shown before. A row that did not change keeps its identity, and is not drawn anew. */
  #entry(record: StoredRecord, slot: number, shown: Entry | undefined): Entry {
    const { order, show } = this.#find;
    const keys: (Key | null)[] = [];
    for (let i = 0; i < order.length; i++) keys.push((order[i] as OrderKey).keyOf(record));
    let row = show(record);
    if (shown !== undefined && shown.row !== row && isSameJson(shown.row, row)) row = shown.row;
    const isSame = shown !== undefined && shown.row === row && keys.every((key, i) => Object.is(key, shown.keys[i]));
    return isSame && shown.record === record ? shown : { key: slot, keys, record, row };
  }

  #isIn(record: StoredRecord | undefined): record is StoredRecord {
    if (record === undefined) return false;
    const { plan, fits } = this.#find;
    return (record[this.#deletedField] === true ? plan.deleted : plan.live) && fits(record);
  }

  compare(left: Entry, right: Entry): number {
    const { order } = this.#find;
    for (let i = 0; i < order.length; i++) {
      const { descending, nullsFirst } = order[i] as OrderKey;
      const way = compareKeys(left.keys[i] as Key | null, right.keys[i] as Key | null, descending, nullsFirst);
      if (way !== 0) return way;
    }
    return order[0]?.descending === true ? right.key - left.key : left.key - right.key;
  }

  #hold(place: number, entry: Entry): void {
    this.#held ??= new Map();
    this.#held.set(entry.key, entry);
    if (place === this.#entries.length) this.#entries.push(entry);
    else this.#entries.splice(place, 0, entry);
  }

  apply({ slot, after }: RecordChange): boolean {
    const held = this.#held?.get(slot);
    const isIn = this.#isIn(after);
    if (held === undefined && !isIn) return false;
    if (this.#isCutUp()) return true;
    const fresh = isIn ? this.#entry(after, slot, held ?? this.#released?.get(slot)) : undefined;
    if (fresh !== undefined && fresh === held) return false;
    const touched = held === undefined ? false : this.#replaceOrRelease(held, fresh);
    if (fresh === undefined || this.#held?.get(slot) === fresh) return this.#note(touched);
    return this.#note(this.#insert(fresh) || touched);
  }

  /** What is held by then is what was, so that a row found again keeps its identity. */
  #isCutUp(): boolean {
    if (!this.#stale && this.#cuts >= CUTS_MAX && this.#entries.length >= LONG) this.#stale = true;
    return this.#stale;
  }

  #note(touched: boolean): boolean {
    if (touched) this.#window.touch();
    return touched;
  }

  /** Takes an entry out, or puts another in its place where the order leaves it there. Returns whether the window saw it. */
  #replaceOrRelease(held: Entry, fresh: Entry | undefined): boolean {
    const place = findPlace(this.#entries, held, this);
    if (fresh !== undefined && this.#staysAt(place, fresh)) {
      this.#entries[place] = fresh;
      this.#held?.set(fresh.key, fresh);
      this.#span.replaced(place);
    } else {
      this.#span.shifted();
      this.#cuts++;
      this.#entries.splice(place, 1);
      this.#release(held);
    }
    return place < this.#end;
  }

  #release(entry: Entry): void {
    this.#held?.delete(entry.key);
    // A whole record that changed is another object anyway.
    if (entry.row === entry.record) return;
    // Where the window has seen none of it nobody asks for the rows, and they would gather.
    if (this.#released === undefined || this.#released.size > this.#keepMax) this.#released = new Map();
    this.#released.set(entry.key, entry);
  }

  #staysAt(place: number, fresh: Entry): boolean {
    const before = this.#entries[place - 1];
    const after = this.#entries[place + 1];
    // Behind the last one held there may be others, which it might belong behind as well.
    if (after === undefined && !this.#whole) return false;
    return (
      (before === undefined || this.compare(before, fresh) < 0) &&
      (after === undefined || this.compare(fresh, after) < 0)
    );
  }

  #insert(entry: Entry): boolean {
    const place = findPlace(this.#entries, entry, this);
    // Behind the last one held, it may belong anywhere among those that are not.
    if (place === this.#entries.length && !this.#whole) return false;
    this.#span.shifted();
    this.#cuts++;
    this.#hold(place, entry);
    if (this.#entries.length > this.#keepMax) {
      this.#release(this.#entries.pop() as Entry);
      this.#whole = false;
    }
    return place < this.#end;
  }

  adopt(rows: readonly Keyed<StoredRecord>[]): void {
    const known = new Map(rows.map(({ key, row }) => [key, row]));
    for (const [place, entry] of this.#entries.entries()) {
      const row = known.get(entry.key);
      if (row === undefined || row === entry.row || !isSameJson(row, entry.row)) continue;
      const same = { ...entry, row };
      this.#entries[place] = same;
      this.#held?.set(same.key, same);
    }
  }

  /** What is so by now: the moment may have moved what fits. */
  expire(): void {
    this.#find = this.#create();
    this.#fill();
  }

  replaced(): Span | undefined {
    return this.#window.replaced(this.#find.plan.offset);
  }

  /** The rows in the window now. Fetches more first when too few are held. */
  rows(reuse = false): readonly Keyed<StoredRecord>[] {
    this.#cuts = 0;
    const { offset } = this.#find.plan;
    if (this.#stale || (!this.#whole && this.#entries.length < this.#end)) {
      if (this.#find.joined) this.#find = this.#create();
      this.#fill();
    }
    this.#released = undefined;
    return this.#window.read(this.#entries, offset, this.#end, reuse);
  }
}
