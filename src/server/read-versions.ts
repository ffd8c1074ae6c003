import { must } from '../engine/ground/assert.ts';
import type { StoredRecord } from '../engine/record/record.ts';
import type { Group } from '../engine/store/ordered-index.ts';
import type { Entity, Store } from '../engine/store/store.ts';
import type { MasterEntry, ReadRequest } from './master.ts';
import { recordBefore, recordsSince } from './record-before.ts';

/** How many versions of an object are looked at ahead. */
const AHEAD = 256;

/** The versions of one object after a sequence, in their order. */
class Cursor {
  readonly entity: Entity;
  readonly #group: Group;
  readonly #keyOf: (slot: number) => number;
  #slots: number[] = [];
  #keys: number[] = [];
  #at = 0;
  #rank = 0;

  constructor(entity: Entity, group: Group, after: number, keyOf: (slot: number) => number) {
    this.entity = entity;
    this.#group = group;
    this.#keyOf = keyOf;
    if (typeof group !== 'number') this.#rank = group.upperRank(after);
    else if (keyOf(group) <= after) this.#rank = 1;
    this.#fill();
  }

  get left(): number {
    return (typeof this.#group === 'number' ? 1 : this.#group.size) - this.#rank + this.#slots.length - this.#at;
  }

  #fill(): void {
    this.#slots = [];
    this.#keys = [];
    this.#at = 0;
    const take = (slot: number, key: number) => {
      this.#slots.push(slot);
      this.#keys.push(key);
      return true;
    };
    if (typeof this.#group === 'number') {
      if (this.#rank === 0) take(this.#group, this.#keyOf(this.#group));
    } else {
      this.#group.visit(this.#rank, Math.min(this.#group.size, this.#rank + AHEAD), false, take);
    }
    this.#rank += this.#slots.length;
  }

  /** The sequence of the version it stands at; undefined at the end. */
  get sequence(): number | undefined {
    return this.#keys[this.#at];
  }

  get slot(): number {
    return this.#slots[this.#at] as number;
  }

  next(): void {
    this.#at++;
    if (this.#at === this.#slots.length) this.#fill();
  }
}

function openCursors(store: Store, objects: readonly string[], after: number): Cursor[] {
  const { table } = store.entity('SyncVersion');
  const index = table.addIndex(['Object', 'Sequence']);
  index.wake();
  const { dictionary } = must(table.builtColumn('Object'), 'an indexed field has a column');
  const at = table.positionOf('Sequence');
  const keyOf = (slot: number) => table.value(slot, at) as number;
  const cursors: Cursor[] = [];
  for (const object of new Set(objects)) {
    const code = must(dictionary, 'texts have a dictionary').find(object);
    const group = code < 0 ? undefined : index.group([code]);
    if (group !== undefined) cursors.push(new Cursor(store.entity(object), group, after, keyOf));
  }
  return cursors.filter(({ sequence }) => sequence !== undefined);
}

/** The last commit that changed a record which is known still; 0 where there is none. */
export function lastVersion(store: Store): number {
  const { table } = store.entity('SyncVersion');
  const index = table.addIndex(['Object', 'Sequence']);
  index.wake();
  const { dictionary } = must(table.builtColumn('Object'), 'an indexed field has a column');
  const at = table.positionOf('Sequence');
  let last = 0;
  for (let code = 0; code < must(dictionary, 'texts have a dictionary').size; code++) {
    const group = index.group([code]);
    if (group === undefined) continue;
    const sequence =
      typeof group === 'number' ? (table.value(group, at) as number) : group.size > 0 ? group.lastKey : 0;
    last = Math.max(last, sequence);
  }
  return last;
}

/** How many records of some objects have changed after a sequence. */
export function countVersions(store: Store, objects: readonly string[], after: number): number {
  return openCursors(store, objects, after).reduce((sum, { left }) => sum + left, 0);
}

function entryOf(store: Store, { object, withBefore, since }: EntryRequest, version: StoredRecord): MasterEntry {
  const { table } = object;
  const id = version.RecordId as string;
  const sequence = version.Sequence as number;
  const slot = table.slotOf(id);
  const record = slot === undefined ? undefined : table.row(slot);
  const root = table.deletedWith.get(id);
  return {
    object: table.name,
    id,
    sequence,
    record,
    ...(root !== undefined && { root }),
    ...(withBefore && {
      before: recordBefore(store, version, record, since),
      earlier: recordsSince(store, version, record, since),
    }),
  };
}

interface EntryRequest {
  readonly object: Entity;
  readonly withBefore: boolean;
  readonly since: number;
}

/** The records that have changed after a sequence, by their last change; no commit is cut apart. */
export function readVersions(store: Store, request: ReadRequest): { entries: MasterEntry[]; done: boolean } {
  const { objects, after, limit, withBefore, heldOnly, since = after } = request;
  const versions = store.entity('SyncVersion').table;
  let cursors = openCursors(store, objects, after);
  const entries: MasterEntry[] = [];
  let last = after;
  while (cursors.length > 0) {
    let first = cursors[0] as Cursor;
    for (const cursor of cursors) if ((cursor.sequence as number) < (first.sequence as number)) first = cursor;
    const sequence = first.sequence as number;
    if (entries.length >= limit && sequence !== last) break;
    last = sequence;
    const version = must(versions.row(first.slot), 'an indexed slot holds a record');
    const entry = entryOf(store, { object: first.entity, withBefore, since }, version);
    if (entry.record !== undefined || !heldOnly) entries.push(entry);
    first.next();
    if (first.sequence === undefined) cursors = cursors.filter((cursor) => cursor !== first);
  }
  return { entries, done: cursors.length === 0 };
}
