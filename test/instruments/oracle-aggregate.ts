import type { FieldSpec } from '../../src/engine/definition/definition.ts';
import type { Row } from './any-database.ts';
import { comparable, cut, type Fields, findRecords, fits, inOrder, placeAt, valuesAt } from './oracle-find.ts';

export interface AggregateLike {
  readonly where?: Readonly<Record<string, unknown>>;
  readonly groupBy?: readonly string[];
  readonly select: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly having?: Readonly<Record<string, unknown>>;
  readonly orderBy?: readonly Readonly<Record<string, unknown>>[];
  readonly limit?: number;
  readonly offset?: number;
}

function compute(fields: Fields, members: readonly Row[], operator: string, path: string): unknown {
  if (path === '*') return members.length;
  const place = placeAt(fields, path);
  const values = members.map((record) => valuesAt(record, path)[0] ?? null).filter((value) => value !== null);
  const keyOf = (value: unknown) => comparable(place, value) as string | number;
  switch (operator) {
    case '$count':
      return values.length;
    case '$countDistinct':
      return new Set(values.map(keyOf)).size;
    case '$sum':
      return values.length === 0 ? null : (values as number[]).reduce((sum, value) => sum + value, 0);
    case '$avg':
      return values.length === 0 ? null : (values as number[]).reduce((sum, value) => sum + value, 0) / values.length;
    case '$min':
      return values.reduce<unknown>(
        (best, value) => (best === null || keyOf(value) < keyOf(best) ? value : best),
        null,
      );
    case '$max':
      return values.reduce<unknown>(
        (best, value) => (best === null || keyOf(value) > keyOf(best) ? value : best),
        null,
      );
    default:
      throw new Error(`the oracle knows no aggregate ${operator}`);
  }
}

/** The fields of the computed row: what `having` and `orderBy` can name. Dots in names are no paths there. */
function rowFields(fields: Fields, query: AggregateLike): Fields {
  const names: Record<string, FieldSpec> = {};
  const like = (path: string): FieldSpec => {
    const { type, exact } = placeAt(fields, path);
    return { type, caseSensitive: exact };
  };
  for (const path of query.groupBy ?? []) names[flat(path)] = like(path);
  for (const [alias, output] of Object.entries(query.select)) {
    const [operator, path] = Object.entries(output)[0] as [string, string];
    names[alias] = operator === '$min' || operator === '$max' ? like(path) : { type: 'double' };
  }
  return names;
}

const flat = (path: string) => path.replaceAll('.', '\u0000');

function flatten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flatten);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, nested]) => [flat(key), flatten(nested)]));
}

/** The rows an aggregate must give, groups in the order of their first record. */
export function aggregateRecords(fields: Fields, records: readonly Row[], query: AggregateLike): readonly Row[] {
  const groupBy = query.groupBy ?? [];
  const groups = new Map<string, Row[]>();
  if (groupBy.length === 0) groups.set('[]', []);
  for (const record of findRecords(fields, records, { where: query.where ?? {} })) {
    const key = JSON.stringify(groupBy.map((path) => comparable(placeAt(fields, path), valuesAt(record, path)[0])));
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [record]);
    else members.push(record);
  }
  let rows = [...groups.values()].map((members): Row => {
    const keys = groupBy.map((path) => [flat(path), valuesAt(members[0] as Row, path)[0] ?? null]);
    const outputs = Object.entries(query.select).map(([alias, output]) => {
      const [operator, path] = Object.entries(output)[0] as [string, string];
      return [alias, compute(fields, members, operator, path)];
    });
    return Object.fromEntries([...keys, ...outputs]);
  });
  const inRow = rowFields(fields, query);
  rows = rows.filter((row) => fits(inRow, row, flatten(query.having ?? {}) as Row));
  const orderBy = query.orderBy?.map((step) =>
    typeof step.field === 'string' ? { ...step, field: flat(step.field) } : (flatten(step) as Row),
  );
  rows = inOrder(rows, orderBy, (row, name) => comparable(placeAt(inRow, name), row[name]));
  return cut(rows, query).map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name.replaceAll('\u0000', '.'), value])),
  );
}

/**
 * Rows with their texts upper-cased wherever case does not matter: the spelling that a group shows is the first ever
 * stored, which is no part of the law.
 */
export function foldRows(fields: Fields, query: AggregateLike, rows: readonly Row[]): readonly Row[] {
  const inRow = rowFields(fields, query);
  const shown = (name: string, value: unknown) => {
    const place = placeAt(inRow, flat(name));
    return typeof value === 'string' && place.type !== 'dateTime' && place.type !== 'date'
      ? comparable(place, value)
      : value;
  };
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, shown(name, value)])));
}
