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
  readonly group: number;
  /** The slot of the group's first member: groups that tie come in the order of these. */
  readonly first: number;
  readonly keys: readonly (Key | null)[];
}

/** A group, the slot of its first member, and its row if it has any members. */
export interface Put {
  readonly group: number;
  /** What tells it from other groups, in any result. */
  readonly key: string;
  readonly first: number;
  readonly row: StoredRecord | undefined;
}

/** Not that of a group of another result, which counts its groups for itself. */
function isEntryOf(shown: Entry | Keyed<StoredRecord>, { group, first }: Put): shown is Entry {
  return 'group' in shown && shown.group === group && shown.first === first;
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
  #adopted: ReadonlyMap<string, Keyed<StoredRecord>> | undefined;
  readonly #span = new ReplacedSpan();
  readonly #window = new RowWindow<Entry>(this.#span);

  constructor(plan: AggregatePlan) {
    this.#plan = plan;
    this.#having = plan.having === undefined ? undefined : createRowPredicate(plan.having);
    // A dotted group is one name in the row, not a path.
    this.#toKeys = plan.order.map(({ target }) => createToKey(target.spec, target.caseSensitive));
  }

  /** The rows of another result: groups that say the same as there are the same objects. */
  adopt(rows: readonly Keyed<StoredRecord>[]): void {
    this.#adopted = new Map(rows.map((row) => [row.key as string, row]));
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

  #entryOf({ group, key, first, row }: Put): Entry | undefined {
    if (row === undefined || this.#having?.(row) === false) return undefined;
    const shown = this.#byGroup.get(group) ?? this.#adopted?.get(key);
    return this.#entry({ group, key, first, row }, shown);
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

  #entry(put: Put & { readonly row: StoredRecord }, shown: Entry | Keyed<StoredRecord> | undefined): Entry {
    const { group, key, first, row } = put;
    const same = shown !== undefined && isSameJson(shown.row, row) ? shown.row : row;
    if (shown !== undefined && same === shown.row && isEntryOf(shown, put)) return shown;
    const keys = this.#plan.order.map(({ target }, i) => (this.#toKeys[i] as ToKey)(same[target.path]));
    return { key, group, first, keys, row: same };
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
    return left.group - right.group;
  }

  replaced(): Span | undefined {
    return this.#window.replaced(this.#plan.offset);
  }

  /** The rows now, within offset and limit. */
  window(reuse: boolean): readonly Keyed<StoredRecord>[] {
    this.#adopted = undefined;
    const { offset, limit } = this.#plan;
    return this.#window.read(this.#entries, offset, offset + limit, reuse);
  }
}
