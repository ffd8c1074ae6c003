import type { FieldDefinition, ObjectDefinition } from '../definition/define-object.ts';
import type { CommitRule } from '../definition/definition.ts';
import { must } from '../ground/assert.ts';
import { formatDateTime, parseDateTime } from '../ground/date-time.ts';
import type { Environment } from '../ground/environment.ts';
import { createError, type EngineError } from '../ground/errors.ts';
import { createIdFormat, type IdFormat } from '../ground/ids.ts';
import { createValueCheck, type ValueCheck } from '../record/check-value.ts';
import type { StoredRecord } from '../record/record.ts';
import { createRecordShape } from '../record/record-shape.ts';
import { Autonumber, formatOf } from '../write/autonumber.ts';
import type { Batch, Origin } from '../write/change.ts';
import { NumberedFields } from '../write/numbered-fields.ts';
import { RecordWriter, type WriteMoment } from '../write/record-writer.ts';
import type { WriteCall } from '../write/write-call.ts';
import { ChangeFeed } from './change-feed.ts';
import { commit } from './commit.ts';
import { RecentOrigins } from './recent-origins.ts';
import { Table } from './table.ts';
import { Unit } from './unit.ts';
import { UnitView } from './unit-view.ts';

/** A child object's field that takes its record along when the parent is deleted. */
export interface Cascade {
  readonly table: Table;
  readonly field: string;
}

/** One object of a database: its records and what turns input into them. */
export interface Entity {
  readonly definition: ObjectDefinition;
  readonly table: Table;
  readonly writer: RecordWriter;
  /** What each field may hold, in their order. */
  readonly checks: readonly ValueCheck[];
  readonly numbers: NumberedFields;
  readonly ids: IdFormat;
  readonly cascades: readonly Cascade[];
}

export interface StoreOptions {
  readonly definitions: readonly ObjectDefinition[];
  readonly environment: Environment;
  readonly user: string;
  readonly compile: boolean;
  readonly autoIndex: boolean;
  readonly feedMax: number;
  readonly onError: (error: unknown) => void;
}

/** All tables of a database, their feed and their clock. Everything that writes goes through `write`. */
export class Store {
  readonly environment: Environment;
  readonly feed: ChangeFeed;
  /** Resolves when all that has been committed is as durable as was asked for; undefined where nothing is stored. */
  settled: (() => Promise<void>) | undefined;
  #forward: ((object: string, write: WriteCall) => Promise<unknown>) | undefined;
  /** The calls of other tabs that have been answered. */
  readonly origins = new RecentOrigins();
  readonly user: string;
  readonly #options: StoreOptions;
  /** Who writes, while a call of another user's is answered. */
  #acting: string | undefined;
  /** Whether constructors of records may be compiled. */
  readonly compile: boolean;
  readonly #entities = new Map<string, Entity>();
  readonly #tableOf = (object: string) => this.entity(object).table;
  #lastMs = 0;
  /**
   * Never used: while it lives V8 keeps the hidden class of units, and with it the code of the write path. Units die
   * within their call, so each full collection found none and threw that code away: writes took two to four times as
   * long for thousands of calls after it.
   */
  protected readonly unitKept = new Unit(this.#tableOf);
  /** The unit of the transaction that is running. */
  #open: Unit | undefined;
  #closed = false;
  /** Whether what is written now is taken back in any case. */
  #isRehearsing = false;
  /** Why nothing can be written any more, though all can be read. */
  #refusal: EngineError | undefined;
  /** How many calls of `write` and `transact` are on the way. */
  #writing = 0;
  readonly #purges = new Map<Entity, number>();
  /** Of the objects that keep book of commits. */
  readonly #rules: readonly CommitRule[];
  /** Who makes the commit that is under way, where that is not a caller. */
  #source: string | undefined;

  constructor(options: StoreOptions) {
    this.environment = options.environment;
    this.user = options.user;
    this.#options = options;
    this.compile = options.compile;
    this.feed = new ChangeFeed(options.feedMax, options.onError);
    const formats = new Map(
      options.definitions.map(({ name, id }) => [name, createIdFormat(id.kind, id.prefix ?? '', options.environment)]),
    );
    for (const definition of options.definitions) {
      this.#entities.set(definition.name, createEntity(definition, formats, options));
    }
    for (const entity of this.#entities.values()) this.#link(entity);
    this.#rules = options.definitions.flatMap(({ spec }) => spec.onCommit ?? []);
  }

  /** Notes each way by which deleting a record takes others along. */
  #link(child: Entity): void {
    for (const field of child.definition.fields) {
      if (field.cascadeDelete !== true) continue;
      for (const name of field.referenceTo ?? []) {
        const parent = this.#entities.get(name);
        if (parent !== undefined) (parent.cascades as Cascade[]).push({ table: child.table, field: field.name });
      }
    }
  }

  /**
   * Sends a write to the tab that writes, where that is another; undefined where writes are made here, as all are that
   * belong to a transaction.
   */
  get forward(): ((object: string, write: WriteCall) => Promise<unknown>) | undefined {
    return this.#open === undefined ? this.#forward : undefined;
  }

  set forward(forward: ((object: string, write: WriteCall) => Promise<unknown>) | undefined) {
    this.#forward = forward;
  }

  get entities(): Iterable<Entity> {
    return this.#entities.values();
  }

  find(name: string): Entity | undefined {
    return this.#entities.get(name);
  }

  entity(name: string): Entity {
    return must(this.#entities.get(name), 'an object of this store');
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** A store of the same objects with nothing in it. */
  createEmpty(): Store {
    return new Store(this.#options);
  }

  /** From now on every write is refused for a reason, until there is none. */
  refuse(reason: EngineError | undefined): void {
    this.#refusal = reason;
  }

  #assertWritable(): void {
    this.assertOpen();
    if (this.#refusal !== undefined && !this.#isRehearsing) throw this.#refusal;
  }

  assertOpen(): void {
    if (this.#closed) throw createError('DATABASE_CLOSED', 'the database has been closed');
  }

  /** The formats of the ids that a field can hold. */
  formatsOf(entity: Entity, field: FieldDefinition): readonly IdFormat[] {
    if (field === entity.definition.fieldsByName.get(entity.definition.roles.id)) return [entity.ids];
    return (field.referenceTo ?? []).flatMap((name) => this.#entities.get(name)?.ids ?? []);
  }

  /** What a write gives, once it is kept; at once where nothing is to be waited for. */
  kept<T>(result: T): T | Promise<T> {
    return this.settled === undefined ? result : this.settled().then(() => result);
  }

  /** The moment of a write. Never earlier than one given before, though the clock may step back. */
  moment(): WriteMoment {
    this.#lastMs = Math.max(this.#lastMs, this.environment.now());
    return { now: formatDateTime(this.#lastMs), user: this.#acting ?? this.user };
  }

  get lastMs(): number {
    return this.#lastMs;
  }

  /**
   * Runs `work` with a unit of changes and commits it. What `work` throws takes all of it back. Inside a transaction
   * the changes join the transaction's.
   */
  write<T>(work: (unit: Unit) => T): T {
    this.#assertWritable();
    if (this.#open !== undefined) {
      const mark = this.#open.mark;
      try {
        return work(this.#open);
      } catch (error) {
        this.#open.undo(mark);
        throw error;
      }
    }
    this.feed.assertNotLooping();
    const unit = new Unit(this.#tableOf);
    let result: T;
    this.#writing++;
    try {
      result = work(unit);
      this.#keepBook(unit);
    } catch (error) {
      unit.undo();
      throw error;
    } finally {
      this.#writing--;
    }
    this.commit(unit);
    return result;
  }

  /** Has those who keep book of commits add to a unit; before it is committed, as what they throw takes it back. */
  #keepBook(unit: Unit): void {
    if (this.#rules.length === 0 || unit.isEmpty) return;
    const view = new UnitView(this, unit, this.#source);
    for (const rule of this.#rules) rule(view);
  }

  /** Commits a unit whose changes another tab asked for. What keeping book throws takes it back. */
  accept(unit: Unit, origin: Origin): void {
    try {
      this.#keepBook(unit);
    } catch (error) {
      unit.undo();
      throw error;
    }
    this.commit(unit, origin);
  }

  /** The same as `write` by a part of the program that those who keep book know by its name. */
  writeAs<T>(source: string, work: (unit: Unit) => T): T {
    const outer = this.#source;
    this.#source = source;
    try {
      return this.write(work);
    } finally {
      this.#source = outer;
    }
  }

  commit(unit: Unit, origin?: Origin): Batch | undefined {
    if (unit.isEmpty) return undefined;
    this.#lastMs = Math.max(this.#lastMs, this.environment.now());
    // Before anyone is told, who may ask.
    if (unit.hasPurged) this.#notePurges(unit);
    if (origin !== undefined) this.origins.note(origin);
    return commit(unit, this.feed, this.#lastMs, origin);
  }

  /** Announces changes that were committed elsewhere, as the commit that they are there. */
  publish(unit: Unit, sequence: number, at: number, origin?: Origin): void {
    this.#lastMs = Math.max(this.#lastMs, at);
    if (origin !== undefined) this.origins.note(origin);
    if (this.feed.sequence !== sequence - 1) this.feed.resume(sequence - 1);
    // What leaves no trace in any record has its number all the same.
    if (commit(unit, this.feed, at, origin) === undefined) this.feed.resume(sequence);
  }

  /** Runs `work` as another user. */
  actAs<T>(user: string, work: () => T): T {
    this.#acting = user;
    try {
      return work();
    } finally {
      this.#acting = undefined;
    }
  }

  #notePurges(unit: Unit): void {
    for (const { object, before, after } of unit.netChanges())
      if (after === undefined && before !== undefined) this.notePurge(this.entity(object), before, this.#lastMs);
  }

  /**
   * Remembers when a record was deleted that has left for good: of the time up to then not every deletion can be told.
   * `nowMs`: the moment of the commit, when a record was deleted that was live until then.
   */
  notePurge(entity: Pick<Entity, 'definition'>, record: StoredRecord, nowMs: number): void {
    const { deleted, stamp } = entity.definition.roles;
    this.resumePurge(entity.definition.name, record[deleted] === true ? parseDateTime(record[stamp] as string) : nowMs);
  }

  resumePurge(object: string, deletedMs: number): void {
    const entity = this.entity(object);
    this.#purges.set(entity, Math.max(deletedMs, this.#purges.get(entity) ?? deletedMs));
  }

  /** Goes on where a store ended that had these records. */
  resume(sequence: number, atMs: number): void {
    this.#lastMs = Math.max(this.#lastMs, atMs);
    this.feed.resume(sequence);
  }

  /** A unit for changes that were committed elsewhere. */
  createUnit(): Unit {
    return new Unit(this.#tableOf);
  }

  /** When the record was deleted that was the last to be, among those purged. */
  lastPurgedMs(entity: Entity): number | undefined {
    return this.#purges.get(entity);
  }

  /** Throws `TRANSACTION_OPEN` while a unit has changes that may yet be taken back. `what`: what cannot be done. */
  assertNotWriting(what: string): void {
    if (this.#writing > 0) throw createError('TRANSACTION_OPEN', `${what} while writes are under way`);
  }

  /**
   * Runs `work` with all writes in one unit: committed together when it returns, taken back when it throws. `originOf`: the
   * call that it answers, given what it returned.
   */
  transact<T>(work: () => T, originOf?: (result: T) => Origin): T {
    this.#assertWritable();
    if (this.#open !== undefined) return this.write(work);
    this.feed.assertNotLooping();
    const unit = new Unit(this.#tableOf);
    this.#open = unit;
    this.#writing++;
    let result: T;
    try {
      result = work();
      // It may have closed the database.
      this.assertOpen();
      this.#keepBook(unit);
    } catch (error) {
      unit.undo();
      throw error;
    } finally {
      this.#open = undefined;
      this.#writing--;
    }
    this.commit(unit, originOf?.(result));
    return result;
  }

  /** Runs `work` as `transact` does, takes all of it back, and gives what it returned and what it would have committed. */
  rehearse<T>(work: () => T): { readonly result: T; readonly batch: Batch } {
    this.assertOpen();
    this.assertNotWriting('a transaction cannot be run');
    const unit = new Unit(this.#tableOf);
    this.#open = unit;
    this.#isRehearsing = true;
    this.#writing++;
    try {
      const result = work();
      const batch = { sequence: this.feed.sequence + 1, at: this.#lastMs, changes: [...unit.netChanges()] };
      return { result, batch };
    } finally {
      unit.undo();
      this.#open = undefined;
      this.#isRehearsing = false;
      this.#writing--;
    }
  }

  close(): void {
    this.#closed = true;
    this.feed.close();
  }
}

function createEntity(
  definition: ObjectDefinition,
  formats: ReadonlyMap<string, IdFormat>,
  options: StoreOptions,
): Entity {
  const ids = must(formats.get(definition.name), 'every object has its id format');
  const shape = createRecordShape(definition.fields, options.compile);
  const checks = definition.fields.map((field) => {
    const own = field.name === definition.roles.id;
    const idFormats = (names: readonly string[]) => {
      if (own) return [ids];
      return names.every((name) => formats.has(name)) ? names.flatMap((name) => formats.get(name) ?? []) : undefined;
    };
    return createValueCheck(own ? { ...field, type: 'id' } : field, {
      idFormats,
      text: definition.spec.text ?? 'trimmed',
    });
  });
  const autonumbers = definition.fields.map((field) =>
    field.autoNumber ? new Autonumber(formatOf(field)) : undefined,
  );
  const table = new Table(definition, shape);
  if (options.autoIndex) table.scanDebts = new Map();
  const writer = new RecordWriter({ definition, shape, ids, checks, autonumbers });
  const numbers = new NumberedFields(definition.fields, autonumbers);
  return { definition, table, writer, checks, numbers, ids, cascades: [] };
}
