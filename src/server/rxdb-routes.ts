import * as z from 'zod/mini';
import { DELETED } from '../replication/document.ts';
import { WIRE_LIMITS, type WireDocument } from '../replication/wire.ts';
import { type CarriedPush, carryPush, rowKey } from './carry-push.ts';
import { json } from './json-answer.ts';
import type { MasterAnswer } from './master.ts';
import { readJson } from './read-body.ts';
import { documentOf, readShown, type Shown } from './read-shown.ts';
import { RXDB_FORMAT, toRxCheckpoint, toRxDocument } from './stream-format.ts';
import { EVENT_HEADERS, type StreamHub } from './stream-hub.ts';
import { checkpointAt, openViewpoint, readWire, type SyncCall, type SyncContext } from './sync-context.ts';
import { malformed, SyncFailure } from './sync-failure.ts';

const DEFAULT_LIMIT = 100;

const document = z.record(z.string(), z.unknown());
const rxRows = z.array(z.object({ assumedMasterState: z.optional(z.nullable(document)), newDocumentState: document }));

function scopeOf({ master }: SyncContext, object: string) {
  const { version } = master.store.entity(object).definition;
  return [{ name: object, version }];
}

/** The text in a checkpoint as RxDB gives it back: an object, or nothing at first. */
function readPosition(text: string | null): string | null {
  if (text === null || text === '' || text === 'null' || text === 'undefined') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('checkpoint is the JSON of one that a pull has given');
  }
  if (value === null) return null;
  const position = (value as { position?: unknown }).position;
  if (position === undefined && typeof value === 'object' && Object.keys(value).length === 0) return null;
  if (typeof position !== 'string' || position.length > WIRE_LIMITS.name)
    throw malformed('checkpoint is the JSON of one that a pull has given');
  return position;
}

/** The one field of a checkpoint, of a client that has its fields in the address. */
function readField(text: string | null): string | null {
  if (text === null || text === '' || text === 'null' || text === 'undefined') return null;
  if (text.length > WIRE_LIMITS.name) throw malformed('position is that of a checkpoint that a pull has given');
  return text;
}

function readLimit(text: string | null, most: number): number {
  if (text === null || text === '') return Math.min(DEFAULT_LIMIT, most);
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw malformed('limit is a whole number from 1');
  // A page that is shorter than asked for says that there is no more, so less than that cannot be given.
  if (limit > most) throw new SyncFailure(413, 'SYNC_LIMIT', `a pull asks for ${most} documents at most`);
  return limit;
}

/** Answers `GET /{Object}/pull`: never a page shorter than asked for while there is more. */
export async function answerRxPull(context: SyncContext, call: SyncCall, object: string): Promise<Response> {
  const { master, limits } = context;
  const { searchParams } = new URL(call.request.url);
  const given = readPosition(searchParams.get('checkpoint')) ?? readField(searchParams.get('position'));
  const limit = readLimit(searchParams.get('limit'), limits.pullLimit);
  const viewpoint = await openViewpoint(context, call, scopeOf(context, object), given);
  const { view, rights, after, freshUpTo } = viewpoint;
  const shown: Shown[] = [];
  let sequence = after;
  let fresh = freshUpTo;
  let { since } = viewpoint;
  let done = false;
  while (!done && shown.length < limit) {
    const left = limit - shown.length;
    const request = { after: sequence, since, freshUpTo: fresh, limit: left, signal: call.request.signal };
    const page = await readShown(master, view, request);
    for (const each of page.shown) shown.push(each);
    ({ sequence, done } = page);
    if (fresh !== undefined && sequence >= fresh) {
      fresh = undefined;
      if (view.isFiltered) since = sequence;
    }
  }
  call.rows = shown.length;
  const isEmpty = shown.length === 0 && given !== null;
  const checkpoint = isEmpty ? given : await checkpointAt(master, sequence, rights, done ? undefined : since);
  const documents = shown.map((each) => toRxDocument(documentOf(view, each)));
  return json({ documents, checkpoint: toRxCheckpoint(checkpoint) });
}

/** What the server holds of a row that was not taken, as far as the user may see it: else that it holds nothing. */
function currentOf({ view, seen }: CarriedPush, object: string, id: string, given: WireDocument): WireDocument {
  const record = seen.get(rowKey({ object, id }));
  if (record === undefined) return { ...toRxDocument(given), [DELETED]: true };
  return toRxDocument(view.document(object, { record }));
}

/** Answers `POST /{Object}/push` with what the server holds of the rows that were not taken. */
export async function answerRxPush(context: SyncContext, call: SyncCall, object: string): Promise<Response> {
  const rows = readWire(rxRows, await readJson(call.request, context.limits));
  const carried = await carryPush(context, call, {
    client: '',
    push: undefined,
    commits: rows.map((row) => [{ object, ...row }]),
    isWhole: true,
    text: '',
  });
  const idField = context.master.store.entity(object).definition.roles.id;
  const refused = rows.flatMap(({ newDocumentState }, at) => {
    const answer = carried.commits[at]?.[0] as MasterAnswer;
    if (answer.status === 'applied') return [];
    // Gone for good: what it was at the end is no state to go back to.
    if (answer.status === 'refused' && answer.code === 'ENTITY_IS_DELETED')
      return [{ ...toRxDocument(newDocumentState), [DELETED]: true }];
    return [currentOf(carried, object, String(newDocumentState[idField]), newDocumentState)];
  });
  return json(refused);
}

/**
 * Answers `GET /{Object}/stream`: what happened since the event that `last-event-id` names, and what happens; of a client that
 * names none, it begins with `RESYNC`, for those who listen for it. One that names what is of no use is told from where to go on
 * and let go: it comes back, and pulls meanwhile, which tells it what is wrong. By an error a browser would not come back.
 */
export async function answerRxStream(
  context: SyncContext,
  call: SyncCall,
  object: string,
  hub: StreamHub,
): Promise<Response> {
  const scope = scopeOf(context, object);
  const last = call.request.headers.get('last-event-id');
  let isLost = false;
  if (last !== null && last !== '') {
    try {
      return hub.open(call, await openViewpoint(context, call, scope, last), RXDB_FORMAT, false);
    } catch (error) {
      if (!(error instanceof SyncFailure) || error.code !== 'SYNC_CHECKPOINT') throw error;
      isLost = true;
    }
  }
  const viewpoint = await openViewpoint(context, call, scope, null);
  const { sequence } = await context.master.position();
  if (isLost) {
    const checkpoint = await checkpointAt(context.master, sequence, viewpoint.rights);
    return new Response(RXDB_FORMAT.resync(checkpoint), { headers: EVENT_HEADERS });
  }
  const present = { ...viewpoint, after: sequence, since: undefined, freshUpTo: undefined };
  return hub.open(call, present, RXDB_FORMAT, true);
}
