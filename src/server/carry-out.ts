import { assertUnique } from '../engine/calls/locate.ts';
import { must } from '../engine/ground/assert.ts';
import { EngineError } from '../engine/ground/errors.ts';
import type { StoredRecord } from '../engine/record/record.ts';
import type { RecordName } from '../engine/store/cascade-memory.ts';
import { knownRoot } from '../engine/store/known-root.ts';
import type { Entity, Store } from '../engine/store/store.ts';
import type { Unit } from '../engine/store/unit.ts';
import type { WriteMoment } from '../engine/write/record-writer.ts';
import { auditUser } from './audit-user.ts';
import { type Decision, decideRow } from './decide-row.ts';
import { versionId } from './keep-book.ts';
import type { Master, MasterAnswer, MasterPush } from './master.ts';
import { recordBefore } from './record-before.ts';
import { type Held, isAsSent, type MasterRow, setFields, type VerdictScope } from './row-verdict.ts';

const HELD: MasterAnswer = { status: 'held' };
const APPLIED: MasterAnswer = { status: 'applied' };

/** A record whose unique key another has, which may give it up in the same commit. */
interface Clash {
  readonly entity: Entity;
  readonly record: StoredRecord;
  readonly root: RecordName | undefined;
  readonly applied: MasterAnswer;
}

/** A row, and the slot in which its record is held. */
interface Placed {
  readonly scope: VerdictScope;
  readonly row: MasterRow;
  readonly slot: number | undefined;
}

/** Carries out the commits of a push in a unit of a store, each whole or not at all. */
export class PushRun {
  readonly #store: Store;
  readonly #unit: Unit;
  readonly #push: MasterPush;
  readonly #moment: WriteMoment;
  readonly #serverFields: Master['serverFields'];
  readonly #scopes = new Map<string, VerdictScope>();

  constructor(store: Store, unit: Unit, push: MasterPush, serverFields: Master['serverFields']) {
    this.#store = store;
    this.#unit = unit;
    this.#push = push;
    this.#serverFields = serverFields;
    this.#moment = { now: store.moment().now, user: auditUser(store, push.user) };
  }

  carryOut(): MasterAnswer[][] {
    return this.#push.commits.map((rows) => this.#commit(rows));
  }

  #commit(rows: readonly MasterRow[]): MasterAnswer[] {
    const { mark } = this.#unit;
    const answers: MasterAnswer[] = [];
    // Most commits have none.
    let clashes: Map<number, Clash> | undefined;
    const fail = (answer: MasterAnswer, at: number) => {
      this.#unit.undo(mark);
      return rows.map((_, other) => (other === at ? answer : HELD));
    };
    const onClash = (clash: Clash) => {
      clashes ??= new Map();
      clashes.set(answers.length, clash);
    };
    for (const row of rows) {
      const at = answers.length;
      const answer = this.#row(row, onClash);
      if (answer.status !== 'applied' && clashes?.has(at) !== true) return fail(answer, at);
      answers.push(answer);
    }
    if (clashes === undefined) return answers;
    for (const { entity, record } of clashes.values()) this.#freeKeys(entity, record);
    for (const [at, { entity, record, root, applied }] of clashes) {
      const slot = entity.table.slotOf(record[entity.definition.roles.id] as string);
      const refusal = put(this.#unit, entity, record, root, slot);
      if (refusal !== undefined) return fail(refusal, at);
      answers[at] = applied;
    }
    return answers;
  }

  /** Has the record that another is to replace give up its unique keys, within the commit. */
  #freeKeys({ table, writer, definition }: Entity, record: StoredRecord): void {
    const slot = table.slotOf(record[definition.roles.id] as string);
    const { deleted } = definition.roles;
    if (slot !== undefined && deleted !== undefined && !table.isDeleted(slot))
      this.#unit.replace(table, slot, writer.setField(table.row(slot) as StoredRecord, deleted, true));
  }

  #row(row: MasterRow, onClash: (clash: Clash) => void): MasterAnswer {
    const scope = this.#scope(row.object);
    const { table } = scope.entity;
    const slot = table.slotOf(row.id);
    const record = slot === undefined ? undefined : table.row(slot);
    const version = record === undefined ? this.#version(row) : undefined;
    const isPurged = version?.Purged === true;
    const root = record === undefined ? undefined : table.deletedWith.get(row.id);
    const held: Held = { record, root, isPurged };
    const last = isPurged ? recordBefore(this.#store, version, undefined, (version.Sequence as number) - 1) : undefined;
    return this.#apply({ scope, row, slot }, decideRow(scope, this.#push, row, held, last), onClash);
  }

  #scope(object: string): VerdictScope {
    let scope = this.#scopes.get(object);
    if (scope === undefined) {
      scope = { entity: this.#store.entity(object), serverFields: this.#serverFields(object), moment: this.#moment };
      this.#scopes.set(object, scope);
    }
    return scope;
  }

  #version({ object, id }: MasterRow): StoredRecord | undefined {
    const { table } = this.#store.entity('SyncVersion');
    const slot = table.slotOf(versionId(object, id));
    return slot === undefined ? undefined : table.row(slot);
  }

  #tellMade(scope: VerdictScope, { next }: MasterRow, record: StoredRecord): void {
    const { onMade } = this.#push;
    if (onMade !== undefined && isAsSent(scope, next, record)) onMade(record);
  }

  #apply({ scope, row, slot }: Placed, { verdict, seen }: Decision, onClash: (clash: Clash) => void): MasterAnswer {
    const { record, root } = seen;
    const { entity } = scope;
    switch (verdict.kind) {
      case 'same':
        return record === undefined ? APPLIED : { status: 'applied', set: setFields(scope, record) };
      case 'missing':
        return { status: 'missing' };
      case 'conflict':
        return { status: 'conflict', record, root };
      case 'refused':
        return verdict.answer as MasterAnswer;
      case 'purge':
        this.#unit.purge(entity.table, must(slot, 'a record to purge is held'));
        return APPLIED;
      case 'put': {
        const root = knownRoot(this.#store, verdict.root);
        const isHidden = !this.#push.sees(row, verdict.record);
        const set = setFields(scope, verdict.record);
        const applied: MasterAnswer = isHidden ? { status: 'applied', set, hidden: true } : { status: 'applied', set };
        const refusal = put(this.#unit, entity, verdict.record, root, slot);
        if (refusal !== undefined) onClash({ entity, record: verdict.record, root, applied });
        else if (slot === undefined && !isHidden) this.#tellMade(scope, row, verdict.record);
        return refusal ?? applied;
      }
    }
  }
}

/** Puts a record in its table, or says why not. `slot`: where it is held. */
function put(
  unit: Unit,
  entity: Entity,
  record: StoredRecord,
  root: RecordName | undefined,
  slot: number | undefined,
): MasterAnswer | undefined {
  const { table, definition } = entity;
  if (table.uniques.length > 0 && record[definition.roles.deleted] !== true) {
    try {
      assertUnique(entity, record, slot ?? -1);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      // In words of its own: those of the engine name the other record.
      const fields = error.issues.flatMap((issue) => issue.fields);
      return { status: 'refused', code: error.code, message: `duplicate value found: ${fields.join(', ')}`, fields };
    }
  }
  if (slot === undefined) {
    unit.insert(table, record);
    if (root === undefined) return undefined;
  }
  if (slot === undefined || record !== table.row(slot) || root !== undefined)
    unit.replace(table, must(table.slotOf(record[definition.roles.id] as string), 'it is held now'), record, root);
  return undefined;
}
