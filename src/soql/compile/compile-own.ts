import { foldCase } from '../../engine/ground/fold-case.ts';
import { checkWhere } from '../../engine/query/check-where.ts';
import type { Condition, Target } from '../../engine/query/condition.ts';
import type { Bind, Comparison, Literal, Operand } from '../parse/ast.ts';
import type { PathScope } from '../resolve/resolve-path.ts';
import { soqlError } from '../soql-error.ts';
import { checkLiteral, operandOf, operatorsFor, placed } from './compile-operand.ts';
import type { RunContext } from './run-context.ts';

/** Makes a condition for one run. */
export type BuildCondition = (run: RunContext) => Condition;

type Items = readonly (Literal | Bind)[];

/** What a list holds in one run: a bind may stand for all of it, or for one of it. */
function valuesOf(run: RunContext, target: Target, operand: Operand, text: string): readonly unknown[] {
  if (operand.kind === 'bind') {
    const value = operandOf(run, target, operand, text);
    if (value instanceof Set) return [...value];
    if (Array.isArray(value)) return value;
    throw soqlError('MALFORMED_QUERY', text, operand.at, `the bind '${operand.name}' of IN is a list`);
  }
  return (operand as { items: Items }).items.map((item) => operandOf(run, target, item, text));
}

function buildList(scope: PathScope, target: Target, comparison: Comparison): BuildCondition {
  const { text, object } = scope;
  const { right, operator, at } = comparison;
  const items: Items = right.kind === 'list' ? right.items : [];
  const where = (operators: object) =>
    placed(text, at, () => checkWhere(object.reader.scope, { [target.path]: operators }) as Condition);
  const isPlain = target.spec.type !== 'boolean' && items.every((item) => item.kind !== 'dateLiteral');
  if (isPlain || right.kind !== 'list') {
    const word = operator === 'IN' ? '$in' : '$nin';
    return (run) => where({ [word]: valuesOf(run, target, right, text) });
  }
  // A date literal is a range, and false is no value too: such a list is a choice of conditions.
  return (run) => {
    const parts = items.map((item) => where(operatorsFor(run, target, '=', item, text)));
    const any: Condition = { kind: 'or', parts };
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
    const wanted = valuesOf(run, target, right, text).map((value) => split(String(value ?? '')));
    const fits = (held: string) => {
      const picked = new Set(split(held));
      return wanted.some((parts) => parts.every((part) => picked.has(part)));
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
    const operators = operatorsFor(run, target, operator, right as Literal | Bind, text);
    return placed(text, at, () => checkWhere(object.reader.scope, { [target.path]: operators }) as Condition);
  };
}
