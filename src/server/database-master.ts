import { checkOptions } from '../engine/calls/check-options.ts';
import { createError } from '../engine/ground/errors.ts';
import { partsOf } from '../engine/parts-of.ts';
import type { Entity, Store } from '../engine/store/store.ts';
import type { Batch } from '../engine/write/change.ts';
import { serverFieldsOf } from '../replication/document.ts';
import { PushRun } from './carry-out.ts';
import { Eras } from './eras.ts';
import { forgetOld, purgeBins } from './forget.ts';
import { isSyncObject, versionId } from './keep-book.ts';
import type { Master, MasterPush, Position, PushOutcome, ReadAnswer, ReadRequest } from './master.ts';
import { countVersions, readVersions } from './read-versions.ts';

export interface DatabaseMasterOptions {
  /** How long changes and answered pushes are remembered, in milliseconds: the longest that a client may stay away. Default 30 days. */
  readonly retentionMs?: number | undefined;
  /** How long deleted records stay in the recycle bin before they go for good, in milliseconds. For ever when absent. */
  readonly purgeDeletedMs?: number | undefined;
  /** How often both are looked after, in milliseconds. Default 1 hour. */
  readonly purgeEveryMs?: number | undefined;
  /** By object, the fields that the server sets, instead of stamps, audit fields and numbers. */
  readonly serverFields?: Readonly<Record<string, readonly string[]>> | undefined;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** How many records of before get their version in one commit, which no page of a pull cuts apart. */
const ADOPTED_AT_ONCE = 1_000;
const OPTIONS = { retentionMs: 'number', purgeDeletedMs: 'number', purgeEveryMs: 'number', serverFields: 'object' };

/** How many records of an object are held, in the bin or not. */
function heldIn(entity: Entity | undefined): number {
  return entity === undefined ? 0 : entity.table.liveCount + entity.table.bin.size;
}

/** The store of a database that was opened with `masterObjects`. Throws `INVALID_OPTION` for any other. */
export function masterStoreOf(db: object): Store {
  const store = partsOf(db)?.store;
  if (store === undefined)
    throw createError('INVALID_OPTION', 'a database that openDatabase() gave is needed, or a master');
  for (const name of ['SyncVersion', 'SyncBefore', 'SyncClient', 'SyncEra'])
    if (store.find(name) === undefined)
      throw createError(
        'INVALID_OPTION',
        `a database that clients sync with is opened with ...masterObjects among its objects: it has no ${name}`,
      );
  if (store.forward !== undefined)
    throw createError('INVALID_OPTION', 'another tab writes for this one: a server needs a database of its own');
  return store;
}

function fieldsByObject(store: Store, given: DatabaseMasterOptions['serverFields'] = {}) {
  const fields = new Map<string, ReadonlySet<string>>();
  for (const { definition } of store.entities) fields.set(definition.name, serverFieldsOf(definition));
  for (const [object, names] of Object.entries(given)) {
    const definition = store.find(object)?.definition;
    if (definition === undefined)
      throw createError('INVALID_OPTION', `serverFields: the database has no ${object.slice(0, 80)}`);
    for (const name of names)
      if (!definition.fieldsByName.has(name) || name === definition.roles.id || name === definition.roles.deleted)
        throw createError(
          'INVALID_OPTION',
          `serverFields: ${object} has no field ${name.slice(0, 80)} that the server could set`,
          [name],
        );
    fields.set(object, new Set(names));
  }
  return fields;
}

/** A Sojourn database as the master that clients sync with. */
class DatabaseMaster implements Master {
  readonly store: Store;
  readonly #options: DatabaseMasterOptions;
  readonly #serverFields: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #eras: Eras;
  readonly #listeners = new Set<(sequence: number) => void>();
  readonly #stops: (() => void)[] = [];
  /** The last commit that was heard of. */
  #heard: number;
  /** Whether commits have been taken back that clients may know. */
  #isTorn = false;
  #isClosed = false;

  constructor(store: Store, options: DatabaseMasterOptions) {
    this.store = store;
    this.#options = options;
    this.#serverFields = fieldsByObject(store, options.serverFields);
    this.#eras = new Eras(store);
    this.#heard = store.feed.sequence;
  }

  async open(): Promise<void> {
    await this.#adopt();
    this.#eras.begin();
    this.#heard = this.store.feed.sequence;
    this.#stops.push(this.store.feed.subscribe((batch) => this.#hear(batch)));
    await this.store.settled?.();
    this.#lookAfter();
  }

  /** Gives a version to the records of before. */
  async #adopt(): Promise<void> {
    const { store } = this;
    const versions = store.entity('SyncVersion');
    for (const { definition, table } of store.entities) {
      if (isSyncObject(definition.name)) continue;
      for (let from = 0; from < table.slotCount; ) {
        const ids: string[] = [];
        for (; from < table.slotCount && ids.length < ADOPTED_AT_ONCE; from++) {
          const id = table.row(from)?.[definition.roles.id] as string | undefined;
          if (id !== undefined && versions.table.slotOf(versionId(definition.name, id)) === undefined) ids.push(id);
        }
        if (ids.length === 0) continue;
        store.write((unit) => {
          const moment = store.moment();
          const Sequence = store.feed.sequence + 1;
          const records = ids.map((id) => {
            const values = { Id: versionId(definition.name, id), Object: definition.name, RecordId: id, Sequence };
            return versions.writer.internal(values, moment);
          });
          unit.insertAll(versions.table, records);
        });
        await store.environment.pause();
      }
    }
  }

  #lookAfter(): void {
    const wake = () => {
      if (this.#isClosed || this.store.isClosed) return;
      this.#stops[1] = this.store.environment.wake(() => {
        // What fails now is tried again the next time; a storage that fails tells by itself.
        this.purge().then(wake, wake);
      }, this.#options.purgeEveryMs ?? HOUR_MS);
    };
    wake();
  }

  #hear({ sequence, changes }: Batch): void {
    if (sequence !== this.#heard + 1) this.#isTorn = true;
    this.#heard = sequence;
    if (changes.every(({ object }) => isSyncObject(object))) return;
    for (const listener of this.#listeners) listener(sequence);
  }

  /** Throws `DATABASE_CLOSED`. */
  #ready(): Store {
    if (this.#isClosed) throw createError('DATABASE_CLOSED', 'the master has been closed: make another');
    this.store.assertOpen();
    if (this.#isTorn) {
      this.#eras.begin();
      this.#isTorn = false;
    }
    return this.store;
  }

  serverFields(object: string): ReadonlySet<string> {
    return this.#serverFields.get(object) ?? new Set();
  }

  async position(): Promise<Position> {
    this.#ready();
    const sequence = this.#eras.present;
    return { sequence, era: this.#eras.eraAt(sequence) };
  }

  async check(position: Position): Promise<'known' | 'lost' | 'too-old'> {
    this.#ready();
    return this.#eras.check(position);
  }

  async eraAt(sequence: number): Promise<string> {
    this.#ready();
    return this.#eras.eraAt(sequence);
  }

  async read(request: ReadRequest): Promise<ReadAnswer> {
    const store = this.#ready();
    const { after, since = after, heldOnly } = request;
    // A purge may have come between the check of a position and this.
    if (!heldOnly && since > 0 && since < this.#eras.forgotten)
      throw createError(
        'SYNC_CHECKPOINT',
        'changes after this position are no longer remembered: all is to be read anew',
      );
    const { entries, done } = readVersions(store, request);
    const last = done ? this.#eras.present : entries[entries.length - 1]?.sequence;
    return { entries, sequence: Math.max(request.after, last ?? request.after), done };
  }

  async count(objects: readonly string[], after?: number): Promise<number> {
    const store = this.#ready();
    if (after !== undefined) return countVersions(store, objects, after);
    return [...new Set(objects)].reduce((sum, object) => sum + heldIn(store.find(object)), 0);
  }

  async write(push: MasterPush): Promise<PushOutcome> {
    const outcome = this.#carryOut(push);
    await this.store.settled?.();
    return outcome;
  }

  #carryOut(push: MasterPush): PushOutcome {
    const store = this.#ready();
    const { table, writer } = store.entity('SyncClient');
    const slot = table.slotOf(push.client);
    const known = push.push === undefined || slot === undefined ? undefined : table.row(slot);
    if (known !== undefined) {
      if ((push.push as number) < (known.Push as number)) return { kind: 'outdated' };
      if (push.push === known.Push) {
        if (push.hash !== known.Hash) return { kind: 'cloned' };
        const text = known.Answer as string;
        return { kind: 'done', commits: JSON.parse(text), repeated: true, text };
      }
    }
    return store.write((unit) => {
      const commits = new PushRun(store, unit, push, (object) => this.serverFields(object)).carryOut();
      if (push.push === undefined) return { kind: 'done', commits, repeated: false };
      const moment = store.moment();
      const text = JSON.stringify(commits);
      const row = writer.internal(
        { Id: push.client, Push: push.push, Hash: push.hash, Answer: text, UsedAt: moment.now },
        moment,
      );
      if (slot === undefined) unit.insert(table, row);
      else unit.replace(table, slot, row);
      return { kind: 'done', commits, repeated: false, text };
    });
  }

  watch(listener: (sequence: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async purge(): Promise<void> {
    const store = this.#ready();
    const { purgeDeletedMs, retentionMs = 30 * DAY_MS } = this.#options;
    if (purgeDeletedMs !== undefined) await purgeBins(store, purgeDeletedMs);
    await forgetOld(store, this.#eras, retentionMs);
    await store.settled?.();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.#listeners.clear();
  }
}

/**
 * Makes an open database the master that clients sync with. It must have been opened with `masterObjects` beside its own, and
 * stays the caller's: closing the master leaves it open. Rejects with `INVALID_OPTION`.
 */
export async function databaseMaster(db: object, options: DatabaseMasterOptions = {}): Promise<Master> {
  checkOptions(options, OPTIONS);
  for (const [name, value] of Object.entries(options))
    if (typeof value === 'number' && !(value >= 0 && Number.isFinite(value)))
      throw createError('INVALID_OPTION', `${name} is a number of milliseconds from 0`);
  const master = new DatabaseMaster(masterStoreOf(db), options);
  await master.open();
  return master;
}
