import { freezeJson, type StoredRecord } from '../record/record.ts';
import type { Target } from './condition.ts';
import { visitPath } from './value-key.ts';

/** Makes rows of the selected fields; a dotted path keeps its whole name. Whole records pass through as they are. */
export function createProjection(select: readonly Target[] | undefined): (record: StoredRecord) => StoredRecord {
  if (select === undefined) return (record) => record;
  return (record) => {
    const row: Record<string, unknown> = {};
    for (const target of select) row[target.path] = valueAt(record, target);
    return Object.freeze(row);
  };
}

/** The stored value at a target: what one path finds, or a list where it meets lists. */
function valueAt(record: StoredRecord, target: Target): unknown {
  const value = record[target.field.name];
  if (target.steps.length === 0) return value;
  const found: unknown[] = [];
  let many = false;
  const look = (nested: unknown) => {
    found.push(nested);
    return false;
  };
  visitPath(value, target.steps, 0, look);
  many = found.length > 1 || Array.isArray(value);
  return many ? freezeJson(found.filter((nested) => nested !== null)) : (found[0] ?? null);
}
