import { checkWhere } from '../../engine/query/check-where.ts';
import type { Condition, Target } from '../../engine/query/condition.ts';
import type { Comparison, SoqlCondition, SoqlQuery } from '../parse/ast.ts';
import { noteOther, type PathScope, type ResolvedPath, resolvePath } from '../resolve/resolve-path.ts';
import { soqlError } from '../soql-error.ts';
import { aliasesOf } from './aliases-of.ts';
import type { BuildCondition } from './compile-own.ts';
import { noSuchObject } from './no-such-object.ts';
import type { RunContext } from './run-context.ts';

/** Compiles the inner condition; handed in, as conditions hold semi-joins and these hold conditions. */
type Compile = (scope: PathScope, condition: SoqlCondition) => { build(run: RunContext): Condition };

const SEMI_JOINS_MAX = 2;

function isId(target: Target): boolean {
  return target.steps.length === 0 && (target.spec.type === 'id' || target.spec.type === 'reference');
}

/** The objects whose ids a field holds. */
function objectsOf(scope: PathScope, target: Target): readonly string[] {
  const { definition } = scope.object.reader.entity;
  return target.field.name === definition.roles.id ? [definition.name] : (target.field.referenceTo ?? []);
}

function hasSubquery(condition: SoqlCondition | undefined): boolean {
  if (condition === undefined) return false;
  if (condition.kind === 'comparison') return condition.right.kind === 'subquery';
  return condition.kind === 'not' ? hasSubquery(condition.part) : condition.parts.some(hasSubquery);
}

/** What a semi-join may not have in it (SOQL and SOSL Reference, "Semi-Joins with IN and Anti-Joins with NOT IN"). */
function checkInner({ text }: PathScope, query: SoqlQuery): void {
  const refuse = (message: string) => soqlError('MALFORMED_QUERY', text, query.at, message);
  if (query.orderBy.length > 0 || query.limit !== undefined || query.offset !== undefined || query.forUpdate)
    throw refuse('a semi join sub-select takes no ORDER BY, LIMIT, OFFSET or FOR UPDATE');
  if (query.groupBy !== undefined || query.having !== undefined)
    throw refuse('a semi join sub-select takes no GROUP BY');
  if (query.forView || query.forReference) throw refuse('a semi join sub-select takes no FOR clause');
  if (query.scope !== undefined || query.allRows)
    throw refuse('a semi join sub-select takes no USING SCOPE or ALL ROWS');
  if (hasSubquery(query.where)) throw refuse('Nesting of semi join sub-selects is not supported');
}

/** `Id IN (SELECT AgentId FROM ...)`: the ids are asked for first and then compared with, by index. */
export function compileSemiJoin(
  scope: PathScope,
  path: ResolvedPath,
  { left, operator, at }: Comparison,
  query: SoqlQuery,
  alone: boolean,
  compile: Compile,
): BuildCondition {
  const { text, catalog } = scope;
  const refuse = (place: number, message: string) => soqlError('MALFORMED_QUERY', text, place, message);
  if (!alone) throw refuse(at, "Semi join sub-selects are not allowed with the 'OR' operator or 'NOT'");
  const shown = left.kind === 'path' ? left.names.join('.').slice(0, 80) : left.name;
  if (path.kind !== 'own' || !isId(path.target))
    throw refuse(
      at,
      `The left operand field in the where expression for outer query should be an id field, cannot use: '${shown}'`,
    );
  checkInner(scope, query);
  if (query.from.parent !== undefined) throw refuse(query.from.at, 'a semi join sub-select is of an object');
  const object = catalog.object(query.from.name);
  if (object === undefined) throw noSuchObject(text, query.from);
  if (object === scope.object)
    throw refuse(query.from.at, 'The inner and outer selects should not be on the same object type');
  const aliases = aliasesOf(query, object, text);
  const { reads } = scope;
  reads.semiJoins++;
  if (reads.semiJoins > SEMI_JOINS_MAX) throw refuse(at, `Maximum ${SEMI_JOINS_MAX} semi join sub-selects are allowed`);
  noteOther(reads, object);
  const innerScope: PathScope = { text, catalog, object, aliases, reads };
  const [item] = query.select;
  if (query.select.length !== 1 || item?.kind !== 'expression' || item.expression.kind !== 'path')
    throw refuse(query.at, 'a semi join sub-select selects one field');
  const inner = resolvePath(innerScope, item.expression);
  const name = item.expression.names.join('.').slice(0, 80);
  if (inner.kind !== 'own' || !isId(inner.target))
    throw refuse(item.at, `The selected field '${name}' in the subquery should be an id field`);
  const shared = objectsOf(innerScope, inner.target).some((other) => objectsOf(scope, path.target).includes(other));
  if (!shared)
    throw refuse(
      item.at,
      `The selected field '${name}' in the subquery and the left operand field in the where expression in the outer query '${shown}' should point to the same object type`,
    );
  const { target } = path;
  const field = inner.target.field.name;
  const condition = query.where === undefined ? undefined : compile(innerScope, query.where);
  // The filterability of the left side is asked once.
  checkWhere(scope.object.reader.scope, { [target.path]: null });
  return (run) => {
    const { reader } = object;
    const plan = { condition: condition?.build(run), order: [], limit: Number.POSITIVE_INFINITY, offset: 0 };
    const keys = new Set<string>();
    for (const record of reader.records(reader.run({ ...plan, live: true, deleted: run.deleted }))) {
      const value = record[field];
      if (typeof value === 'string') keys.add(value);
    }
    return { kind: 'leaf', target, test: { op: 'in', keys, withNull: false }, negated: operator === 'NOT IN' };
  };
}
