import { assertUnique } from '../engine/calls/locate.ts';
import type { BookedObject } from '../engine/definition/definition.ts';
import { EngineError, type Issue } from '../engine/ground/errors.ts';
import { isSameJson, type StoredRecord } from '../engine/record/record.ts';
import type { RecordName } from '../engine/store/cascade-memory.ts';
import { knownRoot } from '../engine/store/known-root.ts';
import type { ImportNotes } from '../engine/write/read-imported.ts';
import type { WriteMoment } from '../engine/write/record-writer.ts';
import { changeKey } from './change-key.ts';
import { type ConflictPolicy, type SettledConflict, settle } from './conflict.ts';
import { DELETED, DELETED_WITH, PURGED, REMOVED, rootOf, toDocument, toFields } from './document.ts';
import { mergeFields } from './merge.ts';
import { documentOfRow, type PulledRow, planOf, valueOfRow } from './pulled-row.ts';
import type { ChangeRow, SyncEntity, SyncHand, SyncStore } from './sync-store.ts';
import { type Clash, UniqueClashes } from './unique-clashes.ts';
import type { WireDocument } from './wire.ts';

type Values = Record<string, unknown>;

const NONE: ReadonlySet<string> = new Set();
const CONFLICTS_MAX = 1_000;
/** A value that no record has. */
const UNKNOWN = { unknown: true };

/** What a person has to decide over. */
interface Asked {
  readonly theirs: WireDocument;
  readonly fields: readonly string[];
}

/** How conflicts of an object are settled. */
export type PolicyOf = (object: string) => ConflictPolicy;

/** Takes documents of the server into a database, within one commit. What cannot be stored is put aside with the reason. */
export class DocumentsIn {
  readonly #at: SyncStore;
  readonly #hand: SyncHand;
  readonly #policyOf: PolicyOf;
  /** The changes that are on their way. */
  readonly #sending: ReadonlySet<string>;
  readonly #conflicts: SettledConflict[] = [];
  /** New records that wait to be put in together. */
  readonly #fresh = new Map<string, StoredRecord>();
  #freshOf: SyncEntity | undefined;
  readonly #clashes: UniqueClashes;
  /** That of the commit. */
  readonly #moment: WriteMoment;
  /** Of fields that are unknown here nobody is told. */
  readonly #notes: ImportNotes = { ignored: new Map() };

  constructor(at: SyncStore, hand: SyncHand, policyOf: PolicyOf, sending: ReadonlySet<string> = NONE) {
    this.#at = at;
    this.#hand = hand;
    this.#policyOf = policyOf;
    this.#sending = sending;
    this.#clashes = new UniqueClashes(hand);
    this.#moment = at.store.moment();
  }

  /** Takes one in. Of a record that is on its way it is put by until the answer says what became of what was sent. */
  take(object: string, document: WireDocument): void {
    const scope = this.#at.entity(object);
    const id = this.#idOf(scope, document);
    if (id === undefined) {
      this.#quarantine(object, '', document, [
        { statusCode: 'MALFORMED_ID', message: 'the document has no id of its object', fields: [] },
      ]);
      return;
    }
    if (this.#freshOf !== undefined && (this.#freshOf !== scope || this.#fresh.has(id))) this.flush();
    this.#clashes.forget(object, id);
    const error = this.#try(scope, id, document);
    if (error?.code === 'DUPLICATE_VALUE') this.#clashes.add({ scope, id, document, issues: error.issues });
    else if (error !== undefined) this.#quarantine(object, id, document, error.issues);
  }

  /** The same of a live record that came by its values. */
  takeRow(object: string, row: PulledRow): void {
    if (!this.#takeNew(this.#at.entity(object), row)) this.take(object, documentOfRow(row));
  }

  /** Most rows are of records of which nothing is here, and are read by place. False where there is more to see to, or something is wrong. */
  #takeNew(scope: SyncEntity, row: PulledRow): boolean {
    const { definition, entity } = scope;
    const { table, writer } = entity;
    if (table.uniques.length > 0 || this.#at.store.entity('SyncQuarantine').table.liveCount > 0) return false;
    if (this.#freshOf !== undefined && this.#freshOf !== scope) this.flush();
    const given = valueOfRow(row, definition.roles.id);
    if (typeof given !== 'string' || table.slotOf(given) !== undefined) return false;
    let record: StoredRecord;
    try {
      record = writer.importValues(planOf(writer, row.fields).valuesOf(row), undefined, this.#moment, this.#notes);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      return false;
    }
    const id = record[definition.roles.id] as string;
    if (this.#fresh.has(id) || this.#at.change(definition.name, id) !== undefined) return false;
    if (id !== given && table.slotOf(id) !== undefined) return false;
    this.#fresh.set(id, record);
    this.#freshOf = scope;
    return true;
  }

  #try(scope: SyncEntity, id: string, document: WireDocument): EngineError | undefined {
    try {
      this.#take(scope, id, document);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      return error;
    }
    this.#release(scope.definition.name, id);
    return undefined;
  }

  /** Ends the commit, and gives the conflicts that were met in it. */
  finish(): readonly SettledConflict[] {
    this.flush();
    const take = ({ scope, id, document }: Clash) => this.#try(scope, id, document);
    const isOpen = ({ scope, id }: Clash) => this.#at.change(scope.definition.name, id) === undefined;
    for (const { scope, id, document, issues } of this.#clashes.settle(take, isOpen))
      this.#quarantine(scope.definition.name, id, document, issues);
    return this.#conflicts;
  }

  flush(): void {
    if (this.#freshOf !== undefined && this.#fresh.size > 0)
      this.#hand.unit.insertAll(this.#freshOf.entity.table, [...this.#fresh.values()]);
    this.#fresh.clear();
    this.#freshOf = undefined;
  }

  #idOf({ entity, definition }: SyncEntity, document: WireDocument): string | undefined {
    const given = document[definition.roles.id];
    const id = typeof given === 'string' && given.length <= 255 ? entity.ids.normalize(given) : undefined;
    return id !== undefined && entity.ids.owns(id) ? id : undefined;
  }

  #take(scope: SyncEntity, id: string, document: WireDocument): void {
    const object = scope.definition.name;
    const change = this.#at.change(object, id);
    if (change !== undefined && this.#sending.has(change.Id))
      return this.#hand.put('SyncChange', change.Id, { Theirs: JSON.stringify(document) });
    if (document[REMOVED] === true || document[PURGED] === true) return this.#takeAway(object, id, document, change);
    if (change === undefined) return this.#takeAsIs(scope, id, document);
    if (change.Kind === 'purge') return this.#meetPurge(scope, id, document, change);
    this.mergeInto(scope, change, document);
  }

  /** Of a record that nothing waits of. Most documents are of new records, or tell of what was written here. */
  #takeAsIs(scope: SyncEntity, id: string, document: WireDocument): void {
    const { definition } = scope;
    const before = this.#at.record(definition.name, id);
    if (before !== undefined && isHeld(definition, before, document)) return;
    // A record is made from its document as it is: nobody is told of fields that its object does not have.
    const isNew = before === undefined && document[DELETED] !== true;
    this.#put(scope, id, isNew ? document : toFields(definition, document), this.#rootOf(document));
  }

  /** The record leaves. What was written to it and not sent is kept with the reason. */
  #takeAway(object: string, id: string, document: WireDocument, change: ChangeRow | undefined): void {
    const isPurged = document[PURGED] === true;
    if (change !== undefined && change.Kind === 'purge') this.#hand.remove('SyncChange', change.Id);
    else if (change !== undefined) {
      // Made here: what the server no longer shows is another of the same id at most.
      if (change.Base === null && !change.IsMissed && !isPurged) return;
      this.#hand.put('SyncChange', change.Id, {
        State: 'rejected',
        Code: isPurged ? 'ENTITY_IS_DELETED' : 'SYNC_FORBIDDEN',
        Message: isPurged ? 'the record is gone for good' : 'the record is no longer among those to be seen',
        Mine: change.Mine ?? JSON.stringify(this.#mineOf(object, id, change)),
        Sent: null,
      });
    }
    this.#hand.remove(object, id);
  }

  #rootOf(document: WireDocument): RecordName | undefined {
    return knownRoot(this.#at.store, rootOf(document));
  }

  /** What was written here, in the fields that were changed. */
  #mineOf(object: string, id: string, change: ChangeRow): WireDocument {
    const { definition, serverFields } = this.#at.entity(object);
    const record = this.#at.record(object, id);
    const whole = record === undefined ? {} : toDocument(definition, record);
    const names = change.Base === null ? Object.keys(whole) : Object.keys(JSON.parse(change.Base) as Values);
    return Object.fromEntries(names.filter((name) => !serverFields.has(name)).map((name) => [name, whole[name]]));
  }

  /** The record was taken away here for good. Who brought it back from the bin has the last word. */
  #meetPurge(scope: SyncEntity, id: string, document: WireDocument, change: ChangeRow): void {
    const base = change.Base === null ? {} : (JSON.parse(change.Base) as Values);
    if (document[DELETED] === true || base[DELETED] === false) return;
    this.#hand.remove('SyncChange', change.Id);
    this.#put(scope, id, toFields(scope.definition, document), undefined);
    const fields = [DELETED];
    const mine = { [DELETED]: true };
    this.#note({ object: scope.definition.name, id, fields, base, mine, theirs: document, outcome: 'theirs' });
  }

  /** Settles a conflict that was left to a person, by the policy given. */
  settleWith(change: ChangeRow, theirs: WireDocument): void {
    // In the fields that both have changed, as if nothing had been agreed on; the others wait as before.
    const contested = JSON.parse(change.Contested ?? '[]') as string[];
    const asked = Object.fromEntries(contested.map((name) => [name, UNKNOWN]));
    const base = { ...(JSON.parse(change.Base ?? '{}') as Values), ...asked };
    this.mergeInto(this.#at.entity(change.Object), { ...change, Base: JSON.stringify(base) }, theirs, true);
  }

  /** Merges what the server holds into a record that was changed here. */
  mergeInto(scope: SyncEntity, change: ChangeRow, theirs: WireDocument, isSettled = false): void {
    const { definition, serverFields, entity } = scope;
    const { Object: object, RecordId: id } = change;
    const record = this.#at.record(object, id);
    const slot = entity.table.slotOf(id);
    if (record === undefined || slot === undefined)
      return this.#put(scope, id, toFields(definition, theirs), this.#rootOf(theirs));
    const mine = toDocument(definition, record, entity.table.deletedWith.get(id));
    const base = change.Base === null ? undefined : (JSON.parse(change.Base) as Values);
    const isOwn = (name: string) => name !== definition.roles.id && name !== DELETED_WITH && !serverFields.has(name);
    const sent = change.Sent === null ? {} : (JSON.parse(change.Sent) as Values);
    const merged = mergeFields({ base, mine, theirs, sent, isOwn });
    const take: Values = { ...merged.take };
    let left: Values = { ...merged.base };
    let outcome: SettledConflict['outcome'] | undefined;
    if (merged.conflicts.length > 0) {
      const conflict = { object, id, fields: merged.conflicts, base: pick(base, merged.conflicts), mine, theirs };
      const settled = settle(this.#policyOf(object), conflict, (values) => isStorable(this.#at, scope, record, values));
      outcome = settled.outcome;
      Object.assign(take, toOwn(settled.values, isOwn));
      left = leftAfter(left, { ...mine, ...take }, theirs, isOwn);
      this.#note({ ...conflict, outcome });
    }
    const root = DELETED in left ? entity.table.deletedWith.get(id) : this.#rootOf(theirs);
    this.#put(scope, id, toFields(definition, take as WireDocument), root);
    // What waits for a person goes on waiting, whatever else the server changes.
    const isAsked = outcome === 'asked' || (change.State === 'conflict' && !isSettled);
    const contested = [...(JSON.parse(change.Contested ?? '[]') as string[]), ...merged.conflicts];
    this.#keepChange(change, left, isAsked ? { theirs, fields: contested.filter((name) => name in left) } : undefined);
  }

  /** What still waits of a record that was merged. `asked`: what the server holds, where a person has to decide, and over which fields. */
  #keepChange(change: ChangeRow, left: Values, asked: Asked | undefined): void {
    if (Object.keys(left).length === 0) return this.#hand.remove('SyncChange', change.Id);
    const kind = change.Base === null || change.Kind === 'create' ? kindAfter(left) : change.Kind;
    const isAsked = asked !== undefined && asked.fields.length > 0;
    this.#hand.put('SyncChange', change.Id, {
      Kind: kind,
      Base: JSON.stringify(left),
      Sent: null,
      Theirs: isAsked ? JSON.stringify(asked.theirs) : null,
      Contested: isAsked ? JSON.stringify([...new Set(asked.fields)]) : null,
      ...(isAsked && { State: 'conflict', Code: null, Message: 'a person has to decide' }),
      ...(!isAsked && change.State === 'conflict' && { State: 'pending', Message: null }),
    });
  }

  /** Puts fields of a record in, whose values are checked as those of any import. */
  #put(scope: SyncEntity, id: string, fields: Readonly<Values>, root: RecordName | undefined): void {
    const { entity, definition } = scope;
    const { table, writer } = entity;
    const slot = table.slotOf(id);
    const before = slot === undefined ? undefined : table.row(slot);
    if (before !== undefined && Object.keys(fields).length === 0) return;
    const idField = definition.roles.id;
    const input = fields[idField] === id ? fields : { ...fields, [idField]: id };
    const record = writer.import(input, before, this.#moment, this.#notes);
    if (table.uniques.length > 0) this.flush();
    if (record[definition.roles.deleted] !== true) assertUnique(entity, record, slot ?? -1);
    if (slot === undefined || before === undefined) {
      if (root === undefined && table.uniques.length === 0) {
        this.#fresh.set(id, record);
        this.#freshOf = scope;
        return;
      }
      this.#hand.unit.insert(table, record);
      if (root !== undefined) this.#hand.unit.replace(table, table.slotOf(id) as number, record, root);
      return;
    }
    if (record !== before) this.#hand.unit.replace(table, slot, record, root);
  }

  #quarantine(object: string, id: string, document: WireDocument, issues: readonly Issue[]): void {
    // One without an id is known by what it holds, so that it lies there once however often it comes.
    const key = changeKey(object, id === '' ? `?${hashOf(JSON.stringify(document))}` : id);
    this.#hand.put('SyncQuarantine', key, {
      Object: object,
      RecordId: id,
      At: this.#at.store.moment().now,
      Document: JSON.stringify(document),
      Code: issues[0]?.statusCode ?? null,
      Message: issues
        .map(({ message }) => message)
        .join('; ')
        .slice(0, 1_000),
    });
  }

  /** A record that could be stored is in quarantine no longer. */
  #release(object: string, id: string): void {
    if (this.#at.store.entity('SyncQuarantine').table.liveCount > 0)
      this.#hand.remove('SyncQuarantine', changeKey(object, id));
  }

  #note(conflict: SettledConflict): void {
    this.#conflicts.push(conflict);
    const { table } = this.#at.store.entity('SyncConflict');
    const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
    const at = this.#at.store.moment().now;
    const name = `${changeKey(conflict.object, conflict.id)}:${this.#at.store.feed.sequence + 1}`;
    this.#hand.put('SyncConflict', name, {
      Object: conflict.object,
      RecordId: conflict.id,
      At: at,
      Outcome: conflict.outcome,
      Fields: json(conflict.fields),
      Base: json(conflict.base),
      Mine: json(pick(conflict.mine, conflict.fields)),
      Theirs: json(pick(conflict.theirs, conflict.fields)),
    });
    for (let slot = 0; table.liveCount > CONFLICTS_MAX && slot < table.slotCount; slot++)
      if (table.row(slot) !== undefined) this.#hand.unit.purge(table, slot);
  }
}

/** Whether a record can hold these values, and has all their fields. */
function isStorable(
  at: SyncStore,
  { entity, definition }: SyncEntity,
  record: StoredRecord,
  values: WireDocument,
): boolean {
  const notes = { ignored: new Map<string, number>() };
  try {
    const id = { [definition.roles.id]: record[definition.roles.id] };
    entity.writer.import({ ...toFields(definition, values), ...id }, record, at.store.moment(), notes);
    return notes.ignored.size === 0;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return false;
  }
}

/** Tells texts apart that are not meant to be alike. */
function hashOf(text: string): string {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return `${text.length}-${hash >>> 0}`;
}

/** Whether a record is what a document says of it already. */
function isHeld({ roles }: BookedObject, record: StoredRecord, document: WireDocument): boolean {
  for (const name in document) {
    const value = document[name];
    if (name === DELETED && (value === true) !== (record[roles.deleted] === true)) return false;
    if (!name.startsWith('_') && record[name] !== value && !isSameJson(record[name], value)) return false;
  }
  return true;
}

function pick(document: Values | WireDocument | undefined, names: readonly string[]): WireDocument | undefined {
  return document === undefined ? undefined : Object.fromEntries(names.map((name) => [name, document[name]]));
}

function toOwn(values: WireDocument, isOwn: (name: string) => boolean): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => isOwn(name)));
}

/** What is to be sent once conflicts are settled: all fields that are not what the server holds. */
function leftAfter(left: Values, now: Values, theirs: WireDocument, isOwn: (name: string) => boolean): Values {
  const after: Values = {};
  for (const name of Object.keys(theirs)) {
    if (isOwn(name) && !isSameJson(now[name] ?? null, theirs[name] ?? null)) after[name] = theirs[name];
  }
  for (const name of Object.keys(left)) if (!(name in theirs)) after[name] = left[name];
  return after;
}

function kindAfter(left: Values): ChangeRow['Kind'] {
  return DELETED in left ? (left[DELETED] === true ? 'undelete' : 'delete') : 'update';
}
