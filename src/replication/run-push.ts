import { must } from '../engine/ground/assert.ts';
import type { EngineError } from '../engine/ground/errors.ts';
import type { StoredRecord } from '../engine/record/record.ts';
import { DocumentsIn } from './apply-documents.ts';
import { fieldsOfChange, nextCommits, rootOfChange, toRow } from './build-push.ts';
import { newClient } from './open-sync.ts';
import { RemoteFailure } from './remote.ts';
import type { SyncParts } from './sync-parts.ts';
import { type InFlight, inFlightOf } from './sync-scope.ts';
import type { ChangeRow } from './sync-store.ts';
import { AnswersIn } from './take-answers.ts';
import { findSwaps, settleSwaps } from './unique-swaps.ts';
import type { PushAnswer, PushRequest } from './wire.ts';

const CLONES_MAX = 3;
/** Pushes in a row of which nothing was taken. */
const IDLE_MAX = 10;
/**
 * After so many failures of one push, with all else answered between them, something in it is what brings the server down: it is
 * sent in halves, and what is left alone with that is refused. In halves already, fewer tell.
 */
const DOOMED = 12;
const SUSPECTED = 3;

type Values = Readonly<Record<string, unknown>>;

/** How pushes go, from one run to the next. */
export interface PushPace {
  /** How many rows are sent at once: fewer after a push that was not taken, and more again after one that was. */
  rows: number;
  /** How often the push under way has failed in a row, while the server answered all else. */
  failures: number;
  /** Hears how many rows are on their way. */
  readonly onPush: (rows: number) => void;
  /** The name of the stream that is open: what a push makes need not come back by it, as its answer says all of that. */
  stream: string | undefined;
  /** Hears that an answer will not be had, or could not be taken in whole, so that what the stream left out is to be fetched. */
  readonly onShort: () => void;
}

/**
 * Sends what waits until nothing does, one numbered push after another. A push is written down before it goes out and sent again
 * with its number and its content until it is answered, by this process or the next. Rejects with what the remote failed with.
 */
export async function runPush(parts: SyncParts, pace: PushPace, signal: AbortSignal): Promise<void> {
  let idle = 0;
  for (let clones = 0; ; ) {
    const flight = inFlightOf(parts.at.state(parts.name) as StoredRecord) ?? (await begin(parts, pace.rows));
    if (flight === undefined) return;
    const request = requestOf(parts, flight, pace.stream);
    pace.onPush(flight.commits.flat().length);
    try {
      const answer = await parts.remote.push(request, signal);
      signal.throwIfAborted();
      if (!takeAnswer(parts, flight, answer)) pace.onShort();
      // Who answers with conflicts for ever is asked no faster than a server that fails.
      idle = answer.commits.flat().some(({ status }) => status === 'applied' || status === 'refused') ? 0 : idle + 1;
      Object.assign(pace, { rows: Math.min(parts.pushRows, pace.rows * 2), failures: 0 });
    } catch (error) {
      if (signal.aborted || !(error instanceof RemoteFailure)) throw error;
      if (error.kind !== 'retry') pace.onShort();
      if (error.kind === 'cloned' && ++clones <= CLONES_MAX) renew(parts, flight);
      else if (error.kind === 'reset' && ++clones <= CLONES_MAX) beginAnew(parts, error);
      else if (error.kind === 'large' || error.kind === 'refused') pace.rows = lessen(parts, flight, error);
      else {
        const isDoomed = error.kind === 'retry' && ++pace.failures >= (pace.rows < parts.pushRows ? SUSPECTED : DOOMED);
        if (isDoomed) {
          pace.onShort();
          Object.assign(pace, { rows: lessen(parts, flight, error), failures: 0 });
        }
        throw error;
      }
    } finally {
      pace.onPush(0);
    }
    if (idle >= IDLE_MAX)
      throw new RemoteFailure(
        'retry',
        'SYNC_REFUSED',
        'the server answers every row with a conflict, and takes none of what it is sent',
      );
  }
}

/** Writes down what is sent next; undefined where nothing waits. */
async function begin({ at, name, objects, pushRows }: SyncParts, rows: number): Promise<InFlight | undefined> {
  const names = objects.map((one) => one.name);
  const commits = nextCommits(at, names, rows, pushRows);
  if (commits.length === 0) return undefined;
  const push = at.state(name)?.NextPush as number;
  const ofEach = <T>(read: (change: ChangeRow) => T | undefined): Record<string, T> | undefined => {
    const found = commits.flat().flatMap((key): [string, T][] => {
      const value = read(must(at.changeAt(key), 'what was found a moment ago is there'));
      return value === undefined ? [] : [[key, value]];
    });
    return found.length > 0 ? Object.fromEntries(found) : undefined;
  };
  const flight: InFlight = {
    push,
    commits,
    fields: ofEach(fieldsOfChange),
    // Nothing has gone with another where nothing has gone.
    roots: names.some((object) => at.entity(object).entity.table.bin.size > 0)
      ? ofEach((one) => rootOfChange(at, one))
      : undefined,
  };
  at.write((hand) => hand.put('SyncState', name, { NextPush: push + 1, InFlight: JSON.stringify(flight) }));
  await at.store.settled?.();
  return flight;
}

function requestOf(
  { at, name, remote }: SyncParts,
  { push, commits, fields, roots }: InFlight,
  stream: string | undefined,
): PushRequest {
  const versions: Record<string, number> = {};
  const rowOf = (key: string) => {
    const change = must(at.changeAt(key), 'what is on its way stays in the outbox');
    versions[change.Object] = at.entity(change.Object).definition.version;
    return toRow(at, change, {
      isWhole: remote.wholeRows === true,
      root: roots?.[key],
      fields: fields?.[key],
    });
  };
  return {
    protocol: 1,
    client: at.state(name)?.Client as string,
    push,
    pushed: at.state(name)?.Pushed as string | null,
    versions,
    ...(stream !== undefined && { stream }),
    // The last, so that a server knows the same push again by the text from here on.
    commits: commits.map((keys) => keys.map(rowOf)),
  };
}

/** Takes all answers in, and the end of the push, in one commit. False where something of what they say could not be. */
function takeAnswer(parts: SyncParts, { commits }: InFlight, answer: PushAnswer): boolean {
  const { at, name, policyOf, onConflicts, pushRows } = parts;
  const { conflicts, isWhole } = at.write((hand) => {
    const documents = new DocumentsIn(at, hand, policyOf);
    const answers = new AnswersIn(at, hand, documents);
    const swaps = findSwaps(at, commits, answer.commits);
    for (const [i, keys] of commits.entries())
      for (const [j, key] of keys.entries()) {
        const row = answer.commits[i]?.[j];
        if (row === undefined)
          throw new RemoteFailure('retry', 'SYNC_MALFORMED', 'the server answered fewer rows than it was sent');
        answers.take(key, row);
      }
    hand.put('SyncState', name, { InFlight: null, Pushed: answer.pushed ?? null });
    const settled = documents.finish();
    settleSwaps(at, hand, swaps, pushRows);
    return { conflicts: settled, isWhole: answers.isWhole };
  });
  onConflicts(conflicts);
  return isWhole;
}

/** The server no longer has what it once answered: all is fetched anew, after what waits has been sent. */
function beginAnew({ at, name }: SyncParts, { reason = 'lost' }: RemoteFailure): void {
  at.write((hand) => {
    hand.beginAnew(name, reason);
    hand.put('SyncState', name, { Pushed: null });
  });
}

/** Another client has this one's name, as after a copied profile: from now on this one has another. */
function renew(parts: SyncParts, { commits }: InFlight): void {
  const client = newClient(parts.env.random(new Uint8Array(16)));
  giveUp(parts, commits.flat(), { Client: client, NextPush: 1 });
}

/** The push as a whole was not taken: half of it next; a commit that is alone is refused with the reason. Returns the new size. */
function lessen(parts: SyncParts, { commits }: InFlight, { code, message }: EngineError): number {
  const refused = commits.length === 1 ? { State: 'rejected', Code: code, Message: message } : undefined;
  giveUp(parts, commits.flat(), {}, refused);
  return commits.length === 1 ? parts.pushRows : Math.max(1, Math.floor(commits.flat().length / 2));
}

/** Ends a push that nobody will answer: what waits is sent anew, in another push. */
function giveUp(
  { at, name, policyOf, onConflicts }: SyncParts,
  keys: readonly string[],
  state: Values,
  entry: Values = {},
): void {
  const conflicts = at.write((hand) => {
    const documents = new DocumentsIn(at, hand, policyOf);
    const answers = new AnswersIn(at, hand, documents);
    for (const key of keys) {
      const change = at.changeAt(key);
      if (change === undefined) continue;
      const later = answers.putBy(change);
      if (entry.State !== undefined) hand.put('SyncChange', key, { ...entry, Sent: null });
      if (later !== undefined) documents.take(change.Object, later);
    }
    hand.put('SyncState', name, { ...state, InFlight: null });
    return documents.finish();
  });
  onConflicts(conflicts);
}
