import { freezeJson, type StoredRecord } from '../record/record.ts';
import type { Target } from './condition.ts';

/** One for all: every live query holds on to its own. */
const whole = (record: StoredRecord): StoredRecord => record;

/** Makes rows of the selected fields; a dotted path keeps its whole name. Whole records pass through as they are. */
export function createProjection(select: readonly Target[] | undefined): (record: StoredRecord) => StoredRecord {
  if (select === undefined) return whole;
  return (record) => {
    const row: Record<string, unknown> = {};
    for (const target of select) row[target.path] = valueAt(record, target);
    return Object.freeze(row);
  };
}

/** The stored value at a target: what one path finds, or a list of all it finds where it meets a list. */
function valueAt(record: StoredRecord, target: Target): unknown {
  const value = record[target.field.name];
  if (target.steps.length === 0) return value;
  const found: unknown[] = [];
  const many = collectAt(value, target.steps, 0, found);
  return many ? freezeJson(found) : (found[0] ?? null);
}

/** Adds what is found to `found`, nulls left out. Returns whether a list was met on the way. */
function collectAt(value: unknown, steps: readonly string[], at: number, found: unknown[]): boolean {
  if (Array.isArray(value)) {
    for (const element of value) collectAt(element, steps, at, found);
    return true;
  }
  if (value === null || value === undefined) return false;
  if (at === steps.length) {
    found.push(value);
    return false;
  }
  const step = steps[at] as string;
  if (typeof value !== 'object' || !Object.hasOwn(value, step)) return false;
  return collectAt((value as Record<string, unknown>)[step], steps, at + 1, found);
}
