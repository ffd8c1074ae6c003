import { createError } from '../ground/errors.ts';
import { checkWhere, isPlainObject, ownKeys, type QueryScope, resolveTarget } from './check-where.ts';
import type { Target } from './condition.ts';
import { checkOrder } from './order.ts';
import type { FindPlan } from './run-find.ts';

/** A count of rows given in a query: a whole number from 0. */
export function checkRowCount(name: string, value: unknown, absent: number): number {
  if (value === undefined) return absent;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw createError('MALFORMED_QUERY', `${name} is a whole number from 0`);
}

/** Throws `MALFORMED_QUERY` unless `query` is an object with none but known parts. */
export function assertKnownKeys(query: unknown, known: ReadonlySet<string>): void {
  if (!isPlainObject(query))
    throw createError(
      'MALFORMED_QUERY',
      'a query of a collection is an object; a text of SOQL is asked of the database',
    );
  for (const key of ownKeys(query)) {
    if (!known.has(key))
      throw createError(
        'MALFORMED_QUERY',
        `unknown part '${key.slice(0, 80)}' of a query, which has ${[...known].join(', ')}`,
      );
  }
}

const FIND_KEYS: ReadonlySet<string> = new Set(['where', 'orderBy', 'limit', 'offset', 'select', 'deleted']);

/** The targets of a `select`; undefined when whole records are asked for. */
export function checkSelect(scope: QueryScope, select: unknown): readonly Target[] | undefined {
  if (select === undefined) return undefined;
  if (!Array.isArray(select)) throw createError('MALFORMED_QUERY', 'select is a list of fields');
  const seen = new Set<string>();
  return Array.from(select, (name: unknown) => {
    if (typeof name !== 'string') throw createError('MALFORMED_QUERY', 'select is a list of fields');
    if (seen.has(name)) throw createError('INVALID_FIELD', `duplicate field selected: ${name}`, [name]);
    seen.add(name);
    return resolveTarget(scope, name);
  });
}

/** Checks a find query. Throws `INVALID_FIELD`, `MALFORMED_ID` or `MALFORMED_QUERY`. */
export function checkFind(scope: QueryScope, query: Readonly<Record<string, unknown>>): FindPlan {
  assertKnownKeys(query, FIND_KEYS);
  const { deleted } = query;
  if (deleted !== undefined && deleted !== 'exclude' && deleted !== 'include' && deleted !== 'only')
    throw createError('MALFORMED_QUERY', "deleted is 'exclude', 'include' or 'only'");
  return {
    condition: checkWhere(scope, query.where),
    order: checkOrder(scope, query.orderBy),
    limit: checkRowCount('limit', query.limit, Number.POSITIVE_INFINITY),
    offset: checkRowCount('offset', query.offset, 0),
    live: deleted !== 'only',
    deleted: deleted === 'include' || deleted === 'only',
  };
}
