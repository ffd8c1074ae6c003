import { assert } from '../engine/ground/assert.ts';
import type { DocumentEntry } from './document-entry.ts';

/** Most entries of a page: inserting moves half a page. */
const PAGE_MAX = 256;
/** How full pages are that are made at once, so that the next entries find room. */
const PAGE_FULL = 192;
/** A batch this large a part of what is held is merged with all of it. */
const MERGE_SHARE = 0.1;

export type CompareEntries = (left: DocumentEntry, right: DocumentEntry) => number;

/** Where a bound stands to an entry: above zero when the entry comes before it. */
export type CompareBound = (entry: DocumentEntry) => number;

/**
 * Entries in an order in which no two are equal, in pages: insert, remove and rank are logarithmic, and how many stand between two
 * bounds is known without reading them. Unlike the engine's `SortedRun` its keys are any number of fields, texts among them, in
 * an order that goes down to the primary key: that of RxDB's indexes.
 */
export class SortedEntries {
  readonly #compare: CompareEntries;
  #pages: DocumentEntry[][] = [];
  /** The rank of each page's first entry, right up to `#ranked` pages. */
  #starts: number[] = [];
  #ranked = 0;
  #size = 0;

  constructor(compare: CompareEntries) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  insert(entry: DocumentEntry): void {
    this.#size++;
    const at = this.#pageBefore((other) => this.#compare(entry, other));
    const page = this.#pages[at];
    if (page === undefined) {
      this.#pages.push([entry]);
      return;
    }
    page.splice(
      placeIn(page, (other) => this.#compare(entry, other)),
      0,
      entry,
    );
    this.#ranked = Math.min(this.#ranked, at + 1);
    if (page.length <= PAGE_MAX) return;
    this.#pages.splice(at + 1, 0, page.splice(page.length >>> 1));
  }

  /** Takes in entries that stand in order. */
  insertSorted(entries: readonly DocumentEntry[]): void {
    if (entries.length <= this.#size * MERGE_SHARE) {
      for (const entry of entries) this.insert(entry);
      return;
    }
    const merged = this.#merge(entries);
    this.#pages = [];
    for (let from = 0; from < merged.length; from += PAGE_FULL) this.#pages.push(merged.slice(from, from + PAGE_FULL));
    this.#size = merged.length;
    this.#ranked = 0;
  }

  #merge(entries: readonly DocumentEntry[]): readonly DocumentEntry[] {
    if (this.#size === 0) return entries;
    const held = this.#pages.flat();
    const merged: DocumentEntry[] = [];
    let next = 0;
    for (const entry of entries) {
      while (next < held.length && this.#compare(held[next] as DocumentEntry, entry) < 0)
        merged.push(held[next++] as DocumentEntry);
      merged.push(entry);
    }
    while (next < held.length) merged.push(held[next++] as DocumentEntry);
    return merged;
  }

  /** Takes out an entry, which is held. */
  remove(entry: DocumentEntry): void {
    const at = this.#pageBefore((other) => this.#compare(entry, other));
    const page = this.#pages[at];
    const place = page === undefined ? -1 : placeIn(page, (other) => this.#compare(entry, other));
    assert(page?.[place]?.id === entry.id, 'an entry to remove stands where it belongs');
    page?.splice(place, 1);
    this.#size--;
    this.#ranked = Math.min(this.#ranked, at + 1);
    if (page?.length !== 0) return;
    this.#pages.splice(at, 1);
    this.#ranked = Math.min(this.#ranked, at);
  }

  /** Puts an entry in the place of one that it equals in the order. */
  replace(before: DocumentEntry, after: DocumentEntry): void {
    const page = this.#pages[this.#pageBefore((other) => this.#compare(before, other))] ?? [];
    const place = placeIn(page, (other) => this.#compare(before, other));
    assert(page[place]?.id === after.id, 'an entry to replace stands where it belongs');
    page[place] = after;
  }

  /** How many entries come before a bound. */
  rank(bound: CompareBound): number {
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
      const page = this.#pages[at] as DocumentEntry[];
      if (backward && place < 0) place = page.length - 1;
      for (; place >= 0 && place < page.length && left > 0; place += step, left--)
        if (!visit(page[place] as DocumentEntry)) return;
      place = backward ? -1 : 0;
    }
  }

  /** The last page whose first entry comes before a bound; 0 when there is none. */
  #pageBefore(bound: CompareBound): number {
    let low = 0;
    let high = this.#pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (bound((this.#pages[middle] as DocumentEntry[])[0] as DocumentEntry) > 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #start(at: number): number {
    for (; this.#ranked <= at; this.#ranked++) {
      const before = this.#ranked - 1;
      this.#starts[this.#ranked] =
        before < 0 ? 0 : (this.#starts[before] as number) + (this.#pages[before] as DocumentEntry[]).length;
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

/** The place of the first entry of a page that does not come before a bound. */
function placeIn(page: readonly DocumentEntry[], bound: CompareBound): number {
  let low = 0;
  let high = page.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bound(page[middle] as DocumentEntry) > 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
