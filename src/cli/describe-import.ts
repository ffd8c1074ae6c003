import { formatCount } from '../board/words.ts';
import type { ImportResult } from '../index.ts';
import { countRows } from './show-rows.ts';

function listCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} (${formatCount(count)})`)
    .join(', ');
}

/** What came of an import, a line for each thing worth knowing. */
export function describeImport(source: string, object: string, result: ImportResult): string {
  const { created, updated, otherObjects, ignoredFields, problems, problemCount } = result;
  const lines = [`${source}: ${formatCount(created)} new in ${object}, ${formatCount(updated)} brought up to date`];
  if (Object.keys(otherObjects).length > 0)
    lines.push(`  left out, being of other objects: ${listCounts(otherObjects)}`);
  if (Object.keys(ignoredFields).length > 0)
    lines.push(`  values left out, of fields that ${object} does not have: ${listCounts(ignoredFields)}`);
  const [first] = problems;
  if (first !== undefined)
    lines.push(`  ${countRows(problemCount)} refused, the first in line ${first.line}: ${first.reason}`);
  return `${lines.join('\n')}\n`;
}
