import { foldCase } from '../../engine/ground/fold-case.ts';
import type { Key, Target } from '../../engine/query/condition.ts';
import { checkOrder, compareKeys, createRowKey, type OrderStep } from '../../engine/query/order.ts';
import type { StoredRecord } from '../../engine/record/record.ts';
import type { FieldPath, OrderItem } from '../parse/ast.ts';
import { parentOf, type Visibility } from '../resolve/path-value.ts';
import { type PathScope, type ResolvedPath, resolvePath } from '../resolve/resolve-path.ts';
import { soqlError } from '../soql-error.ts';
import { placed } from './compile-operand.ts';

/** A step of an order as records tell it: for what lies beyond references, by which the engine cannot order. */
export interface LateStep {
  readonly keyOf: (record: StoredRecord, seen: Visibility) => Key | null;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface CompiledOrder {
  /** Every step, to order records by one at a time. */
  readonly late: readonly LateStep[];
  /** By the object's own fields, which the engine orders by. Empty where there is a `sort`. */
  readonly steps: readonly OrderStep[];
  /** Sorts records that stand in the order of their creation; undefined where the engine's order does. */
  readonly sort: ((records: readonly StoredRecord[], seen: Visibility) => StoredRecord[]) | undefined;
}

/** Picklists go by the order in which their values are set up, and what is not among them comes after (reference, ORDER BY). */
function isRanked({ spec, steps }: Target): boolean {
  return spec.type === 'picklist' && steps.length === 0 && (spec.values?.length ?? 0) > 0;
}

function createOwnKey(target: Target): (record: StoredRecord) => Key | null {
  const keyOf = createRowKey(target);
  if (!isRanked(target)) return keyOf;
  const ranks = new Map((target.spec.values ?? []).map((value, rank): [Key, number] => [foldCase(value), rank]));
  return (record) => {
    const key = keyOf(record);
    return key === null ? null : (ranks.get(key) ?? key);
  };
}

function createPathKey(path: ResolvedPath): LateStep['keyOf'] {
  if (path.kind === 'own') return createOwnKey(path.target);
  if (path.kind === 'type') return () => foldCase(path.name);
  const parents = path.parents.map(({ object, path: rest }) => ({ object, keyOf: createPathKey(rest) }));
  return (record, seen) => {
    const found = parentOf(parents, record[path.reference.name], seen);
    return found === undefined ? null : found.parent.keyOf(found.record, seen);
  };
}

/** Nulls come first unless told otherwise, and always where a reference is sorted by (reference, ORDER BY). */
function nullsFirstOf(path: ResolvedPath, { nulls }: OrderItem): boolean {
  const isReference = path.kind !== 'own' || path.target.spec.type === 'reference';
  return isReference || nulls !== 'last';
}

/** The steps of an own field. What lies beyond a reference is only asked whether it can be sorted. */
function checkStep(scope: PathScope, path: ResolvedPath, item: OrderItem): readonly OrderStep[] {
  if (path.kind === 'parent')
    for (const { object, path: rest } of path.parents) checkStep({ ...scope, object }, rest, item);
  if (path.kind !== 'own') return [];
  const nulls = nullsFirstOf(path, item) ? 'first' : 'last';
  const step = { field: path.target.path, direction: item.descending ? 'desc' : 'asc', nulls };
  return placed(scope.text, item.at, () => checkOrder(scope.object.reader.scope, [step]));
}

function sorter(steps: readonly LateStep[]): NonNullable<CompiledOrder['sort']> {
  return (records, seen) => {
    const keyed = records.map((record) => ({ record, keys: steps.map(({ keyOf }) => keyOf(record, seen)) }));
    // Ties keep the order of creation, the way the first step runs, as everywhere.
    if (steps[0]?.descending === true) keyed.reverse();
    keyed.sort((left, right) => {
      for (let i = 0; i < steps.length; i++) {
        const { descending, nullsFirst } = steps[i] as LateStep;
        const order = compareKeys(left.keys[i] as Key | null, right.keys[i] as Key | null, descending, nullsFirst);
        if (order !== 0) return order;
      }
      return 0;
    });
    return keyed.map(({ record }) => record);
  };
}

/** Compiles the ORDER BY of a find. Throws `INVALID_FIELD` or `MALFORMED_QUERY` with the place. */
export function compileOrder(scope: PathScope, items: readonly OrderItem[]): CompiledOrder {
  const resolved = items.map((item) => {
    if (item.expression.kind === 'call')
      throw soqlError(
        'MALFORMED_QUERY',
        scope.text,
        item.at,
        `Ordered field must be grouped or aggregated: ${item.expression.name}`,
      );
    const path = resolvePath(scope, item.expression as FieldPath);
    return { item, path, own: checkStep(scope, path, item) };
  });
  const late = resolved.map(({ item, path }) => ({
    keyOf: createPathKey(path),
    descending: item.descending,
    nullsFirst: nullsFirstOf(path, item),
  }));
  if (resolved.every(({ path }) => path.kind === 'own' && !isRanked(path.target)))
    return { late, steps: resolved.flatMap(({ own }) => own), sort: undefined };
  return { late, steps: [], sort: sorter(late) };
}
