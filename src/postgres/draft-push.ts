import type { StoredRecord } from '../engine/record/record.ts';
import type { RecordName } from '../engine/store/cascade-memory.ts';
import { knownRoot } from '../engine/store/known-root.ts';
import type { Entity, Store } from '../engine/store/store.ts';
import { Autonumber, formatOf } from '../engine/write/autonumber.ts';
import type { WriteMoment } from '../engine/write/record-writer.ts';
import { decideRow } from '../server/decide-row.ts';
import type { MasterAnswer, MasterPush } from '../server/master.ts';
import { type Held, type MasterRow, setFields, type VerdictScope } from '../server/row-verdict.ts';
import { Overlay } from './overlay.ts';
import { keyId, keysOf, type UniqueKey } from './unique-keys.ts';

/** What the tables hold of a record. */
export interface HeldRecord extends Held {
  /** Of one that is gone for good, how it was at the end. */
  readonly last?: StoredRecord | undefined;
}

/** What the tables hold of a push's records. */
export interface PushGround {
  readonly store: Store;
  readonly moment: WriteMoment;
  readonly serverFields: (object: string) => ReadonlySet<string>;
  /** By `recordKey`. */
  readonly held: ReadonlyMap<string, HeldRecord>;
  /** The last number given, by object and field. */
  readonly numbers: ReadonlyMap<string, string>;
  /** The id of the record that has a key, by `keyId`; '' where it was asked for and is free. */
  readonly owners: ReadonlyMap<string, string>;
}

/** A record as it is to be. */
export interface RecordChange extends RecordName {
  readonly now: Held;
  /** Whether the tables have it in no form. */
  readonly isNew: boolean;
}

/** What a push comes to, before any of it is written. */
export interface PushDraft {
  readonly answers: readonly (readonly MasterAnswer[])[];
  /** The records that have changed, as they are to be. */
  readonly changes: readonly RecordChange[];
  /** The last number given by object and field, where any was. */
  readonly numbers: ReadonlyMap<string, string>;
  /** The new owner of each key that has got another, '' for none. */
  readonly owners: ReadonlyMap<string, string>;
  readonly keys: ReadonlyMap<string, UniqueKey>;
  /** Keys that were taken to be free as nothing was known of them: with any, the draft is to be made anew. */
  readonly unknown: readonly UniqueKey[];
}

/** By which records are told apart. */
export function recordKey({ object, id }: RecordName): string {
  return `${object}\n${id}`;
}

/** By which numbered fields are told apart. */
export function numberKey(object: string, field: string): string {
  return `${object}\n${field}`;
}

type Asked = Pick<MasterPush, 'sees' | 'judge'>;

const ABSENT: HeldRecord = { record: undefined, isPurged: false };

class PushDrafter {
  readonly #ground: PushGround;
  readonly #asked: Asked;
  readonly #held: Overlay<HeldRecord>;
  readonly #numbers: Overlay<string>;
  readonly #owners: Overlay<string>;
  readonly #names = new Map<string, RecordName>();
  readonly #keys = new Map<string, UniqueKey>();
  readonly #unknown = new Map<string, UniqueKey>();
  /** The keys that the records of a commit are to have, with the place of the row. */
  readonly #wanted = new Map<
    string,
    { readonly at: number; readonly id: string; readonly keys: readonly UniqueKey[] }
  >();

  constructor(ground: PushGround, asked: Asked) {
    this.#ground = ground;
    this.#asked = asked;
    this.#held = new Overlay(ground.held);
    this.#numbers = new Overlay(ground.numbers);
    this.#owners = new Overlay(ground.owners);
  }

  draft(commits: MasterPush['commits']): PushDraft {
    const answers = commits.map((rows) => this.#takeCommit(rows));
    const changes = [...this.#held.changes].map(([key, now]) => {
      return { ...(this.#names.get(key) as RecordName), now, isNew: !this.#ground.held.has(key) };
    });
    return {
      answers,
      changes,
      numbers: this.#numbers.changes,
      owners: this.#owners.changes,
      keys: this.#keys,
      unknown: [...this.#unknown.values()],
    };
  }

  /** Every row is answered, so that all that is wrong with a commit is told at once. */
  #takeCommit(rows: readonly MasterRow[]): readonly MasterAnswer[] {
    this.#wanted.clear();
    const answers = rows.map((row, at) => this.#takeRow(row, at));
    this.#takeKeys(answers);
    const parts = [this.#held, this.#numbers, this.#owners];
    if (answers.every(({ status }) => status === 'applied')) {
      for (const part of parts) part.keep();
      return answers;
    }
    for (const part of parts) part.drop();
    return answers.map((answer) => (answer.status === 'applied' ? { status: 'held' } : answer));
  }

  #takeRow(row: MasterRow, at: number): MasterAnswer {
    const { store, serverFields, moment } = this.#ground;
    const entity = store.find(row.object);
    if (entity === undefined)
      return {
        status: 'refused',
        code: 'INVALID_TYPE',
        message: `the server has no ${row.object.slice(0, 80)}`,
        fields: [],
      };
    const held = this.#held.get(recordKey(row)) ?? ABSENT;
    const scope = { entity, serverFields: serverFields(row.object), moment };
    const { verdict, seen } = decideRow(scope, this.#asked, row, held, held.last);
    switch (verdict.kind) {
      case 'refused':
        return verdict.answer as MasterAnswer;
      case 'missing':
        return { status: 'missing' };
      case 'conflict':
        return { status: 'conflict', record: seen.record, ...(seen.root !== undefined && { root: seen.root }) };
      case 'same':
        return applied(scope, seen.record);
      case 'purge':
        this.#wantKeys(row, at, entity, held.record, undefined);
        this.#put(row, { record: undefined, isPurged: true, last: held.record });
        return { status: 'applied' };
      case 'put':
        return this.#takePut(row, at, scope, held, verdict);
    }
  }

  #takePut(
    row: MasterRow,
    at: number,
    scope: VerdictScope,
    held: Held,
    { record: made, root: given }: { readonly record: StoredRecord; readonly root: RecordName | undefined },
  ): MasterAnswer {
    const root = knownRoot(this.#ground.store, given);
    const record = held.record === undefined ? this.#number(scope.entity, made) : made;
    // The right was asked for before: whoever may not write must not learn what keys there are.
    this.#wantKeys(row, at, scope.entity, held.record, record);
    if (record !== held.record || !isSameName(root, held.root)) this.#put(row, { record, root, isPurged: false });
    const answer = applied(scope, record);
    return this.#asked.sees(row, record) ? answer : { ...answer, hidden: true };
  }

  #put({ object, id }: MasterRow, now: HeldRecord): void {
    const key = recordKey({ object, id });
    this.#names.set(key, { object, id });
    this.#held.set(key, now);
  }

  /**
   * The record with numbers that are counted in the tables. Those that the writer has put in are counted in this process alone,
   * and drop out.
   */
  #number({ definition, writer }: Entity, made: StoredRecord): StoredRecord {
    let record = made;
    for (const field of definition.fields) {
      if (!field.autoNumber) continue;
      const key = numberKey(definition.name, field.name);
      const numbers = new Autonumber(formatOf(field));
      numbers.resume(this.#numbers.get(key) ?? '0');
      record = writer.setField(record, field.name, numbers.next());
      this.#numbers.set(key, String(numbers.last));
    }
    return record;
  }

  /** Has a record give up its keys, and notes those that it is to have once the others of its commit have given up theirs. */
  #wantKeys(
    row: MasterRow,
    at: number,
    entity: Entity,
    before: StoredRecord | undefined,
    after: StoredRecord | undefined,
  ): void {
    const name = recordKey(row);
    if (!this.#wanted.has(name)) for (const key of keysOf(entity, before)) this.#own(key, '');
    this.#wanted.set(name, { at, id: row.id, keys: keysOf(entity, after) });
  }

  /** Gives the keys of a commit to its records, unless others have them. The answers tell nothing of those others. */
  #takeKeys(answers: MasterAnswer[]): void {
    for (const { at, id, keys } of this.#wanted.values())
      for (const key of keys) {
        const owner = this.#owners.get(keyId(key));
        if (owner === undefined) this.#unknown.set(keyId(key), key);
        if (owner !== undefined && owner !== '' && owner !== id) answers[at] = duplicate(key);
        else this.#own(key, id);
      }
  }

  #own(key: UniqueKey, id: string): void {
    this.#keys.set(keyId(key), key);
    this.#owners.set(keyId(key), id);
  }
}

function duplicate({ fields }: UniqueKey): MasterAnswer {
  const message = `duplicate value found: ${fields.join(', ')}`;
  return { status: 'refused', code: 'DUPLICATE_VALUE', message, fields: [...fields] };
}

function applied(scope: VerdictScope, record: StoredRecord | undefined): MasterAnswer & { status: 'applied' } {
  return record === undefined ? { status: 'applied' } : { status: 'applied', set: setFields(scope, record) };
}

function isSameName(left: RecordName | undefined, right: RecordName | undefined): boolean {
  return left?.object === right?.object && left?.id === right?.id;
}

/** Carries out a push in memory, row by row, each upon what those before it have made. */
export function draftPush(ground: PushGround, push: Asked & Pick<MasterPush, 'commits'>): PushDraft {
  return new PushDrafter(ground, push).draft(push.commits);
}
