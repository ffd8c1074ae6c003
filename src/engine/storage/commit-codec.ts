import { must } from '../ground/assert.ts';
import { isSameJson, type StoredRecord } from '../record/record.ts';
import type { RecordShape } from '../record/record-shape.ts';
import type { Store } from '../store/store.ts';
import type { Unit } from '../store/unit.ts';
import type { Batch, Change } from '../write/change.ts';
import { freezeParsed } from './freeze-parsed.ts';
import { decodeJson, encodeJson } from './json-bytes.ts';
import type { StoredObject } from './stored-schema.ts';

/**
 * A change as it is stored: the place of its object, what was done, and the least that does it again. Ids name records,
 * as slots are counted anew when a database is opened.
 */
type StoredChange =
  | readonly [object: number, kind: typeof CREATE, values: readonly unknown[]]
  | readonly [
      object: number,
      kind: typeof UPDATE,
      id: string,
      changed: readonly unknown[],
      ...root: [number, string] | [],
    ]
  | readonly [object: number, kind: typeof PURGE, id: string];

/** A commit, or a part of one: where `more` is 1, the next entry goes on with it. */
type StoredCommit = readonly [sequence: number, at: number, more: 0 | 1, changes: readonly StoredChange[]];

const CREATE = 0;
const UPDATE = 1;
const PURGE = 2;

/** More changes than this are told in several parts, so that no text of theirs grows without bound. */
const PART_MAX = 5_000;

/** A payload of a block, and how many commits end in it. */
export interface CommitPart {
  readonly payload: Uint8Array;
  readonly sequence: number;
  readonly count: number;
}

/** Writes commits down. JSON, as it is read and written by the platform itself: 1.2 us a record, and anyone can read it. */
export class CommitEncoder {
  readonly #store: Store;
  readonly #places: ReadonlyMap<string, number>;
  readonly #before: unknown[] = [];
  readonly #after: unknown[] = [];

  constructor(store: Store) {
    this.#store = store;
    this.#places = new Map([...store.entities].map(({ definition }, at) => [definition.name, at]));
  }

  /** Commits that lie one behind another as payloads, most often one. */
  encode(batches: readonly Batch[]): readonly CommitPart[] {
    const parts: CommitPart[] = [];
    let commits: StoredCommit[] = [];
    let size = 0;
    let count = 0;
    let sequence = (batches[0] as Batch).sequence - 1;
    const finish = () => {
      parts.push({ payload: encodeJson(commits), sequence, count });
      commits = [];
      size = 0;
      count = 0;
    };
    for (const batch of batches) {
      for (let from = 0; from < batch.changes.length; from += PART_MAX) {
        const changes = batch.changes.slice(from, from + PART_MAX);
        const more = from + PART_MAX < batch.changes.length;
        commits.push([batch.sequence, batch.at, more ? 1 : 0, changes.map((change) => this.#change(change))]);
        size += changes.length;
        if (!more) {
          sequence = batch.sequence;
          count++;
        }
        if (size >= PART_MAX) finish();
      }
    }
    if (commits.length > 0) finish();
    return parts;
  }

  #change({ object, id, before, after, deletedWith }: Change): StoredChange {
    const places = this.#places;
    const place = must(places.get(object), 'an object of this store');
    if (after === undefined) return [place, PURGE, id];
    const { shape } = this.#store.entity(object).table;
    if (before === undefined) {
      const values = new Array<unknown>(shape.names.length);
      shape.read(after, values);
      return [place, CREATE, values];
    }
    const changed = this.#changed(shape, before, after);
    if (deletedWith === undefined) return [place, UPDATE, id, changed];
    return [
      place,
      UPDATE,
      id,
      changed,
      must(places.get(deletedWith.object), 'a root is of this store'),
      deletedWith.id,
    ];
  }

  /** The places of the fields that differ, each with its value. */
  #changed(shape: RecordShape, before: StoredRecord, after: StoredRecord): readonly unknown[] {
    shape.read(before, this.#before);
    shape.read(after, this.#after);
    const changed: unknown[] = [];
    for (let at = 0; at < shape.names.length; at++) {
      const value = this.#after[at];
      if (!isSameJson(this.#before[at], value)) changed.push(at, value);
    }
    return changed;
  }
}

/** Does stored commits again, one whole commit after another. */
export class CommitReplay {
  readonly #store: Store;
  readonly #unit: Unit;
  #objects: readonly StoredObject[] = [];
  /** Records of one object made one after another, which are put in together. */
  readonly #created: { stored: StoredObject | undefined; records: StoredRecord[] } = { stored: undefined, records: [] };
  /** The sequence of the last commit done whole. */
  sequence: number;
  at: number;
  /** Whether a commit has begun and not ended. */
  isOpen = false;

  constructor(store: Store, unit: Unit, sequence: number, at: number) {
    this.#store = store;
    this.#unit = unit;
    this.sequence = sequence;
    this.at = at;
  }

  /** From here on blocks name objects and fields by this schema. */
  useSchema(objects: readonly StoredObject[]): void {
    this.#objects = objects;
  }

  /** Throws when the payload does not follow what came before it. */
  replay(payload: Uint8Array): void {
    const commits = decodeJson(payload) as readonly StoredCommit[];
    for (const [sequence, at, more, changes] of commits) {
      if (sequence !== this.sequence + 1) throw new RangeError('a commit is missing');
      this.at = at;
      for (const change of changes) this.#redo(change);
      this.isOpen = more === 1;
      if (!this.isOpen) this.sequence = sequence;
    }
    this.#insertCreated();
    // Nothing is ever undone, so nothing need be remembered for it.
    this.#unit.forget();
  }

  #redo(change: StoredChange): void {
    const stored = this.#objects[change[0]] as StoredObject;
    const { table, numbers } = stored.entity;
    if (change[1] === CREATE) {
      const record = this.#record(stored, change[2]);
      numbers.observe(record);
      if (this.#created.stored !== stored) this.#insertCreated();
      this.#created.stored = stored;
      this.#created.records.push(record);
      return;
    }
    this.#insertCreated();
    const slot = must(table.slotOf(change[2]), 'a change is of a record that is held');
    if (change[1] === PURGE) {
      this.#store.notePurge(stored.entity, table.row(slot) as StoredRecord, this.at);
      this.#unit.purge(table, slot);
      return;
    }
    const [, , , changed, rootPlace, rootId] = change;
    const values = new Array<unknown>(table.shape.names.length);
    table.shape.read(table.row(slot) as StoredRecord, values);
    for (let i = 0; i < changed.length; i += 2)
      values[stored.places[changed[i] as number] as number] = freezeParsed(changed[i + 1]);
    const after = table.shape.make(values);
    numbers.observe(after);
    const root =
      rootPlace === undefined
        ? undefined
        : { object: (this.#objects[rootPlace] as StoredObject).entity.definition.name, id: rootId as string };
    this.#unit.replace(table, slot, after, root);
  }

  #insertCreated(): void {
    const { stored, records } = this.#created;
    if (stored !== undefined && records.length > 0) this.#unit.insertAll(stored.entity.table, records);
    this.#created.records = [];
  }

  #record({ entity, places, absent }: StoredObject, given: readonly unknown[]): StoredRecord {
    const values = [...absent];
    for (let at = 0; at < given.length; at++) values[places[at] as number] = freezeParsed(given[at]);
    return entity.table.shape.make(values);
  }
}
