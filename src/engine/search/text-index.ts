import MiniSearch from 'minisearch';
import type { Reader } from '../query/reader.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Store } from '../store/store.ts';
import { LIVE, type Table } from '../store/table.ts';
import type { Hit, WordTest } from './search-tree.ts';
import { type SearchablePath, type SearchGroup, searchablePaths, textAt } from './searchable-paths.ts';
import { wordsOf } from './words.ts';

/** A record as the index takes it. */
interface Entry {
  readonly slot: number;
  readonly record: StoredRecord;
}

const GROUPS: readonly SearchGroup[] = ['name', 'email', 'phone', 'other'];
/** So many records are taken in before others get their turn: about ten milliseconds. */
const CHUNK = 1000;

/**
 * The words of one object's records, in an inverted index. A write only notes which slot it touched, so that writing
 * costs next to nothing more; the words are brought up to date when somebody searches.
 */
export class TextIndex {
  readonly reader: Reader;
  readonly paths: readonly SearchablePath[];
  readonly #table: Table;
  readonly #index: MiniSearch<Entry>;
  /** By slot, the record as it stands in the index: taking it out needs the words that were put in. */
  readonly #indexed: (StoredRecord | undefined)[] = [];
  readonly #touched = new Set<number>();

  constructor(reader: Reader) {
    this.reader = reader;
    this.paths = searchablePaths(reader.entity.definition);
    this.#table = reader.entity.table;
    const inGroup = (group: string) => this.paths.filter((path) => path.group === group);
    const byGroup = new Map(GROUPS.map((group): [string, readonly SearchablePath[]] => [group, inGroup(group)]));
    this.#index = new MiniSearch<Entry>({
      // Four fields for the library, and not one for each of ours: a session of a web site has sixty texts, and the
      // library keeps a number for every field of every record (3.6 KB a session against 1.6).
      fields: GROUPS.filter((group) => byGroup.get(group)?.length !== 0),
      idField: 'slot',
      extractField: ({ slot, record }, name) =>
        name === 'slot' ? slot : (byGroup.get(name) ?? []).map((path) => textAt(record, path)).join('\n'),
      tokenize: (text) => [...wordsOf(text)],
      processTerm: (word) => word,
      // Records are taken out whole, so there is nothing to clear away later, on a timer that is not ours.
      autoVacuum: false,
      searchOptions: { tokenize: (word) => [word], processTerm: (word) => word },
    });
  }

  /** How many records stand in the index. */
  get size(): number {
    return this.#index.documentCount;
  }

  /** Takes in all records, a chunk at a time. Throws `DATABASE_CLOSED` when the database closes meanwhile. */
  async fill(store: Store): Promise<void> {
    for (let slot = 0; slot < this.#table.slotCount; slot++) {
      this.#bringUpToDate(slot);
      if (slot % CHUNK === CHUNK - 1) await pause(store);
    }
  }

  touch(slot: number): void {
    this.#touched.add(slot);
  }

  /** Takes in most of what has been written since, a chunk at a time where there is much of it. */
  async catchUp(store: Store): Promise<void> {
    while (this.#touched.size > CHUNK) {
      this.#takeIn(CHUNK);
      await pause(store);
    }
  }

  /** Takes in all that has been written: what is asked next is answered by the records of this moment. */
  refresh(): void {
    if (this.#touched.size > 0) this.#takeIn(this.#touched.size);
  }

  #takeIn(max: number): void {
    let left = max;
    for (const slot of this.#touched) {
      if (left-- === 0) return;
      this.#touched.delete(slot);
      this.#bringUpToDate(slot);
    }
  }

  #bringUpToDate(slot: number): void {
    const before = this.#indexed[slot];
    const now = this.#table.states[slot] === LIVE ? this.#table.row(slot) : undefined;
    if (before === now) return;
    this.#indexed[slot] = now;
    const same =
      before !== undefined &&
      now !== undefined &&
      this.paths.every((path) => textAt(before, path) === textAt(now, path));
    if (same) return;
    if (before !== undefined) this.#index.remove({ slot, record: before });
    if (now !== undefined) this.#index.add({ slot, record: now });
  }

  /** The records with a word that fits in one of these paths, by slot. */
  find({ text, prefix, fuzzy, fits }: WordTest, paths: readonly SearchablePath[]): Map<number, Hit> {
    const groups = new Set(paths.map(({ group }) => group));
    const results = this.#index.search(text, {
      fields: [...groups],
      prefix,
      fuzzy,
      // Of no weight is not found at all.
      ...(fits === undefined ? {} : { boostDocument: (_: number, word: string) => (fits(word) ? 1 : 0) }),
    });
    const isWhole = this.paths.every((path) => paths.includes(path) || !groups.has(path.group));
    const found = new Map<number, Hit>();
    for (const { id, score, terms } of results) {
      const words = isWhole ? terms : this.#wordsAmong(terms, id as number, paths);
      if (words.length > 0) found.set(id as number, { score, words, phrases: [] });
    }
    return found;
  }

  /** Those of the words that stand in one of these paths. */
  #wordsAmong(words: readonly string[], slot: number, paths: readonly SearchablePath[]): readonly string[] {
    const record = this.record(slot);
    const there = new Set(paths.flatMap((path) => wordsOf(textAt(record, path))));
    return words.filter((word) => there.has(word));
  }

  /** The record in a slot that `find` named. */
  record(slot: number): StoredRecord {
    return this.#indexed[slot] as StoredRecord;
  }
}

async function pause(store: Store): Promise<void> {
  await store.environment.pause();
  store.assertOpen();
}
