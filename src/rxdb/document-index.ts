import type { DocumentEntry } from './document-entry.ts';
import { compareBound, compareKeys, HIGHEST, type IndexField, isKey, LOWEST } from './index-keys.ts';
import { type EntryBound, type EntryOrder, SortedEntries } from './sorted-entries.ts';

/** The field that RxDB puts before those of nearly every index. */
export const DELETED_FIELD = '_deleted';

/** A stretch of an index: keys of its fields, without `_deleted`. */
export interface KeyRange {
  readonly lower: readonly unknown[];
  readonly upper: readonly unknown[];
  readonly isLowerIn: boolean;
  readonly isUpperIn: boolean;
}

/** What became of a document that waits to be taken in. */
interface Waiting {
  readonly before: DocumentEntry | undefined;
  after: DocumentEntry | undefined;
}

/**
 * The documents of a collection in the order of some fields and the primary key. Those in use and those deleted stand apart where
 * the index begins with whether they are. What is written waits until the index is asked: a document written ten times over
 * goes in once, many go in sorted, and a collection that is only written to pays nothing.
 */
export class DocumentIndex {
  readonly path: readonly string[];
  /** Those after `_deleted`, the last of them the primary key. */
  readonly fields: readonly IndexField[];
  readonly #splits: boolean;
  readonly #live: SortedEntries;
  readonly #deleted: SortedEntries;
  readonly #liveRuns: readonly SortedEntries[];
  readonly #deletedRuns: readonly SortedEntries[];
  readonly #allRuns: readonly SortedEntries[];
  readonly #waiting = new Map<string, Waiting>();
  /** How many documents hold something that the index has no place for, such as a list. */
  #irregular = 0;

  constructor(path: readonly string[], fields: readonly IndexField[], entries: Iterable<DocumentEntry>) {
    this.path = path;
    this.#splits = path[0] === DELETED_FIELD;
    this.fields = this.#splits ? fields.slice(1) : fields;
    const [first] = this.fields as readonly [IndexField, ...IndexField[]];
    const order: EntryOrder = {
      first: first.read,
      rest: (left, right) => this.#compareRest(left, right),
      reads: [...this.fields.map(({ read }) => read), ({ id }) => id],
    };
    this.#live = new SortedEntries(order);
    this.#deleted = this.#splits ? new SortedEntries(order) : this.#live;
    this.#liveRuns = [this.#live];
    this.#deletedRuns = [this.#deleted];
    this.#allRuns = [this.#live, this.#deleted];
    this.#insertAll(entries);
  }

  /** Whether its order is that of the documents: not where one holds a value for which it has no place. */
  get isTrue(): boolean {
    return this.#irregular === 0;
  }

  /** Whether documents that are deleted stand apart. */
  get splits(): boolean {
    return this.#splits;
  }

  /** Hears what became of a document. Of several in a row, each begins where the one before ended. */
  note(id: string, before: DocumentEntry | undefined, after: DocumentEntry | undefined): void {
    const known = this.#waiting.get(id);
    if (known === undefined) this.#waiting.set(id, { before, after });
    else known.after = after;
  }

  /** Takes in what waits. Whoever asks calls this first. */
  settle(): void {
    if (this.#waiting.size === 0) return;
    const coming: DocumentEntry[] = [];
    for (const { before, after } of this.#waiting.values()) {
      if (before !== undefined && after !== undefined && this.#isSamePlace(before, after)) {
        this.#runOf(after).replace(before, after);
        continue;
      }
      if (before !== undefined) this.#remove(before);
      if (after !== undefined) coming.push(after);
    }
    this.#waiting.clear();
    this.#insertAll(coming);
  }

  #isSamePlace(before: DocumentEntry, after: DocumentEntry): boolean {
    const { read } = this.fields[0] as IndexField;
    return (
      this.#runOf(before) === this.#runOf(after) &&
      compareKeys(read(before), read(after)) === 0 &&
      this.#compareRest(before, after) === 0 &&
      this.#isRegular(after)
    );
  }

  #remove(entry: DocumentEntry): void {
    this.#runOf(entry).remove(entry);
    if (!this.#isRegular(entry)) this.#irregular--;
  }

  #insertAll(entries: Iterable<DocumentEntry>): void {
    const live: DocumentEntry[] = [];
    const deleted = this.#splits ? [] : live;
    for (const entry of entries) {
      (entry.isDeleted ? deleted : live).push(entry);
      if (!this.#isRegular(entry)) this.#irregular++;
    }
    this.#live.insertAll(live);
    if (this.#splits) this.#deleted.insertAll(deleted);
  }

  #runOf({ isDeleted }: DocumentEntry): SortedEntries {
    return isDeleted ? this.#deleted : this.#live;
  }

  /** By all fields but the first. */
  #compareRest(left: DocumentEntry, right: DocumentEntry): number {
    const { fields } = this;
    for (let i = 1; i < fields.length; i++) {
      const { read } = fields[i] as IndexField;
      const order = compareKeys(read(left), read(right));
      if (order !== 0) return order;
    }
    return compareKeys(left.id, right.id);
  }

  #isRegular(entry: DocumentEntry): boolean {
    const { fields } = this;
    for (let i = 0; i < fields.length; i++) {
      const { read, type } = fields[i] as IndexField;
      if (!isKey(read(entry), type)) return false;
    }
    return true;
  }

  /** The runs to read, in order, for documents in use, deleted ones, or both. */
  runs(live: boolean, deleted: boolean): readonly SortedEntries[] {
    if (!this.#splits || !deleted) return this.#liveRuns;
    return live ? this.#allRuns : this.#deletedRuns;
  }

  /** The ranks of a run that a range spans. */
  ranks(run: SortedEntries, { lower, upper, isLowerIn, isUpperIn }: KeyRange): readonly [from: number, to: number] {
    const from = lower[0] === LOWEST ? 0 : run.rank(this.#bound(lower, !isLowerIn));
    const to = upper[0] === HIGHEST ? run.size : run.rank(this.#bound(upper, isUpperIn));
    return [from, Math.max(from, to)];
  }

  /** `behind`: whether entries that equal the keys come before the bound. */
  #bound(keys: readonly unknown[], behind: boolean): EntryBound {
    const { fields } = this;
    const rest = (entry: DocumentEntry) => {
      for (let i = 1; i < fields.length; i++) {
        const order = compareBound(keys[i], (fields[i] as IndexField).read(entry));
        if (order !== 0) return order;
      }
      return behind ? 1 : -1;
    };
    return { first: keys[0], rest };
  }

  /** Whether two entries differ in the primary key alone. */
  ties(left: DocumentEntry, right: DocumentEntry): boolean {
    for (let i = 0; i < this.fields.length - 1; i++) {
      const { read } = this.fields[i] as IndexField;
      if (compareKeys(read(left), read(right)) !== 0) return false;
    }
    return true;
  }
}
