import type { ObjectDefinition } from '../engine/definition/define-object.ts';
import type { StoredRecord } from '../engine/record/record.ts';
import { PROTOCOL, type PullHeader } from '../replication/wire.ts';
import type { Master } from './master.ts';
import { documentOf, readShown, type Shown } from './read-shown.ts';
import { checkpointAt, type Viewpoint } from './sync-context.ts';

/** After about how many records it is said how far the client has come. */
const MARK_EVERY = 1_000;
/** How many records one piece of the answer holds, of a commit that is larger than a page. */
const PIECE = 1_000;

function fieldsOf({ fields, roles }: ObjectDefinition): string[] {
  return fields.map(({ name }) => name).filter((name) => name !== roles.deleted);
}

/** The pieces of a pull that is answered whole: lines of JSON, as `pullHeader` describes them. */
export async function* pullLines(
  master: Master,
  { view, rights, after, since: begun, freshUpTo }: Viewpoint,
  signal: AbortSignal,
  onRows: (count: number) => void,
): AsyncGenerator<string, undefined> {
  const fields = view.objects.map((object) => fieldsOf(view.entity(object).definition));
  const count = () => master.count(view.objects, freshUpTo === undefined ? after : undefined);
  const header: PullHeader = { protocol: PROTOCOL, fields, ...(!view.hides && { total: await count() }) };
  yield `${JSON.stringify(header)}\n`;
  const line = (shown: Shown) => {
    const { place, entry, instead } = shown;
    const { record } = entry;
    const isLive = record?.[view.entity(entry.object).definition.roles.deleted] !== true;
    if (instead === undefined && record !== undefined && isLive)
      return `${JSON.stringify(valuesOf(record, fields[place] as string[], place))}\n`;
    return `${JSON.stringify({ document: [place, documentOf(view, shown)] })}\n`;
  };
  let sequence = after;
  let fresh = freshUpTo;
  let since = begun;
  for (;;) {
    const page = await readShown(master, view, { after: sequence, since, freshUpTo: fresh, limit: MARK_EVERY, signal });
    onRows(page.shown.length);
    for (let from = 0; from < page.shown.length; from += PIECE)
      yield page.shown
        .slice(from, from + PIECE)
        .map(line)
        .join('');
    sequence = page.sequence;
    if (fresh !== undefined && sequence >= fresh) {
      fresh = undefined;
      if (view.isFiltered) since = sequence;
    }
    const checkpoint = await checkpointAt(master, sequence, rights, page.done ? undefined : since);
    yield `${JSON.stringify({ checkpoint, done: page.done })}\n`;
    if (page.done) return undefined;
  }
}

function valuesOf(record: StoredRecord, fields: readonly string[], place: number): unknown[] {
  const values: unknown[] = [place];
  for (const name of fields) values.push(record[name]);
  return values;
}
