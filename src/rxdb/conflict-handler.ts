import { defaultConflictHandler, type RxConflictHandler, type WithDeleted } from 'rxdb';
import type { FieldDefinition } from '../engine/definition/define-object.ts';
import type { ValueCheck } from '../engine/record/check-value.ts';
import { isSameJson } from '../engine/record/record.ts';
import type { Entity } from '../engine/store/store.ts';
import { isTakenAway } from './write-record.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * By which RxDB's replication tells documents of an object apart: two are the same where the engine would keep the same of both. What
 * comes from elsewhere lacks what the engine fills, and may be written in another form; RxDB's own comparison would take each
 * such document for a local change, and wait with the next from elsewhere until it is sent, which it never is.
 */
export function conflictHandlerOf({ definition, checks }: Entity): RxConflictHandler<Record<string, unknown>> {
  const { fields, roles } = definition;
  const isSame = (a: Fields, b: Fields, { name }: FieldDefinition, at: number) => {
    const [left, right] = [a[name] ?? null, b[name] ?? null];
    if (isSameJson(left, right)) return true;
    if ((left === null || right === null) && !isTakenAway(definition, name)) return true;
    return isSameJson(kept(left, checks[at]), kept(right, checks[at]));
  };
  return {
    isEqual: (a: WithDeleted<Fields>, b: WithDeleted<Fields>) =>
      a._deleted === b._deleted &&
      // Of one that is deleted, many a source says no more than that.
      (a._deleted || fields.every((field, at) => field.name === roles.deleted || isSame(a, b, field, at))),
    resolve: defaultConflictHandler.resolve,
  };
}

/** What the engine makes of a value; the value itself where it would refuse it. */
function kept(value: unknown, check: ValueCheck | undefined): unknown {
  if (value === null || check === undefined) return value;
  const stored = check(value, []);
  return stored === undefined ? value : stored;
}
