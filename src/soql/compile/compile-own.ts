import { foldCase } from '../../engine/ground/fold-case.ts';
import { checkWhere } from '../../engine/query/check-where.ts';
import type { Condition, Target } from '../../engine/query/condition.ts';
import type { Comparison, Literal, Operand } from '../parse/ast.ts';
import type { PathScope } from '../resolve/resolve-path.ts';
import { soqlError } from '../soql-error.ts';
import { checkLiteral, operatorsFor, placed } from './compile-operand.ts';
import { type Given, givenOf, type RunContext } from './run-context.ts';

/** Makes a condition for one run. */
export type BuildCondition = (run: RunContext) => Condition;

/** The values of a list that are no ranges go into one $in; a date literal, and false, are conditions of their own. */
function buildList(scope: PathScope, target: Target, comparison: Comparison): BuildCondition {
  const { text, object } = scope;
  const { right, operator, at } = comparison;
  const isBoolean = target.spec.type === 'boolean';
  const where = (operators: object) =>
    placed(text, at, () => checkWhere(object.reader.scope, { [target.path]: operators }) as Condition);
  return (run) => {
    const given = givenOf(run, right, true, text);
    const isPlain = !isBoolean && given.every(({ kind }) => kind !== 'dateLiteral');
    if (isPlain) {
      const values = given.map((each) => (each.kind === 'null' ? null : (each as { value: unknown }).value));
      return where({ [operator === 'IN' ? '$in' : '$nin']: values });
    }
    const any: Condition = { kind: 'or', parts: given.map((each) => where(operatorsFor(run, target, '=', each))) };
    return operator === 'IN' ? any : { kind: 'not', part: any };
  };
}

/** A value of INCLUDES lists picked values that must all be there, with semicolons between. */
function buildPicked(scope: PathScope, target: Target, comparison: Comparison): BuildCondition {
  const { text } = scope;
  const { right, operator, at } = comparison;
  if (target.spec.type !== 'multipicklist')
    throw soqlError('INVALID_FIELD', text, at, `invalid operator on field '${target.path}': ${operator}`, [
      target.path,
    ]);
  const split = (value: string) => value.split(';').map((part) => foldCase(part.trim()));
  return (run) => {
    const wanted = givenOf(run, right, true, text).map((given) => {
      if (given.kind === 'null') return [];
      const { value } = given as { readonly value: unknown };
      if (typeof value !== 'string') throw soqlError('MALFORMED_QUERY', text, at, `${operator} takes texts`);
      return split(value);
    });
    const fits = (held: string) => {
      const picked = new Set(split(held));
      return wanted.some((parts) => parts.length > 0 && parts.every((part) => picked.has(part)));
    };
    return { kind: 'leaf', target, test: { op: 'like', prefix: '', fits }, negated: operator === 'EXCLUDES' };
  };
}

/** The condition that a comparison of an object's own field is. Throws `INVALID_FIELD` with the place. */
export function compileOwn(scope: PathScope, target: Target, comparison: Comparison): BuildCondition {
  const { text, object } = scope;
  const { right, operator, at } = comparison;
  if (!target.field.filterable)
    throw soqlError('INVALID_FIELD', text, at, `field '${target.path}' can not be filtered in a query call`, [
      target.path,
    ]);
  const items: readonly Operand[] = right.kind === 'list' ? right.items : [right];
  for (const item of items) if (item.kind !== 'bind') checkLiteral(text, target, item as Literal, at);
  if (operator === 'IN' || operator === 'NOT IN') return buildList(scope, target, comparison);
  if (operator === 'INCLUDES' || operator === 'EXCLUDES') return buildPicked(scope, target, comparison);
  return (run) => {
    const [given] = givenOf(run, right, false, text) as readonly [Given];
    const operators = operatorsFor(run, target, operator, given);
    return placed(text, at, () => checkWhere(object.reader.scope, { [target.path]: operators }) as Condition);
  };
}
