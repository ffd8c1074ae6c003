import type { Condition } from '../../engine/query/condition.ts';
import type { SoqlQuery } from '../parse/ast.ts';
import { parseSoql } from '../parse/parse-soql.ts';
import type { Catalog } from '../resolve/catalog.ts';
import { checkRelations, createReads, type PathScope } from '../resolve/resolve-path.ts';
import { soqlError } from '../soql-error.ts';
import { isAggregateCall } from './aggregate-columns.ts';
import { aliasesOf } from './aliases-of.ts';
import { type CompiledAggregate, compileAggregate, unwrap } from './compile-aggregate.ts';
import { type CompiledFind, compileFilter, compileFind } from './compile-find.ts';
import { noSuchObject } from './no-such-object.ts';
import type { RunContext } from './run-context.ts';

/** `SELECT COUNT() FROM ...`: how many records fit, and none of them. */
export interface CompiledCount {
  readonly kind: 'count';
  readonly scope: PathScope;
  readonly query: SoqlQuery;
  filter(run: RunContext): Condition | undefined;
}

export type CompiledSoql = CompiledFind | CompiledAggregate | CompiledCount;

function isCountOfAll({ select: [item], select }: SoqlQuery): boolean {
  if (select.length !== 1 || item?.kind !== 'expression' || item.expression.kind !== 'call') return false;
  return item.expression.name === 'COUNT' && item.expression.argument === undefined;
}

function compileCount(scope: PathScope, query: SoqlQuery): CompiledCount {
  const stray = query.groupBy ?? query.having ?? query.orderBy[0];
  if (stray !== undefined)
    throw soqlError('MALFORMED_QUERY', scope.text, stray.at, 'COUNT() takes no GROUP BY, HAVING or ORDER BY');
  const [item] = query.select;
  if (query.offset !== undefined || (item?.kind === 'expression' && item.alias !== undefined))
    throw soqlError('MALFORMED_QUERY', scope.text, query.at, 'COUNT() takes no alias and no OFFSET');
  if (query.forView || query.forReference || query.forUpdate)
    throw soqlError('MALFORMED_QUERY', scope.text, query.at, 'COUNT() takes no FOR clause');
  return { kind: 'count', scope, query, filter: compileFilter(scope, query) };
}

function computesRows({ select, groupBy, having }: SoqlQuery): boolean {
  if (groupBy !== undefined || having !== undefined) return true;
  return select.some((item) => item.kind === 'expression' && isAggregateCall(unwrap(item.expression).expression));
}

/**
 * Compiles a SOQL text for the objects of a database. Throws `MALFORMED_QUERY`, `INVALID_FIELD` or `INVALID_TYPE`, each
 * with its place in the text.
 */
export function compileSoql(text: string, catalog: Catalog): CompiledSoql {
  const query = parseSoql(text);
  const object = catalog.object(query.from.name);
  if (object === undefined) throw noSuchObject(text, query.from);
  const reads = createReads();
  const scope: PathScope = { text, catalog, object, aliases: aliasesOf(query, object, text), reads };
  checkRelations(scope, query.relations);
  if (isCountOfAll(query)) return compileCount(scope, query);
  return computesRows(query) ? compileAggregate(scope, query) : compileFind(scope, query);
}
