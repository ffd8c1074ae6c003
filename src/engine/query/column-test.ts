import { type Column, NULL_INT } from '../store/column.ts';
import { INT_BOUND } from './column-loops.ts';
import { type LeafTest, type Range, satisfies } from './condition.ts';

/** A leaf's test in terms of a column's numbers, ready for a tight loop. */
export type ColumnTest =
  /** `lower <= v <= upper`, or not so. Null lies outside, so a negated interval takes it in. */
  | { readonly kind: 'interval'; readonly lower: number; readonly upper: number; readonly negated: boolean }
  | { readonly kind: 'null'; readonly negated: boolean }
  /** By code: 1 to take; `withNull` for the code of null. */
  | { readonly kind: 'codes'; readonly pass: Uint8Array; readonly withNull: boolean }
  | {
      readonly kind: 'set';
      readonly keys: ReadonlySet<unknown>;
      readonly withNull: boolean;
      readonly negated: boolean;
    };

const NOTHING = { lower: 1, upper: 0 };
const bits = new DataView(new ArrayBuffer(8));

/** The next double above (or below, when `up` is false) a finite one. */
function nextDouble(value: number, up: boolean): number {
  if (value === 0) return up ? Number.MIN_VALUE : -Number.MIN_VALUE;
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 === up ? 1n : -1n));
  return bits.getFloat64(0);
}

function numericInterval(range: Range): { lower: number; upper: number } {
  const lower = range.lower as number | undefined;
  const upper = range.upper as number | undefined;
  return {
    lower: lower === undefined ? Number.NEGATIVE_INFINITY : range.lowerOpen ? nextDouble(lower, true) : lower,
    upper: upper === undefined ? Number.POSITIVE_INFINITY : range.upperOpen ? nextDouble(upper, false) : upper,
  };
}

function codedTest(column: Column, test: LeafTest, negated: boolean): ColumnTest {
  const dictionary = column.dictionary as NonNullable<Column['dictionary']>;
  if (test.op === 'null') return { kind: 'null', negated };
  if (test.op === 'eq') {
    const code = dictionary.find(test.key as string);
    return { kind: 'interval', ...(code < 0 ? NOTHING : { lower: code, upper: code }), negated };
  }
  const pass = new Uint8Array(dictionary.size);
  for (let code = 0; code < pass.length; code++)
    pass[code] = satisfies(test, dictionary.folded[code] as string) !== negated ? 1 : 0;
  return { kind: 'codes', pass, withNull: satisfies(test, null) !== negated };
}

/** Over ints the bounds are whole numbers near enough to 0 for the loops that test without a branch. */
function createInterval(column: Column, lower: number, upper: number, negated: boolean): ColumnTest {
  if (column.values instanceof Float64Array) return { kind: 'interval', lower, upper, negated };
  const from = Math.max(Math.ceil(lower), -INT_BOUND);
  const to = Math.min(Math.floor(upper), INT_BOUND);
  return from <= to ? { kind: 'interval', lower: from, upper: to, negated } : { kind: 'interval', ...NOTHING, negated };
}

/** The test of a leaf over its field's column. */
export function createColumnTest(column: Column, test: LeafTest, negated: boolean): ColumnTest {
  if (column.isCoded) return codedTest(column, test, negated);
  switch (test.op) {
    case 'null':
      return { kind: 'null', negated };
    case 'eq':
      return createInterval(column, test.key as number, test.key as number, negated);
    case 'range': {
      const { lower, upper } = numericInterval(test);
      return createInterval(column, lower, upper, negated);
    }
    case 'in':
      return { kind: 'set', keys: test.keys, withNull: test.withNull, negated };
    case 'like':
      return { kind: 'interval', ...NOTHING, negated };
  }
}

/** The test of one slot; reads the column as it is now. */
export function createSlotTest(column: Column, test: ColumnTest): (slot: number) => boolean {
  const values = column.values;
  switch (test.kind) {
    case 'interval': {
      const { lower, upper, negated } = test;
      return (slot) => ((values[slot] as number) >= lower && (values[slot] as number) <= upper) !== negated;
    }
    case 'null':
      return (slot) => column.isNull(slot) !== test.negated;
    case 'codes':
      return (slot) => {
        const code = values[slot] as number;
        return code === NULL_INT ? test.withNull : test.pass[code] === 1;
      };
    case 'set':
      return (slot) => (column.isNull(slot) ? test.withNull : test.keys.has(values[slot])) !== test.negated;
  }
}
