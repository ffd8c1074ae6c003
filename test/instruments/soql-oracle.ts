import fc from 'fast-check';

/**
 * SOQL by the letter of its reference over plain rows, sharing nothing with the engine: conditions are trees of its own,
 * written out as text for the database and evaluated here value by value.
 */

export type PlainRow = Readonly<Record<string, unknown>>;
export type Tables = Readonly<Record<string, readonly PlainRow[]>>;

type Kind = 'text' | 'number' | 'boolean' | 'date' | 'dateTime';

export interface OracleField {
  /** As the query writes it: `TimeIdle`, `Owner.Name`. */
  readonly path: string;
  readonly kind: Kind;
  readonly values: readonly (string | number | boolean)[];
  read(row: PlainRow, tables: Tables): unknown;
}

export type OracleCondition =
  | { readonly op: 'and' | 'or'; readonly parts: readonly OracleCondition[] }
  | { readonly op: 'not'; readonly part: OracleCondition }
  | { readonly op: 'compare'; readonly field: OracleField; readonly sign: string; readonly value: Value }
  | { readonly op: 'list'; readonly field: OracleField; readonly negated: boolean; readonly values: readonly Value[] }
  | { readonly op: 'like'; readonly field: OracleField; readonly pattern: string }
  | { readonly op: 'year'; readonly field: OracleField; readonly sign: string; readonly year: number };

type Value = string | number | boolean | null;

function literal(field: OracleField, value: Value): string {
  if (value === null || typeof value !== 'string') return String(value);
  return field.kind === 'text' ? `'${value.replace(/['\\]/g, '\\$&')}'` : value;
}

/** The text of a condition, in parentheses wherever it could be read in two ways. */
export function conditionText(condition: OracleCondition): string {
  switch (condition.op) {
    case 'and':
    case 'or':
      return `(${condition.parts.map(conditionText).join(` ${condition.op.toUpperCase()} `)})`;
    case 'not':
      return `(NOT ${conditionText(condition.part)})`;
    case 'compare':
      return `${condition.field.path} ${condition.sign} ${literal(condition.field, condition.value)}`;
    case 'list': {
      const { field, negated, values } = condition;
      return `${field.path} ${negated ? 'NOT IN' : 'IN'} (${values.map((value) => literal(field, value)).join(', ')})`;
    }
    case 'like':
      return `${condition.field.path} LIKE '${condition.pattern}'`;
    case 'year':
      return `CALENDAR_YEAR(${condition.field.path}) ${condition.sign} ${condition.year}`;
  }
}

/** A value as it compares: texts without case, moments as numbers, a boolean that is missing as false. */
function comparable({ kind }: OracleField, value: unknown): string | number | boolean | null {
  if (kind === 'boolean') return value === true;
  if (value === null || value === undefined || value === '') return null;
  if (kind === 'text') return (value as string).toUpperCase();
  return kind === 'number' ? (value as number) : Date.parse(value as string);
}

function compare(
  sign: string,
  left: string | number | boolean | null,
  right: string | number | boolean | null,
): boolean {
  if (sign === '=') return left === right;
  if (sign === '!=') return left !== right;
  if (left === null || right === null) return false;
  if (sign === '<') return left < right;
  if (sign === '<=') return left <= right;
  return sign === '>' ? left > right : left >= right;
}

function like(text: string, pattern: string): boolean {
  if (pattern === '') return text === '';
  const [first = ''] = pattern;
  if (first === '%') return like(text, pattern.slice(1)) || (text !== '' && like(text.slice(1), pattern));
  return text !== '' && (first === '_' || first === text[0]) && like(text.slice(1), pattern.slice(1));
}

export function holds(condition: OracleCondition, row: PlainRow, tables: Tables): boolean {
  switch (condition.op) {
    case 'and':
      return condition.parts.every((part) => holds(part, row, tables));
    case 'or':
      return condition.parts.some((part) => holds(part, row, tables));
    case 'not':
      return !holds(condition.part, row, tables);
    case 'compare': {
      const { field, sign, value } = condition;
      return compare(sign, comparable(field, field.read(row, tables)), comparable(field, value));
    }
    case 'list': {
      const { field, negated, values } = condition;
      const held = comparable(field, field.read(row, tables));
      return values.some((value) => comparable(field, value) === held) !== negated;
    }
    case 'like': {
      const held = condition.field.read(row, tables);
      return typeof held === 'string' && like(held.toUpperCase(), condition.pattern.toUpperCase());
    }
    case 'year': {
      const held = condition.field.read(row, tables);
      const year = typeof held === 'string' ? new Date(held).getUTCFullYear() : null;
      return compare(condition.sign, year, condition.year);
    }
  }
}

/** Random conditions over these fields. */
export function arbitraryCondition(fields: readonly OracleField[]): fc.Arbitrary<OracleCondition> {
  const anyField = fc.constantFrom(...fields);
  const operandOf = (field: OracleField): fc.Arbitrary<Value> =>
    fc.option(fc.constantFrom(...field.values), { freq: 5 });
  const compareLeaf = anyField.chain((field) => {
    const signs = field.kind === 'boolean' ? ['=', '!='] : ['=', '!=', '<', '<=', '>', '>='];
    return fc.constantFrom(...signs).chain((sign) => {
      const values = sign === '=' || sign === '!=' ? operandOf(field) : fc.constantFrom(...field.values);
      return values.map((value) => ({ op: 'compare' as const, field, sign, value }));
    });
  });
  const listLeaf = anyField.chain((field) =>
    fc.record({
      op: fc.constant('list' as const),
      field: fc.constant(field),
      negated: fc.boolean(),
      values: fc.array(operandOf(field), { minLength: 1, maxLength: 3 }),
    }),
  );
  const likeLeaf = fc.record({
    op: fc.constant('like' as const),
    field: fc.constantFrom(...fields.filter(({ kind }) => kind === 'text')),
    pattern: fc.constantFrom('%', 'a%', '%b', '_%', '%A%', 'ada', '__', '%_a%'),
  });
  const yearLeaf = fc.record({
    op: fc.constant('year' as const),
    field: fc.constantFrom(...fields.filter(({ kind }) => kind === 'dateTime' || kind === 'date')),
    sign: fc.constantFrom('=', '!=', '<', '>='),
    year: fc.constantFrom(2024, 2025, 2026),
  });
  const { condition } = fc.letrec<{ condition: OracleCondition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'soql' },
      compareLeaf,
      listLeaf,
      likeLeaf,
      yearLeaf,
      fc.record({
        op: fc.constantFrom('and' as const, 'or' as const),
        parts: fc.array(tie('condition'), { minLength: 2, maxLength: 3 }),
      }),
      fc.record({ op: fc.constant('not' as const), part: tie('condition') }),
    ),
  }));
  return condition;
}

export interface OracleOrder {
  readonly field: OracleField;
  readonly descending: boolean;
  readonly nullsLast: boolean;
}

/** Rows, given in the order of their creation, by an order; ties by creation, the way the first step runs. */
export function arrange(rows: readonly PlainRow[], order: readonly OracleOrder[], tables: Tables): readonly PlainRow[] {
  const kept = order[0]?.descending === true ? [...rows].reverse() : [...rows];
  return kept.sort((left, right) => {
    for (const { field, descending, nullsLast } of order) {
      const isNull = (row: PlainRow) => [null, undefined].includes(field.read(row, tables) as null);
      const [a, b] = [isNull(left), isNull(right)];
      if (a || b) {
        if (a === b) continue;
        return a === nullsLast ? 1 : -1;
      }
      const [x, y] = [comparable(field, field.read(left, tables)), comparable(field, field.read(right, tables))];
      if (x === y || x === null || y === null) continue;
      return x < y === descending ? 1 : -1;
    }
    return 0;
  });
}
