import { must } from '../ground/assert.ts';
import { parseDateTime } from '../ground/date-time.ts';
import { isSameJson, type StoredRecord } from '../record/record.ts';
import type { RecordShape } from '../record/record-shape.ts';
import type { Store } from '../store/store.ts';
import type { Batch, Change, Origin } from '../write/change.ts';
import { freezeParsed } from './freeze-parsed.ts';
import { decodeJson, encodeJson } from './json-bytes.ts';
import type { StoredObject } from './match-schema.ts';
import type { StoredEntity } from './stored-entity.ts';
import type { StoredRows } from './stored-rows.ts';
import type { StoredTables } from './stored-tables.ts';

/**
 * A change as it is stored: the place of its object, what was done, and the least that does it again. Ids name records,
 * as slots are counted anew when a database is opened.
 */
export type StoredChange =
  | readonly [object: number, kind: typeof CREATE, values: readonly unknown[]]
  | readonly [
      object: number,
      kind: typeof UPDATE,
      id: string,
      changed: readonly unknown[],
      ...root: [number, string] | [],
    ]
  | readonly [object: number, kind: typeof PURGE, id: string];

/** The call of another tab that a commit answers. */
type StoredOrigin = readonly [tab: string, call: number, result: unknown];

/** A commit, or a part of one: where `more` is 1, the next entry goes on with it. The last part tells the origin. */
export type StoredCommit = readonly [
  sequence: number,
  at: number,
  more: 0 | 1,
  changes: readonly StoredChange[],
  ...origin: [StoredOrigin] | [],
];

export const CREATE = 0;
const UPDATE = 1;
export const PURGE = 2;

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
      // The blocks of a long commit hold nothing else but the last: those that end no commit are known by their count of 0.
      if (batch.changes.length > PART_MAX && commits.length > 0) finish();
      for (let from = 0; from < batch.changes.length; from += PART_MAX) {
        const changes = batch.changes.slice(from, from + PART_MAX);
        const more = from + PART_MAX < batch.changes.length;
        commits.push(
          storedCommit(
            batch,
            more,
            changes.flatMap((change) => this.#changesOf(change)),
          ),
        );
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

  /** A record that was made and went with its parent within one commit is made first. */
  #changesOf(change: Change): readonly StoredChange[] {
    const { object, id, before, after, deletedWith: root } = change;
    const first = this.#change(change);
    if (before !== undefined || after === undefined || root === undefined) return [first];
    const place = must(this.#places.get(object), 'an object of this store');
    return [first, [place, UPDATE, id, [], must(this.#places.get(root.object), 'a root is of this store'), root.id]];
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

export function decodeCommits(payload: Uint8Array): readonly StoredCommit[] {
  return decodeJson(payload) as readonly StoredCommit[];
}

export function originOf([tab, call, result]: StoredOrigin): Origin {
  return { tab, call, result };
}

function storedCommit({ sequence, at, origin }: Batch, more: boolean, changes: readonly StoredChange[]): StoredCommit {
  if (more || origin === undefined) return [sequence, at, more ? 1 : 0, changes];
  return [sequence, at, 0, changes, [origin.tab, origin.call, origin.result ?? null]];
}

/** Does stored commits again, one whole commit after another, to records as they are stored: none is made for it. */
export class CommitReplay {
  readonly #store: Store;
  readonly #tables: StoredTables;
  #objects: readonly StoredObject[] = [];
  /** The sequence of the last commit done whole. */
  sequence: number;
  at: number;
  /** Whether a commit has begun and not ended. */
  isOpen = false;

  constructor(store: Store, tables: StoredTables, sequence: number, at: number) {
    this.#store = store;
    this.#tables = tables;
    this.sequence = sequence;
    this.at = at;
  }

  /** From here on blocks name objects and fields by this schema. */
  useSchema(objects: readonly StoredObject[]): void {
    this.#objects = objects;
  }

  /** Throws when the payload does not follow what came before it. */
  replay(payload: Uint8Array): void {
    for (const [sequence, at, more, changes, stored] of decodeCommits(payload)) {
      if (sequence !== this.sequence + 1) throw new RangeError('a commit is missing');
      this.at = at;
      for (const change of changes) this.#redo(change);
      this.isOpen = more === 1;
      if (this.isOpen) continue;
      this.sequence = sequence;
      if (stored !== undefined) this.#store.origins.note(originOf(stored));
    }
  }

  #redo(change: StoredChange): void {
    const stored = must(this.#objects[change[0]], 'a change is of an object of the schema');
    const rows = this.#tables.rowsOf(stored.entity);
    if (change[1] === CREATE) {
      const values = [...stored.absent];
      for (const [place, value] of change[2].entries()) values[this.#seen(stored, place, value)] = freezeParsed(value);
      rows.add(values);
      return;
    }
    const id = change[2];
    const slot = must(rows.ids.get(id), 'a change is of a record that is held');
    const { deletedWith } = stored.entity.table;
    if (change[1] === PURGE) {
      this.#notePurge(stored.entity, rows, slot);
      rows.purge(slot);
      deletedWith.delete(id);
      return;
    }
    const [, , , changed, rootPlace, rootId] = change;
    for (let i = 0; i < changed.length; i += 2) {
      const value = changed[i + 1];
      rows.amend(slot, this.#seen(stored, changed[i] as number, value), freezeParsed(value));
    }
    if (rootPlace !== undefined) {
      const root = must(this.#objects[rootPlace], 'a root is of the schema').entity.definition.name;
      deletedWith.set(id, { object: root, id: rootId as string });
    } else if (!rows.deleted.has(slot)) deletedWith.delete(id);
  }

  /** The place today of a value that is read, which is counted where its field is numbered. */
  #seen({ entity, places }: StoredObject, place: number, value: unknown): number {
    const at = must(places[place], 'a value is of a field of the schema');
    entity.numbers.observeAt(at, value);
    return at;
  }

  #notePurge({ definition, table }: StoredEntity, rows: StoredRows, slot: number): void {
    const stamp = rows.value(slot, table.positionOf(definition.roles.stamp)) as string;
    this.#store.resumePurge(definition.name, rows.deleted.has(slot) ? parseDateTime(stamp) : this.at);
  }
}
