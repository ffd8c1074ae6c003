import type { Row } from '../flatten-row.ts';
import { selectedColumns } from '../selected-columns.ts';
import type { Session } from '../session.ts';
import { countRows, showRows } from '../show-rows.ts';
import { visibleText } from '../visible-text.ts';
import { expectCount, readArguments, readCount, withoutEnd } from './read-arguments.ts';

async function listOpen({ live, note }: Session): Promise<void> {
  const lines = live.all.map(({ number, text, rows }) => `[${number}] ${countRows(rows)}: ${visibleText(text)}\n`);
  await note(lines.length === 0 ? 'no live query is open\n' : lines.join(''));
}

/** Shows a result and goes on to show what becomes of it; without a query, lists those open. */
export async function live(session: Session, given: string): Promise<void> {
  const text = withoutEnd(given);
  if (text === '') return listOpen(session);
  const { db, elapsed, live: views, note } = session;
  const started = elapsed();
  const query = db.live(text);
  const milliseconds = elapsed() - started;
  const selected = selectedColumns(text).paths;
  const number = views.open(text, query, selected);
  await showRows(session, { rows: query.getSnapshot() as readonly Row[], selected, milliseconds });
  await note(`live as [${number}]; \\stop ${number} ends it\n`);
}

export async function stop({ live: views, note }: Session, given: string): Promise<void> {
  const words = readArguments(given);
  expectCount(words, 0, 1, '\\stop [n]');
  const [number] = words;
  const stopped = views.stop(number === undefined ? undefined : readCount(number, 'n'));
  await note(`${stopped === 1 ? '1 live query' : `${stopped} live queries`} stopped\n`);
}
