import { columnKind } from '../store/column.ts';
import type { Table } from '../store/table.ts';
import type { Condition } from './condition.ts';
import { isManyTexts } from './narrow.ts';

/** A table this small is scanned as fast as an index is found. */
const ROWS_MIN = 2048;
/** An index pays only where few of the scanned records fit. */
const SHARE_MAX = 1 / 32;
/** How many times the table must have been scanned in vain before an index is built: what building one costs. */
const SCANS_MIN = 4;

/**
 * Told after each scan. Where equality or a range on one field keeps finding few among many, the index is built that
 * those queries paid for already.
 */
export function adviseIndex(table: Table, parts: readonly Condition[], found: number): void {
  const owed = table.scanDebts;
  if (owed === undefined || table.liveCount < ROWS_MIN || found > table.liveCount * SHARE_MAX) return;
  for (const part of parts) {
    if (part.kind !== 'leaf' || part.negated || part.target.steps.length > 0 || part.target.field.type === 'list')
      continue;
    if (columnKind(part.target.field) === undefined) continue;
    const { op } = part.test;
    const serves =
      op === 'eq' || op === 'in' || op === 'range' || op === 'null' || (op === 'like' && part.test.prefix !== '');
    if (!serves) continue;
    const name = part.target.field.name;
    const debt = (owed.get(name) ?? 0) + table.liveCount;
    owed.set(name, debt);
    // With several conditions it is not known which of them keeps the most away; the field of many values is likelier.
    if (debt < table.liveCount * SCANS_MIN * (parts.length > 1 && !isManyTexts(table, name) ? 2 : 1)) continue;
    owed.delete(name);
    table.addIndex([name]);
    return;
  }
}
