import type { FieldSpec } from '../definition/definition.ts';
import { parseDate, parseDateTime } from '../ground/date-time.ts';
import { foldCase } from '../ground/fold-case.ts';
import type { Key } from './condition.ts';

/** The comparable form of a stored value: null stays null, whatever has no order (objects, lists, maps) is null too. */
export type ToKey = (value: unknown) => Key | null;

// Written once, as every live query holds on to those of its fields.
const asIs: ToKey = (value) => value as Key | null;
const ofFlag: ToKey = (value) => (value === null ? null : value === true ? 1 : 0);
const ofMoment: ToKey = (value) => (value === null ? null : parseDateTime(value as string));
const ofDay: ToKey = (value) => (value === null ? null : parseDate(value as string));
/** Only whether there is a value can be asked of what nests. */
const ofAny: ToKey = (value) => (value === null ? null : 0);
const ofText: ToKey = (value) => (value === null ? null : foldCase(value as string));

/** How values of a field compare, chosen once a query. */
export function createToKey(spec: FieldSpec, caseSensitive: boolean): ToKey {
  switch (spec.type) {
    case 'int':
    case 'double':
      return asIs;
    case 'boolean':
      return ofFlag;
    case 'dateTime':
      return ofMoment;
    case 'date':
      return ofDay;
    case 'object':
    case 'list':
    case 'map':
      return ofAny;
    case 'anyType':
      return anyKey;
    default:
      return caseSensitive ? asIs : ofText;
  }
}

/** Texts and numbers compare as they are; what has no order gets NaN, which equals nothing and is in no range. */
function anyKey(value: unknown): Key | null {
  return value === null || typeof value === 'string' || typeof value === 'number' ? value : Number.NaN;
}

/**
 * Follows `steps` into a nested value and calls `visit` with each value found there, null for none. A list on the way
 * is entered, so one path can find many values.
 */
export function visitPath(
  value: unknown,
  steps: readonly string[],
  at: number,
  visit: (value: unknown) => boolean,
): boolean {
  if (Array.isArray(value)) {
    if (value.length === 0) return visit(null);
    return value.some((element) => visitPath(element, steps, at, visit));
  }
  if (at === steps.length) return visit(value);
  if (typeof value !== 'object' || value === null) return visit(null);
  const step = steps[at] as string;
  const next = Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : null;
  return visitPath(next ?? null, steps, at + 1, visit);
}
