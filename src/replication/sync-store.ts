import type { ObjectDefinition } from '../engine/definition/define-object.ts';
import { must } from '../engine/ground/assert.ts';
import type { DatabaseParts } from '../engine/open-parts.ts';
import type { Reader } from '../engine/query/reader.ts';
import type { StoredRecord } from '../engine/record/record.ts';
import { putFields } from '../engine/store/put-fields.ts';
import type { Entity, Store } from '../engine/store/store.ts';
import type { Unit } from '../engine/store/unit.ts';
import { changeKey } from './change-key.ts';
import { serverFieldsOf } from './document.ts';
import { SYNC_SOURCE } from './keep-outbox.ts';
import type { ResetReason } from './remote.ts';
import { inFlightOf } from './sync-scope.ts';

/** What is known of an object that is synced. */
export interface SyncEntity {
  readonly entity: Entity;
  readonly definition: ObjectDefinition;
  readonly serverFields: ReadonlySet<string>;
}

/** An entry of the outbox. */
export interface ChangeRow {
  readonly Id: string;
  readonly Object: string;
  readonly RecordId: string;
  readonly Kind: 'create' | 'update' | 'delete' | 'undelete' | 'purge';
  readonly State: 'pending' | 'conflict' | 'rejected';
  readonly Commit: number;
  readonly FirstChangeDate: string;
  readonly Base: string | null;
  readonly IsMissed: boolean;
  readonly Sent: string | null;
  readonly Theirs: string | null;
  readonly Contested: string | null;
  readonly Mine: string | null;
  readonly Code: string | null;
  readonly Message: string | null;
}

/** The records of a database and of its books, as sync reads and writes them. */
export class SyncStore {
  readonly store: Store;
  readonly #entities = new Map<string, SyncEntity>();
  readonly #changes: Entity;
  readonly #readers: ReadonlyMap<string, Reader>;

  constructor({ store, readers }: Pick<DatabaseParts, 'store' | 'readers'>) {
    this.store = store;
    this.#readers = readers;
    this.#changes = store.entity('SyncChange');
  }

  /** What an object is asked by queries. */
  reader(object: string): Reader {
    return must(this.#readers.get(object), 'an object of this database has its reader');
  }

  /** Entries of the outbox that fit, in the order in which they are sent. */
  changes(where: Readonly<Record<string, unknown>>, limit?: number): readonly ChangeRow[] {
    const query = { where, orderBy: [{ Commit: 'asc' }], ...(limit !== undefined && { limit }) };
    return this.reader('SyncChange').find(query) as unknown as readonly ChangeRow[];
  }

  /** Whether anything of some objects waits to be sent and is not held back by another of its commit. */
  hasSendable(objects: readonly string[]): boolean {
    const pending = { State: 'pending', Object: { $in: objects } };
    const [first] = this.changes(pending, 1);
    if (first === undefined) return false;
    const held = new Set(this.changes({ State: { $in: ['conflict', 'rejected'] } }).map(({ Commit }) => Commit));
    if (!held.has(first.Commit)) return true;
    return this.changes({ ...pending, Commit: { $nin: [...held] } }, 1).length > 0;
  }

  /** How many entries of some objects there are in a state: each by an index, and none of them looked at. */
  countChanges(objects: readonly string[], state: ChangeRow['State']): number {
    const reader = this.reader('SyncChange');
    return objects.reduce((sum, object) => sum + reader.count({ where: { Object: object, State: state } }), 0);
  }

  /** The changes of a sync that are on their way. */
  sending(name: string): ReadonlySet<string> {
    const state = this.state(name);
    return new Set((state === undefined ? undefined : inFlightOf(state))?.commits.flat());
  }

  entity(object: string): SyncEntity {
    let known = this.#entities.get(object);
    if (known === undefined) {
      const entity = this.store.entity(object);
      known = { entity, definition: entity.definition, serverFields: serverFieldsOf(entity.definition) };
      this.#entities.set(object, known);
    }
    return known;
  }

  /** One commit of sync's own. */
  write<T>(work: (hand: SyncHand) => T): T {
    return this.store.writeAs(SYNC_SOURCE, (unit) => work(new SyncHand(this, unit)));
  }

  record(object: string, id: string): StoredRecord | undefined {
    const { table } = this.store.entity(object);
    const slot = table.slotOf(id);
    return slot === undefined ? undefined : table.row(slot);
  }

  change(object: string, id: string): ChangeRow | undefined {
    // Asked of each document that comes, and most often of an outbox with nothing in it.
    return this.#changes.table.liveCount === 0 ? undefined : this.changeAt(changeKey(object, id));
  }

  changeAt(key: string): ChangeRow | undefined {
    const slot = this.#changes.table.slotOf(key);
    return slot === undefined ? undefined : (this.#changes.table.row(slot) as unknown as ChangeRow);
  }

  state(name: string): StoredRecord | undefined {
    return this.record('SyncState', name);
  }
}

/** Writes within one commit of sync's. */
export class SyncHand {
  readonly unit: Unit;
  readonly #of: SyncStore;

  constructor(of: SyncStore, unit: Unit) {
    this.#of = of;
    this.unit = unit;
  }

  /** Sets fields of a record of the books, or makes it. */
  put(object: string, id: string, values: StoredRecord): void {
    const { store } = this.#of;
    putFields(this.unit, store.entity(object), id, values, store.moment());
  }

  /**
   * Has a sync fetch everything anew. That a server has lost what it once said is not forgotten over another reason: what is here
   * and not there would be taken away then, and was acknowledged.
   */
  beginAnew(name: string, reason: ResetReason): void {
    const isLost = this.#of.state(name)?.ResetReason === 'lost';
    this.put('SyncState', name, { Checkpoint: null, ResetReason: isLost ? 'lost' : reason });
  }

  /** Takes a record of any object away for good; nothing where there is none. */
  remove(object: string, id: string): void {
    const { table } = this.#of.store.entity(object);
    const slot = table.slotOf(id);
    if (slot !== undefined) this.unit.purge(table, slot);
  }
}
