import { assert } from '../engine/ground/assert.ts';
import type { AnyDocument, DocumentEntry } from './document-entry.ts';
import { compareBound, compareKeys } from './index-keys.ts';
import { sortEntries } from './sort-entries.ts';

/** Most entries of a page: inserting moves half a page. */
const PAGE_MAX = 256;
/** How full pages are that are made at once, so that the next entries find room. */
const PAGE_FULL = 192;
/** A batch this large a part of what is held is merged with all of it. */
const MERGE_SHARE = 0.1;

/** An order of entries in which no two are equal: by one value, and then by whatever else. */
export interface EntryOrder {
  readonly first: (entry: DocumentEntry) => unknown;
  /** The order of two whose first values are equal. */
  readonly rest: (left: DocumentEntry, right: DocumentEntry) => number;
  /** What entries are compared by, in turn. */
  readonly reads: readonly ((entry: DocumentEntry) => unknown)[];
}

/** A place between entries. */
export interface EntryBound {
  readonly first: unknown;
  /** Of an entry whose first value equals the bound's: above zero when it comes before the bound. */
  readonly rest: (entry: DocumentEntry) => number;
}

/** The first values of a page's entries stand beside them: most comparisons read no record. */
interface Page {
  readonly keys: unknown[];
  readonly entries: DocumentEntry[];
}

/**
 * Entries in order, in pages: insert, remove and rank are logarithmic, and how many stand between two bounds is known without reading
 * them. Unlike the engine's `SortedRun` its keys are any number of fields, texts among them, in an order that goes down to the
 * primary key: that of RxDB's indexes.
 */
export class SortedEntries {
  readonly #order: EntryOrder;
  #pages: Page[] = [];
  /** The rank of each page's first entry, right up to `#ranked` pages. */
  #starts: number[] = [];
  #ranked = 0;
  #size = 0;

  constructor(order: EntryOrder) {
    this.#order = order;
  }

  get size(): number {
    return this.#size;
  }

  insert(entry: DocumentEntry): void {
    this.#size++;
    const bound = this.#boundOf(entry);
    const at = this.#pageBefore(bound);
    const page = this.#pages[at];
    if (page === undefined) {
      this.#pages.push({ keys: [bound.first], entries: [entry] });
      return;
    }
    const place = placeIn(page, bound);
    page.keys.splice(place, 0, bound.first);
    page.entries.splice(place, 0, entry);
    this.#ranked = Math.min(this.#ranked, at + 1);
    if (page.entries.length <= PAGE_MAX) return;
    const half = page.entries.length >>> 1;
    this.#pages.splice(at + 1, 0, { keys: page.keys.splice(half), entries: page.entries.splice(half) });
  }

  /** Takes in entries in any order. */
  insertAll(entries: readonly DocumentEntry[]): void {
    if (entries.length <= Math.max(1, this.#size * MERGE_SHARE)) {
      for (const entry of entries) this.insert(entry);
      return;
    }
    const added = sortEntries(entries, this.#order.reads);
    this.#rebuild(this.#size === 0 ? added : this.#merge(added));
  }

  #merge(added: readonly DocumentEntry[]): readonly DocumentEntry[] {
    const { first, rest } = this.#order;
    const merged: DocumentEntry[] = [];
    let next = 0;
    for (const { keys, entries } of this.#pages)
      for (const [place, entry] of entries.entries()) {
        const key = keys[place];
        for (let other = added[next]; other !== undefined; other = added[next]) {
          if ((compareKeys(first(other), key) || rest(other, entry)) > 0) break;
          merged.push(other);
          next++;
        }
        merged.push(entry);
      }
    for (; next < added.length; next++) merged.push(added[next] as DocumentEntry);
    return merged;
  }

  #rebuild(ordered: readonly DocumentEntry[]): void {
    this.#pages = [];
    for (let from = 0; from < ordered.length; from += PAGE_FULL) {
      const entries = ordered.slice(from, from + PAGE_FULL);
      this.#pages.push({ keys: entries.map(this.#order.first), entries });
    }
    this.#size = ordered.length;
    this.#ranked = 0;
  }

  /** Takes out an entry, which is held. */
  remove(entry: DocumentEntry): void {
    const [at, place] = this.#find(entry);
    const { keys, entries } = this.#pages[at] as Page;
    keys.splice(place, 1);
    entries.splice(place, 1);
    this.#size--;
    this.#ranked = Math.min(this.#ranked, at + 1);
    if (entries.length > 0) return;
    this.#pages.splice(at, 1);
    this.#ranked = Math.min(this.#ranked, at);
  }

  /** Puts an entry in the place of one that it equals in the order. */
  replace(before: DocumentEntry, after: DocumentEntry): void {
    const [at, place] = this.#find(before);
    (this.#pages[at] as Page).entries[place] = after;
  }

  /** The page and the place in it of an entry, or of one that it equals in the order. */
  #find(entry: DocumentEntry): readonly [at: number, place: number] {
    const bound = this.#boundOf(entry);
    const before = this.#pageBefore(bound);
    const page = this.#pages[before];
    const behind = page === undefined ? 0 : placeIn(page, bound);
    // The first of a page does not come before itself.
    const [at, place] = page !== undefined && behind < page.entries.length ? [before, behind] : [before + 1, 0];
    assert(this.#pages[at]?.entries[place]?.id === entry.id, 'an entry stands where it belongs');
    return [at, place];
  }

  #boundOf(entry: DocumentEntry): EntryBound {
    const { first, rest } = this.#order;
    return { first: first(entry), rest: (other) => rest(entry, other) };
  }

  /** How many entries come before a bound. */
  rank(bound: EntryBound): number {
    const at = this.#pageBefore(bound);
    const page = this.#pages[at];
    return page === undefined ? 0 : this.#start(at) + placeIn(page, bound);
  }

  /** Visits entries from one rank up to another, from the last backwards when `backward`, until `visit` gives false. */
  visit(from: number, to: number, backward: boolean, visit: (entry: DocumentEntry) => boolean): void {
    if (from >= to) return;
    const step = backward ? -1 : 1;
    let at = this.#pageOfRank(backward ? to - 1 : from);
    let place = (backward ? to - 1 : from) - this.#start(at);
    for (let left = to - from; left > 0; at += step) {
      const { entries } = this.#pages[at] as Page;
      if (backward && place < 0) place = entries.length - 1;
      for (; place >= 0 && place < entries.length && left > 0; place += step, left--)
        if (!visit(entries[place] as DocumentEntry)) return;
      place = backward ? -1 : 0;
    }
  }

  /** Adds the documents from one rank up to another to a list, from the last backwards when `backward`. */
  readDocuments(from: number, to: number, backward: boolean, into: AnyDocument[]): void {
    if (from >= to) return;
    let at = this.#pageOfRank(backward ? to - 1 : from);
    let place = (backward ? to - 1 : from) - this.#start(at);
    let { entries } = this.#pages[at] as Page;
    const step = backward ? -1 : 1;
    for (let left = to - from; left > 0; left--, place += step) {
      if (place < 0 || place >= entries.length) {
        at += step;
        entries = (this.#pages[at] as Page).entries;
        place = backward ? entries.length - 1 : 0;
      }
      into.push((entries[place] as DocumentEntry).document);
    }
  }

  /** The last page whose first entry comes before a bound; 0 when there is none. */
  #pageBefore(bound: EntryBound): number {
    let low = 0;
    let high = this.#pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (comesBefore(this.#pages[middle] as Page, 0, bound)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #start(at: number): number {
    for (; this.#ranked <= at; this.#ranked++) {
      const before = this.#ranked - 1;
      this.#starts[this.#ranked] =
        before < 0 ? 0 : (this.#starts[before] as number) + (this.#pages[before] as Page).entries.length;
    }
    return this.#starts[at] as number;
  }

  #pageOfRank(rank: number): number {
    this.#start(this.#pages.length - 1);
    let low = 0;
    let high = this.#pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#starts[middle] as number) <= rank) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function comesBefore({ keys, entries }: Page, place: number, { first, rest }: EntryBound): boolean {
  const key = keys[place];
  // Most keys are numbers that differ.
  if (typeof first === 'number' && typeof key === 'number' && first !== key) return key < first;
  const order = compareBound(first, key);
  return (order === 0 ? rest(entries[place] as DocumentEntry) : order) > 0;
}

/** The place of the first entry of a page that does not come before a bound. */
function placeIn(page: Page, bound: EntryBound): number {
  let low = 0;
  let high = page.entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comesBefore(page, middle, bound)) low = middle + 1;
    else high = middle;
  }
  return low;
}
