import { columnKind } from '../store/column.ts';
import type { Table } from '../store/table.ts';
import { type Condition, isPlainField } from './condition.ts';
import { isManyTexts } from './narrow.ts';

/** A table this small is scanned as fast as an index is found. */
const ROWS_MIN = 2048;
/** An index pays only where few of the scanned records fit. */
const SHARE_MAX = 1 / 32;
/**
 * What building an index costs a record, and what a scan does, by columns or by the records themselves, in nanoseconds
 * (100,000 records, first build in a program). A count of scans was tried in place of the costs: it built indexes that
 * forty scans of a column had not yet paid for.
 */
const BUILD_NS = 150;
const COLUMN_NS = 4;
const RECORD_NS = 50;

/**
 * Told after each scan. Where equality or a range on one field keeps finding few among many, the index is built that
 * those queries paid for already.
 */
export function adviseIndex(table: Table, parts: readonly Condition[], found: number): void {
  const owed = table.scanDebts;
  if (owed === undefined || table.liveCount < ROWS_MIN || found > table.liveCount * SHARE_MAX) return;
  const cost = parts.every((part) => readsColumn(table, part)) ? COLUMN_NS * parts.length : RECORD_NS;
  for (const part of parts) {
    if (part.kind !== 'leaf' || part.negated || !isPlainField(part.target)) continue;
    if (columnKind(part.target.field) === undefined) continue;
    const { op } = part.test;
    const serves =
      op === 'eq' || op === 'in' || op === 'range' || op === 'null' || (op === 'like' && part.test.prefix !== '');
    if (!serves) continue;
    const name = part.target.field.name;
    const debt = (owed.get(name) ?? 0) + table.liveCount * cost;
    owed.set(name, debt);
    // With several conditions it is not known which of them keeps the most away; the field of many values is likelier.
    if (debt < table.liveCount * BUILD_NS * (parts.length > 1 && !isManyTexts(table, name) ? 2 : 1)) continue;
    owed.delete(name);
    table.addIndex([name]);
    return;
  }
}

function readsColumn(table: Table, condition: Condition): boolean {
  return (
    condition.kind === 'leaf' &&
    isPlainField(condition.target) &&
    table.builtColumn(condition.target.field.name) !== undefined
  );
}
