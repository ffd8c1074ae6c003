import type { AggregatePlan } from '../query/check-aggregate.ts';
import type { Key } from '../query/condition.ts';
import { compareKeys } from '../query/order.ts';
import { createRowPredicate, type RowPredicate } from '../query/row-predicate.ts';
import { createToKey, type ToKey } from '../query/value-key.ts';
import { isSameJson, type StoredRecord } from '../record/record.ts';
import type { Keyed } from './delta.ts';
import { findPlace, type Ordering } from './find-place.ts';
import { ReplacedSpan, type Span } from './replaced-span.ts';
import { RowWindow } from './row-window.ts';

interface Entry extends Keyed<StoredRecord> {
  readonly key: number;
  /** The slot of the group's first member: groups that tie come in the order of these. */
  readonly first: number;
  readonly keys: readonly (Key | null)[];
}

/** A group, the slot of its first member, and its row if it has any members. */
export interface Put {
  readonly group: number;
  readonly first: number;
  readonly row: StoredRecord | undefined;
}

/** So many groups are put by sorting. */
const MANY = 1024;

/** The rows of groups, filtered and ordered as a query asks, one by one: a group that changes is put in its new place. */
export class GroupRows implements Ordering<Entry> {
  #plan: AggregatePlan;
  #having: RowPredicate | undefined;
  readonly #toKeys: readonly ToKey[];
  #entries: Entry[] = [];
  readonly #byGroup = new Map<number, Entry>();
  readonly #span = new ReplacedSpan();
  readonly #window = new RowWindow<Entry>(this.#span);

  constructor(plan: AggregatePlan) {
    this.#plan = plan;
    this.#having = plan.having === undefined ? undefined : createRowPredicate(plan.having);
    // A dotted group is one name in the row, not a path.
    this.#toKeys = plan.order.map(({ target }) => createToKey(target.spec, target.caseSensitive));
  }

  /** Goes on with a plan of other conditions. Every group has to be put anew. */
  renew(plan: AggregatePlan): void {
    this.#plan = plan;
    this.#having = plan.having === undefined ? undefined : createRowPredicate(plan.having);
  }

  /** Shows groups by rows, or no longer. Many at once are sorted: each one put in its place would move all behind it. */
  put(groups: readonly Put[]): void {
    if (groups.length < MANY) {
      for (const put of groups) this.#put(put);
      return;
    }
    for (const put of groups) {
      const entry = this.#entryOf(put);
      if (entry === undefined) this.#byGroup.delete(put.group);
      else this.#byGroup.set(put.group, entry);
    }
    this.#entries = [...this.#byGroup.values()].sort((left, right) => this.compare(left, right));
    this.#span.shifted();
    this.#window.touch();
  }

  #entryOf({ group, first, row }: Put): Entry | undefined {
    if (row === undefined || this.#having?.(row) === false) return undefined;
    return this.#entry(group, first, row, this.#byGroup.get(group));
  }

  #put(put: Put): void {
    const { group } = put;
    const shown = this.#byGroup.get(group);
    const entry = this.#entryOf(put);
    if (entry === shown) return;
    this.#window.touch();
    if (shown !== undefined) {
      const place = findPlace(this.#entries, shown, this);
      if (entry !== undefined && this.compare(shown, entry) === 0) {
        this.#entries[place] = entry;
        this.#span.replaced(place);
        this.#byGroup.set(group, entry);
        return;
      }
      this.#span.shifted();
      this.#entries.splice(place, 1);
      this.#byGroup.delete(group);
    }
    if (entry === undefined) return;
    this.#span.shifted();
    this.#entries.splice(findPlace(this.#entries, entry, this), 0, entry);
    this.#byGroup.set(group, entry);
  }

  #entry(group: number, first: number, row: StoredRecord, shown: Entry | undefined): Entry {
    if (shown !== undefined && shown.first === first && isSameJson(shown.row, row)) return shown;
    const same = shown !== undefined && isSameJson(shown.row, row) ? shown.row : row;
    const keys = this.#plan.order.map(({ target }, i) => (this.#toKeys[i] as ToKey)(same[target.path]));
    return { key: group, first, keys, row: same };
  }

  compare(left: Entry, right: Entry): number {
    const { order } = this.#plan;
    for (let i = 0; i < order.length; i++) {
      const { descending, nullsFirst } = order[i] as AggregatePlan['order'][number];
      const way = compareKeys(left.keys[i] as Key | null, right.keys[i] as Key | null, descending, nullsFirst);
      if (way !== 0) return way;
    }
    if (left.first !== right.first)
      return order[0]?.descending === true ? right.first - left.first : left.first - right.first;
    // A record that has gone from one group to another is, until both are put, the first of both.
    return left.key - right.key;
  }

  replaced(): Span | undefined {
    return this.#window.replaced(this.#plan.offset);
  }

  /** The rows now, within offset and limit. */
  window(reuse: boolean): readonly Keyed<StoredRecord>[] {
    const { offset, limit } = this.#plan;
    return this.#window.read(this.#entries, offset, offset + limit, reuse);
  }
}
