import type { FieldSpec } from '../../src/engine/definition/definition.ts';
import type { Row } from './any-database.ts';

/**
 * What a find must give, worked out the plainest way: every record is looked at, in the order of creation, and the
 * meaning of each word of a query stands here once. Shares no code with the engine, only the definitions' plain data.
 */

export type Fields = Readonly<Record<string, FieldSpec>>;
type Comparable = string | number | null;
type Conditions = Readonly<Record<string, unknown>>;

export interface FindLike {
  readonly where?: Conditions;
  readonly orderBy?: readonly Conditions[];
  readonly limit?: number;
  readonly offset?: number;
  readonly select?: readonly string[];
  readonly deleted?: 'exclude' | 'include' | 'only';
}

/** What stands at a path: the type that counts for comparing, and whether case does. */
interface Place {
  readonly type: FieldSpec['type'];
  readonly exact: boolean;
}

function withoutLists(spec: FieldSpec): FieldSpec {
  return spec.type === 'list' && spec.of !== undefined ? withoutLists(spec.of) : spec;
}

const places = new WeakMap<Fields, Map<string, Place>>();

/** The type at a path. Worked out once for each set of fields, since every record asks again. */
export function placeAt(fields: Fields, path: string): Place {
  const known = places.get(fields) ?? new Map<string, Place>();
  places.set(fields, known);
  const place = known.get(path) ?? findPlace(fields, path);
  known.set(path, place);
  return place;
}

function findPlace(fields: Fields, path: string): Place {
  const [first = '', ...steps] = path.split('.');
  const top = fields[first];
  if (top === undefined) throw new Error(`the oracle knows no field ${path}`);
  let spec = withoutLists(top);
  for (const step of steps) {
    const next = spec.type === 'map' ? spec.of : spec.fields?.[step];
    if (next === undefined) throw new Error(`the oracle knows no field ${path}`);
    spec = withoutLists(next);
  }
  const id = spec.type === 'id' || spec.type === 'reference';
  return { type: spec.type, exact: id || (spec.caseSensitive ?? top.caseSensitive ?? false) };
}

/** The form in which values are equal or ordered. */
export function comparable(place: Place, value: unknown): Comparable {
  if (value === null || value === undefined) return null;
  if (place.type === 'int' || place.type === 'double') return value as number;
  if (place.type === 'boolean') return value === true ? 1 : 0;
  if (place.type === 'dateTime' || place.type === 'date') return new Date(value as string | Date).getTime();
  // Of these only their presence can be asked.
  if (place.type === 'object' || place.type === 'map' || place.type === 'list') return 0;
  return place.exact ? (value as string) : (value as string).toUpperCase();
}

const pathSteps = new Map<string, readonly string[]>();

/** Everything a path finds in a record. Lists are entered; an empty one counts as one null. */
export function valuesAt(record: Row, path: string): readonly unknown[] {
  const steps = pathSteps.get(path) ?? path.split('.');
  pathSteps.set(path, steps);
  const found: unknown[] = [];
  follow(record, steps, 0, found);
  return found;
}

function follow(value: unknown, steps: readonly string[], at: number, found: unknown[]): void {
  if (Array.isArray(value)) {
    if (value.length === 0) follow(null, steps, at, found);
    else for (const element of value) follow(element, steps, at, found);
    return;
  }
  const step = steps[at];
  if (step === undefined) found.push(value);
  else
    follow(typeof value === 'object' && value !== null ? ((value as Row)[step] ?? null) : null, steps, at + 1, found);
}

/** `%` any text, `_` any one character, a backslash takes the next as it is. */
export function isLike(text: string, pattern: string): boolean {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern.charAt(i);
    if (character === '%') source += '[\\s\\S]*';
    else if (character === '_') source += '[\\s\\S]';
    else {
      const plain = character === '\\' && i + 1 < pattern.length ? pattern.charAt(++i) : character;
      source += `\\u${plain.charCodeAt(0).toString(16).padStart(4, '0')}`;
    }
  }
  return new RegExp(`^${source}$`).test(text);
}

function holds(place: Place, operator: string, value: Comparable, operand: unknown): boolean {
  const other = () => comparable(place, operand) as string | number;
  switch (operator) {
    case '$eq':
      return value === comparable(place, operand);
    case '$in':
      return (operand as readonly unknown[]).some((one) => value === comparable(place, one));
    case '$gt':
      return value !== null && value > other();
    case '$gte':
      return value !== null && value >= other();
    case '$lt':
      return value !== null && value < other();
    case '$lte':
      return value !== null && value <= other();
    case '$like': {
      const pattern = operand as string;
      return value !== null && isLike(value as string, place.exact ? pattern : pattern.toUpperCase());
    }
    default:
      throw new Error(`the oracle knows no operator ${operator}`);
  }
}

const NEGATIONS: Readonly<Record<string, string>> = { $ne: '$eq', $nin: '$in' };

function fitsOperators(fields: Fields, record: Row, path: string, operators: Conditions): boolean {
  const place = placeAt(fields, path);
  const some = (operator: string, operand: unknown) =>
    valuesAt(record, path).some((value) => holds(place, operator, comparable(place, value), operand));
  return Object.entries(operators).every(([operator, operand]) => {
    if (operator === '$not') return !fitsOperators(fields, record, path, operand as Conditions);
    if (operator === '$exists') return some('$eq', null) !== operand;
    const negated = NEGATIONS[operator];
    return negated === undefined ? some(operator, operand) : !some(negated, operand);
  });
}

function isOperators(value: unknown): value is Conditions {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}

export function fits(fields: Fields, record: Row, where: Conditions | undefined): boolean {
  return Object.entries(where ?? {}).every(([key, value]) => {
    if (key === '$not') return !fits(fields, record, value as Conditions);
    if (key === '$and') return (value as readonly Conditions[]).every((part) => fits(fields, record, part));
    if (key === '$or') return (value as readonly Conditions[]).some((part) => fits(fields, record, part));
    return fitsOperators(fields, record, key, isOperators(value) ? value : { $eq: value });
  });
}

interface Step {
  readonly path: string;
  readonly descending: boolean;
  readonly nullsLast: boolean;
}

function stepsOf(orderBy: readonly Conditions[]): readonly Step[] {
  return orderBy.flatMap((given) => {
    if (typeof given.field === 'string')
      return [{ path: given.field, descending: given.direction === 'desc', nullsLast: given.nulls === 'last' }];
    return Object.entries(given).map(([path, direction]) => ({
      path,
      descending: direction === 'desc',
      nullsLast: false,
    }));
  });
}

/** Puts rows, which come in order of creation, in the order asked for. */
export function inOrder<T>(
  rows: readonly T[],
  orderBy: readonly Conditions[] | undefined,
  keyOf: (row: T, path: string) => Comparable,
): T[] {
  const steps = stepsOf(orderBy ?? []);
  const placed = rows.map((row, at) => ({ row, at, keys: steps.map(({ path }) => keyOf(row, path)) }));
  placed.sort((left, right) => {
    for (const [i, step] of steps.entries()) {
      const [mine, other] = [left.keys[i] ?? null, right.keys[i] ?? null];
      if (mine === other) continue;
      if (mine === null || other === null) return (mine === null) === step.nullsLast ? 1 : -1;
      return mine < other === step.descending ? 1 : -1;
    }
    return steps[0]?.descending === true ? right.at - left.at : left.at - right.at;
  });
  return placed.map(({ row }) => row);
}

export function cut<T>(
  rows: readonly T[],
  { limit, offset = 0 }: { readonly limit?: number; readonly offset?: number },
): T[] {
  return rows.slice(offset, limit === undefined ? undefined : offset + limit);
}

/** The records that a find must give, whole. `records` come in order of creation and already with the right deleted ones. */
export function findRecords(fields: Fields, records: readonly Row[], query: FindLike): readonly Row[] {
  const fitting = records.filter((record) => fits(fields, record, query.where));
  const ordered = inOrder(fitting, query.orderBy, (record, path) =>
    comparable(placeAt(fields, path), valuesAt(record, path)[0]),
  );
  return cut(ordered, query);
}

/** One record as a `select` shows it. Paths through lists are not modelled. */
export function project(record: Row, select: readonly string[] | undefined): Row {
  if (select === undefined) return record;
  return Object.fromEntries(
    select.map((path) => [path, path in record ? record[path] : (valuesAt(record, path)[0] ?? null)]),
  );
}
