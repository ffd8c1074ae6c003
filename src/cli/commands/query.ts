import type { Explanation } from '../../index.ts';
import { selectedColumns } from '../selected-columns.ts';
import type { SearchRecord, Session } from '../session.ts';
import { ShellError } from '../shell-error.ts';
import { type Answer, showRows } from '../show-rows.ts';
import { visibleText } from '../visible-text.ts';
import { withoutEnd } from './read-arguments.ts';

/** Runs a SOQL query and shows its rows; `deleted`: with those in the recycle bin. */
export async function runQuery(session: Session, text: string, deleted = false): Promise<void> {
  const { db, elapsed } = session;
  const started = elapsed();
  const { totalSize, records } = deleted ? db.queryAll(text) : db.query(text);
  const milliseconds = elapsed() - started;
  const { paths, isCount } = selectedColumns(text);
  if (isCount) return showRows(session, { rows: [{ 'COUNT()': totalSize }], milliseconds });
  await showRows(session, { rows: records, selected: paths, milliseconds });
}

function requireQuery(given: string, usage: string): string {
  const text = withoutEnd(given);
  if (text === '') throw new ShellError(`usage: ${usage}`);
  return text;
}

export function all(session: Session, given: string): Promise<void> {
  return runQuery(session, requireQuery(given, '\\all query'), true);
}

function explanationRow({ index, range, ordered, tested, visited, matched, returned }: Explanation) {
  return {
    index: index === undefined ? 'none' : index.join(', '),
    range,
    'in order': ordered,
    tested: tested.join(', '),
    visited,
    matched,
    returned,
  };
}

export async function explain(session: Session, given: string): Promise<void> {
  const { settings, db, out, paint } = session;
  const row = explanationRow(db.explain(requireQuery(given, '\\explain query')));
  if (settings.format !== 'table') return showRows(session, { rows: [row] });
  const lines = Object.entries(row).map(
    ([name, value]) => `${paint(name.padEnd(10), 'quiet')}${visibleText(`${value}`)}`,
  );
  await out.write(`${lines.join('\n')}\n`);
}

function groupByType(records: readonly SearchRecord[]): Map<string, SearchRecord[]> {
  const groups = new Map<string, SearchRecord[]>();
  for (const record of records) {
    const { type } = record.attributes;
    const group = groups.get(type);
    if (group === undefined) groups.set(type, [record]);
    else group.push(record);
  }
  return groups;
}

function withoutAttributes({ attributes: _, ...fields }: SearchRecord) {
  return fields;
}

/** Runs a SOSL search and shows what it found, object by object. */
export async function runSearch(session: Session, text: string): Promise<void> {
  const { settings, out, paint, elapsed, search } = session;
  const started = elapsed();
  const { searchRecords } = await search(text);
  const milliseconds = elapsed() - started;
  if (settings.format === 'json') return showRows(session, { rows: searchRecords });
  if (settings.format === 'csv') {
    const rows = searchRecords.map((record) => ({ type: record.attributes.type, ...withoutAttributes(record) }));
    return showRows(session, { rows, selected: [['type']] });
  }
  if (searchRecords.length === 0) return showRows(session, { rows: [], milliseconds });
  for (const [type, records] of groupByType(searchRecords)) {
    await out.write(`${paint(visibleText(type), 'strong')}\n`);
    const answer: Answer = { rows: records.map(withoutAttributes), milliseconds };
    await showRows(session, answer);
  }
}
