import { foldCase } from '../../engine/ground/fold-case.ts';
import { resolveTarget } from '../../engine/query/check-where.ts';
import type { Condition } from '../../engine/query/condition.ts';
import { createLikeTest } from '../../engine/query/like.ts';
import type { Reader } from '../../engine/query/reader.ts';
import { createRowPredicate } from '../../engine/query/row-predicate.ts';
import type { StoredRecord } from '../../engine/record/record.ts';
import { isDatePart } from '../dates/date-part.ts';
import type { Comparison, Expression, SoqlCondition } from '../parse/ast.ts';
import { parentOf } from '../resolve/path-value.ts';
import { type ParentPath, type PathScope, type ResolvedPath, resolvePath } from '../resolve/resolve-path.ts';
import { soqlError } from '../soql-error.ts';
import { compileDateComparison } from './compile-function.ts';
import { type BuildCondition, compileOwn } from './compile-own.ts';
import { compileSemiJoin } from './compile-semi-join.ts';
import { givenOf, isNullGiven, type RunContext } from './run-context.ts';

/** A condition ready to be built; where nothing in it depends on the run, the same one serves every run. */
export interface CompiledCondition {
  readonly isConstant: boolean;
  readonly build: BuildCondition;
}

const TRUE: Condition = { kind: 'and', parts: [] };
const FALSE: Condition = { kind: 'or', parts: [] };

/** Whether an operand says the same in every run. */
function isConstantOperand({ right }: Comparison): boolean {
  const items = right.kind === 'list' ? right.items : [right];
  return items.every(({ kind }) => kind !== 'bind' && kind !== 'dateLiteral' && kind !== 'subquery');
}

/** The ids of the records that fit. */
function idsOf(reader: Reader, condition: Condition, { deleted }: RunContext): Set<string> {
  const plan = {
    condition,
    order: [],
    limit: Number.POSITIVE_INFINITY,
    offset: 0,
    live: true,
    deleted,
  };
  const idField = reader.entity.definition.roles.id;
  return new Set(reader.records(reader.run(plan)).map((record) => record[idField] as string));
}

/** Whether a comparison holds where there is no value: for a null, and for a parent that is missing. */
function holdsForNull(run: RunContext, { operator, right }: Comparison, isBoolean: boolean, text: string): boolean {
  const isList = operator === 'IN' || operator === 'NOT IN';
  const any = givenOf(run, right, isList, text).some((given) => isNullGiven(given, isBoolean));
  if (operator === '=' || operator === 'IN') return any;
  return operator === '!=' || operator === 'NOT IN' ? !any : operator === 'EXCLUDES';
}

function endsInBoolean(path: ResolvedPath): boolean {
  if (path.kind === 'own') return path.target.spec.type === 'boolean';
  return path.kind === 'parent' && path.parents.some(({ path: rest }) => endsInBoolean(rest));
}

/** A text that is the same for a whole object, such as the name of a parent's type. */
function compileConstant(scope: PathScope, name: string, comparison: Comparison): BuildCondition {
  const { operator, right, at } = comparison;
  const isList = operator === 'IN' || operator === 'NOT IN';
  if (!isList && operator !== '=' && operator !== '!=' && operator !== 'LIKE')
    throw soqlError('MALFORMED_QUERY', scope.text, at, `Type cannot be compared by ${operator}`);
  const items = right.kind === 'list' ? right.items : [right];
  if (items.some(({ kind }) => kind !== 'string' && kind !== 'null' && kind !== 'bind'))
    throw soqlError(
      'INVALID_FIELD',
      scope.text,
      at,
      "value of filter criterion for field 'Type' must be of type string and should be enclosed in quotes",
    );
  const fits = (text: string) =>
    operator === 'LIKE' ? createLikeTest(foldCase(text))(foldCase(name)) : foldCase(text) === foldCase(name);
  return (run) => {
    const any = givenOf(run, right, isList, scope.text).some(
      (given) => 'value' in given && typeof given.value === 'string' && fits(given.value),
    );
    return any === (operator !== '!=' && operator !== 'NOT IN') ? TRUE : FALSE;
  };
}

/**
 * What lies beyond a reference is asked of the parents first, and the reference is then compared with their ids, by its
 * index. A parent that is missing counts as one of nulls, so where null fits, all fit but the parents that do not.
 */
function compileParent(scope: PathScope, path: ParentPath, comparison: Comparison): BuildCondition {
  const inner = path.parents.map(({ object, path: rest }) => ({
    reader: object.reader,
    build: compileResolved({ ...scope, object }, rest, comparison),
  }));
  const isBoolean = endsInBoolean(path);
  const target = resolveTarget(scope.object.reader.scope, path.reference.name);
  return (run) => {
    const nullFits = holdsForNull(run, comparison, isBoolean, scope.text);
    if (run.live) {
      const parents = path.parents.map(({ object }, i) => {
        return { object, fits: createRowPredicate((inner[i] as (typeof inner)[number]).build(run)) };
      });
      const fits = (record: StoredRecord) => {
        const found = parentOf(parents, record[path.reference.name], run);
        return found === undefined ? nullFits : found.parent.fits(found.record);
      };
      return { kind: 'record', fields: [path.reference.name], fits };
    }
    const keys = new Set<string>();
    for (const { reader, build } of inner) {
      const condition = build(run);
      for (const id of idsOf(reader, nullFits ? { kind: 'not', part: condition } : condition, run)) keys.add(id);
    }
    return { kind: 'leaf', target, test: { op: 'in', keys, withNull: false }, negated: nullFits };
  };
}

function compileResolved(scope: PathScope, path: ResolvedPath, comparison: Comparison): BuildCondition {
  if (path.kind === 'own') return compileOwn(scope, path.target, comparison);
  if (path.kind === 'type') return compileConstant(scope, path.name, comparison);
  return compileParent(scope, path, comparison);
}

function pathOf(scope: PathScope, left: Expression): ResolvedPath {
  if (left.kind === 'path') return resolvePath(scope, left);
  if (left.name === 'TOLABEL' && left.argument?.kind === 'path') return resolvePath(scope, left.argument);
  throw soqlError('MALFORMED_QUERY', scope.text, left.at, `${left.name} cannot stand in a WHERE clause`);
}

function compileComparison(scope: PathScope, comparison: Comparison, alone: boolean): CompiledCondition {
  const { left, right } = comparison;
  if (left.kind === 'call' && (isDatePart(left.name) || left.name === 'DAY_ONLY'))
    return { isConstant: false, build: compileDateComparison(scope, left, comparison) };
  const path = pathOf(scope, left);
  if (right.kind === 'subquery')
    return { isConstant: false, build: compileSemiJoin(scope, path, comparison, right.query, alone, compileCondition) };
  const build = compileResolved(scope, path, comparison);
  return { isConstant: path.kind === 'own' && isConstantOperand(comparison), build };
}

/**
 * Compiles a condition of an object. `alone`: it stands under ANDs only. Throws `INVALID_FIELD` or `MALFORMED_QUERY` with
 * the place.
 */
export function compileCondition(scope: PathScope, condition: SoqlCondition, alone = true): CompiledCondition {
  switch (condition.kind) {
    case 'comparison':
      return compileComparison(scope, condition, alone);
    case 'not': {
      const part = compileCondition(scope, condition.part, false);
      return { isConstant: part.isConstant, build: (run) => ({ kind: 'not', part: part.build(run) }) };
    }
    default: {
      const { kind } = condition;
      const parts = condition.parts.map((part) => compileCondition(scope, part, alone && kind === 'and'));
      return {
        isConstant: parts.every(({ isConstant }) => isConstant),
        build: (run) => ({ kind, parts: parts.map((part) => part.build(run)) }),
      };
    }
  }
}
