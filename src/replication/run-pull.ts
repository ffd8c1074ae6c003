import { isSameJson, type StoredRecord } from '../engine/record/record.ts';
import { DocumentsIn } from './apply-documents.ts';
import { changeKey } from './change-key.ts';
import { purgedDocument, removedDocument, toDocument } from './document.ts';
import { openedChange } from './opened-change.ts';
import { documentOfRow, valueOfRow } from './pulled-row.ts';
import { type PullPage, RemoteFailure, type ResetReason } from './remote.ts';
import type { SyncParts } from './sync-parts.ts';
import type { SyncHand } from './sync-store.ts';
import type { PullRequest, WireDocument } from './wire.ts';

/** A server that refuses every checkpoint would have a client begin for ever. */
const RESETS_MAX = 2;

/**
 * Fetches all that has changed on the server, a page a commit, each with the checkpoint that it leads to: whatever ends it, what is
 * here is right up to the checkpoint that is kept. Rejects with what the remote failed with.
 */
export async function runPull(parts: SyncParts, signal: AbortSignal): Promise<void> {
  const { at, name } = parts;
  for (let resets = 0; ; ) {
    const state = at.state(name) as StoredRecord;
    const seen = state.ResetReason === null || state.Checkpoint !== null ? undefined : new Set<string>();
    // What had been seen of a fetch anew is not remembered: it begins again.
    if (state.ResetReason !== null && seen === undefined)
      at.write((hand) => hand.put('SyncState', name, { Checkpoint: null }));
    else {
      try {
        await pullPages(parts, pullRequestOf(parts), seen, signal);
        finishPull(parts, seen);
        return;
      } catch (error) {
        if (!(error instanceof RemoteFailure) || error.kind !== 'reset' || ++resets > RESETS_MAX) throw error;
        const reason = error.reason ?? 'lost';
        at.write((hand) => {
          hand.beginAnew(name, reason);
          hand.put('SyncState', name, { Pushed: null });
        });
      }
    }
  }
}

/** What is asked for, from the checkpoint that is kept. */
export function pullRequestOf({ at, name, objects, pullRows }: SyncParts): PullRequest {
  const state = at.state(name) as StoredRecord;
  return {
    protocol: 1,
    client: state.Client as string,
    objects: objects.map((one) => ({
      name: one.name,
      version: at.entity(one.name).definition.version,
      ...(one.where !== undefined && { where: one.where }),
    })),
    checkpoint: state.Checkpoint as string | null,
    pushed: state.Pushed as string | null,
    limit: pullRows,
  };
}

async function pullPages(
  parts: SyncParts,
  request: PullRequest,
  seen: Set<string> | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { at, remote, onProgress } = parts;
  const phase = request.checkpoint === null ? 'bootstrap' : 'pull';
  let done = 0;
  for await (const page of remote.pull(request, signal)) {
    applyPage(parts, page, seen);
    done += page.documents.length;
    onProgress({ phase, done, total: page.total });
    // Pages come no faster than they can be kept, and leave room for others.
    await at.store.settled?.();
    await parts.env.pause();
    signal.throwIfAborted();
    if (page.done) return;
  }
  throw new RemoteFailure('retry', 'SYNC_MALFORMED', 'the answer to a pull has been cut off');
}

/** Takes a page in, in one commit with the checkpoint that it leads to. */
export function applyPage(parts: SyncParts, page: Omit<PullPage, 'done'>, seen?: Set<string>): void {
  const { at, name, policyOf, onConflicts, objects } = parts;
  const conflicts = at.write((hand) => {
    const state = at.state(name);
    const documents = new DocumentsIn(at, hand, policyOf, at.sending(name));
    const reason = seen === undefined ? null : (state?.ResetReason as ResetReason | null);
    for (const pulled of page.documents) {
      const isRow = 'line' in pulled;
      const object = objects[isRow ? pulled.place : pulled[0]]?.name;
      if (object === undefined)
        throw new RemoteFailure('retry', 'SYNC_MALFORMED', 'a document is of an object not asked for');
      const idField = at.entity(object).definition.roles.id;
      if (isRow && reason !== 'lost') {
        documents.takeRow(object, pulled);
        seen?.add(changeKey(object, String(valueOfRow(pulled, idField))));
        continue;
      }
      const document = isRow ? documentOfRow(pulled) : pulled[1];
      if (reason === 'lost') keepNewer(parts, hand, object, document);
      documents.take(object, document);
      seen?.add(changeKey(object, String(document[idField])));
    }
    if (page.checkpoint !== undefined && page.checkpoint !== at.state(name)?.Checkpoint)
      hand.put('SyncState', name, { Checkpoint: page.checkpoint });
    return documents.finish();
  });
  onConflicts(conflicts);
}

/**
 * A server that has lost the last of what it once held shows an older state of a record than it acknowledged. By the stamps, which
 * are all its own, what is newer here is sent to it again.
 */
function keepNewer({ at }: SyncParts, hand: SyncHand, object: string, theirs: WireDocument): void {
  const { definition, serverFields } = at.entity(object);
  const { id: idField, stamp } = definition.roles;
  const id = theirs[idField] as string;
  const record = at.record(object, id);
  if (record === undefined || at.change(object, id) !== undefined) return;
  if (!(String(record[stamp]) > String(theirs[stamp] ?? ''))) return;
  const mine = toDocument(definition, record);
  const base: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(theirs)) {
    if (field === idField || field.startsWith('_') || serverFields.has(field)) continue;
    if (!isSameJson(mine[field], value)) base[field] = value;
  }
  if (mine._deleted !== theirs._deleted) base._deleted = theirs._deleted === true;
  if (Object.keys(base).length > 0) hand.put('SyncChange', changeKey(object, id), lostChange(at, object, id, base));
}

/** What is sent to a server that has lost it, in a commit of now. */
function lostChange(
  at: SyncParts['at'],
  object: string,
  id: string,
  base: Readonly<Record<string, unknown>> | undefined,
): StoredRecord {
  const commit = at.store.feed.sequence + 1;
  const kind = base === undefined ? 'create' : 'update';
  return openedChange({ object, id, kind, commit, since: at.store.moment().now, base });
}

/** All is here: what was not seen of a fetch anew is dealt with, and what lay in quarantine is tried again. */
function finishPull(parts: SyncParts, seen: Set<string> | undefined): void {
  const { at, onProgress } = parts;
  onProgress(undefined);
  if (seen !== undefined) sweep(parts, seen);
  const { table } = at.store.entity('SyncQuarantine');
  if (table.liveCount === 0) return;
  const isSynced = new Set(parts.objects.map((one) => one.name));
  const rows = at.reader('SyncQuarantine').find({}) as readonly StoredRecord[];
  const tried = rows.filter(({ Object: object, RecordId }) => RecordId !== '' && isSynced.has(object as string));
  if (tried.length === 0) return;
  const conflicts = at.write((hand) => {
    const documents = new DocumentsIn(at, hand, parts.policyOf, at.sending(parts.name));
    for (const { Object: object, Document } of tried)
      documents.take(object as string, JSON.parse(Document as string) as WireDocument);
    return documents.finish();
  });
  parts.onConflicts(conflicts);
}

/**
 * Records that the server did not show: gone there, or no longer to be seen, unless it was the server that forgot. What waits to be
 * sent stays in any case: with the reason why it cannot be, where the record is known and gone.
 */
function sweep({ at, name, objects, policyOf }: SyncParts, seen: ReadonlySet<string>): void {
  const state = at.state(name) as StoredRecord;
  const isLost = state.ResetReason === 'lost';
  const gone = state.ResetReason === 'too-old' ? purgedDocument : removedDocument;
  at.write((hand) => {
    const documents = new DocumentsIn(at, hand, policyOf, at.sending(name));
    for (const { name: object } of objects) {
      const { entity, definition } = at.entity(object);
      const { table } = entity;
      for (let slot = 0; slot < table.slotCount; slot++) {
        const record = table.row(slot);
        const id = record?.[definition.roles.id] as string;
        if (record === undefined || seen.has(changeKey(object, id))) continue;
        const change = at.change(object, id);
        if (change !== undefined) {
          const isKnown = change.Base !== null || change.IsMissed;
          if (isKnown && !isLost) documents.take(object, gone(definition, id));
        } else if (isLost && !table.isDeleted(slot))
          hand.put('SyncChange', changeKey(object, id), lostChange(at, object, id, undefined));
        else hand.unit.purge(table, slot);
      }
    }
    documents.finish();
    hand.put('SyncState', name, { ResetReason: null });
  });
}
