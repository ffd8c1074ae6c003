import type { FieldDefinition } from '../definition/define-object.ts';
import type { FieldSpec } from '../definition/definition.ts';
import type { StoredRecord } from '../record/record.ts';

/** A checked condition: operands in the form that values compare in, `$and`, `$or`, `$not` as a tree. Plain data. */
export type Condition =
  | Leaf
  | { readonly kind: 'and'; readonly parts: readonly Condition[] }
  | { readonly kind: 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | RecordTest;

/** A test of whole records, for what no field says by itself, such as the hour of a moment. No index serves it. */
export interface RecordTest {
  readonly kind: 'record';
  /** The fields it reads. */
  readonly fields: readonly string[];
  readonly fits: (record: StoredRecord) => boolean;
}

/** Numbers for numbers, dates and booleans; folded text for text. */
export type Key = number | string;

/** What is compared: a field, or a place inside a nested one. */
export interface Target {
  readonly field: FieldDefinition;
  /** As the query wrote it. */
  readonly path: string;
  /** The names to follow inside the field's value; empty for the field itself. */
  readonly steps: readonly string[];
  /** The type and case rule of what is compared. */
  readonly spec: FieldSpec;
  /** Whether case matters to text here. */
  readonly caseSensitive: boolean;
}

export interface Leaf {
  readonly kind: 'leaf';
  readonly target: Target;
  readonly test: LeafTest;
  /** Null rows satisfy a negated test, as in SOQL: `!=` and `NOT IN` hold for null. */
  readonly negated: boolean;
}

export type LeafTest =
  | { readonly op: 'null' }
  | { readonly op: 'eq'; readonly key: Key }
  | { readonly op: 'in'; readonly keys: ReadonlySet<Key>; readonly withNull: boolean }
  | Range
  | { readonly op: 'like'; readonly prefix: string; readonly fits: (text: string) => boolean };

/** Both ends optional; `undefined` is open to that side. Null is in no range. */
export interface Range {
  readonly op: 'range';
  readonly lower: Key | undefined;
  readonly lowerOpen: boolean;
  readonly upper: Key | undefined;
  readonly upperOpen: boolean;
  /** How many milliseconds before the present its ends lie, of those that move with it; absent where none does. */
  readonly ages?: readonly number[];
}

/** Whether a target is a field itself and holds one value. */
export function isPlainField(target: Target): boolean {
  return target.steps.length === 0 && target.field.type !== 'list';
}

/** The conditions that must all hold, flattened; ranges on one field drawn together, so that an index can serve them. */
export function conjuncts(condition: Condition | undefined): readonly Condition[] {
  if (condition === undefined) return [];
  if (condition.kind !== 'and') return [condition];
  const flat: Condition[] = [];
  addConjuncts(condition.parts, flat);
  return flat;
}

function addConjuncts(parts: readonly Condition[], into: Condition[]): void {
  for (const part of parts) {
    if (part.kind === 'and') addConjuncts(part.parts, into);
    else if (!mergeRange(part, into)) into.push(part);
  }
}

/** Draws a range together with one on the same field among those before. Returns whether there is one. */
function mergeRange(part: Condition, before: Condition[]): boolean {
  if (part.kind !== 'leaf' || part.test.op !== 'range') return false;
  for (let i = 0; i < before.length; i++) {
    const other = before[i] as Condition;
    if (!canMerge(other, part)) continue;
    const { target, negated } = part;
    before[i] = { kind: 'leaf', target, test: intersect((other as Leaf).test as Range, part.test), negated };
    return true;
  }
  return false;
}

function canMerge(left: Condition, right: Condition): boolean {
  return (
    left.kind === 'leaf' &&
    right.kind === 'leaf' &&
    left.test.op === 'range' &&
    right.test.op === 'range' &&
    !left.negated &&
    !right.negated &&
    left.target.path === right.target.path &&
    // Through a list two ranges may be met by two elements.
    isPlainField(left.target) &&
    isSameKind(left.test, right.test)
  );
}

/** Whether both ranges are of numbers or both of texts. A field of any type may be asked for both, which nothing is. */
export function isSameKind(left: Range, right: Range): boolean {
  return typeof (left.lower ?? left.upper) === typeof (right.lower ?? right.upper);
}

/** What lies in both of two ranges of one kind. */
export function intersect(left: Range, right: Range): Range {
  const leftLower = isTighter(left.lower, left.lowerOpen, right.lower, right.lowerOpen, 1) ? left : right;
  const leftUpper = isTighter(left.upper, left.upperOpen, right.upper, right.upperOpen, -1) ? left : right;
  const ages = [...(left.ages ?? []), ...(right.ages ?? [])];
  return {
    ...(ages.length > 0 && { ages }),
    op: 'range',
    lower: leftLower.lower,
    lowerOpen: leftLower.lowerOpen,
    upper: leftUpper.upper,
    upperOpen: leftUpper.upperOpen,
  };
}

function isTighter(a: Key | undefined, aOpen: boolean, b: Key | undefined, bOpen: boolean, sign: 1 | -1): boolean {
  if (a === undefined) return false;
  if (b === undefined) return true;
  if (a === b) return aOpen || !bOpen;
  return sign === 1 ? a > b : a < b;
}

export function isInRange(range: Range, key: Key): boolean {
  const { lower, upper } = range;
  // A field of any type may hold texts beside numbers: no range holds both.
  if (typeof key !== typeof (lower ?? upper)) return false;
  // Asked so that a key without an order, which is NaN, is in no range.
  if (lower !== undefined && !(range.lowerOpen ? key > lower : key >= lower)) return false;
  return upper === undefined || (range.upperOpen ? key < upper : key <= upper);
}

/** Whether a comparable value (null for none) satisfies a test, before negation. */
export function satisfies(test: LeafTest, key: Key | null): boolean {
  switch (test.op) {
    case 'null':
      return key === null;
    case 'eq':
      return key === test.key;
    case 'in':
      return key === null ? test.withNull : test.keys.has(key);
    case 'range':
      return key !== null && isInRange(test, key);
    case 'like':
      return key !== null && test.fits(key as string);
  }
}

/** The fields that a condition reads, each once. */
export function fieldsOf(condition: Condition | undefined, found = new Set<string>()): ReadonlySet<string> {
  if (condition === undefined) return found;
  if (condition.kind === 'leaf') found.add(condition.target.field.name);
  else if (condition.kind === 'record') for (const name of condition.fields) found.add(name);
  else if (condition.kind === 'not') fieldsOf(condition.part, found);
  else for (const part of condition.parts) fieldsOf(part, found);
  return found;
}

/**
 * What testing a condition costs, roughly, and how little it lets through: equality first, then ranges, lists and
 * patterns, then paths and groups of conditions.
 */
export function testCost(condition: Condition): number {
  if (condition.kind !== 'leaf') return 4;
  const { target, test } = condition;
  if (!isPlainField(target)) return 3;
  return test.op === 'like' || test.op === 'in' ? 2 : test.op === 'eq' || test.op === 'null' ? 0 : 1;
}
