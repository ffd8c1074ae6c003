import type { Environment } from '../engine/ground/environment.ts';
import { PROTOCOL, type PullRequest, pullRequest } from '../replication/wire.ts';
import { assertKept, hashRights, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { entityOf, type Master } from './master.ts';
import { malformed, SyncFailure } from './sync-failure.ts';
import type { ErrorContext, SyncHandlerOptions, SyncIdentity, SyncLimits } from './sync-options.ts';
import { View } from './view.ts';

/** What the routes of a handler share. */
export interface SyncContext {
  readonly master: Master;
  readonly options: SyncHandlerOptions;
  readonly limits: SyncLimits;
  readonly environment: Environment;
  /** The names of the objects that clients may ask for. */
  readonly objects: ReadonlySet<string>;
  /** Tells of an error that is none of a request's. */
  readonly hear: (error: unknown, at: ErrorContext) => void;
}

/** A request whose sender is known. */
export interface SyncCall {
  readonly request: Request;
  readonly identity: SyncIdentity;
  /** Records pulled, or rows pushed, for the figures. */
  rows: number;
  /** Hears of records that are sent once the answer has begun. */
  readonly onRows: (count: number) => void;
  /** Tells of an error that came up in its course. */
  readonly hear: (error: unknown) => void;
}

/** The text of a value that a schema of the wire accepts; anything else is refused without a word of what it held. */
export function readWire<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
  value: unknown,
): T {
  const read = schema.safeParse(value);
  if (!read.success) throw malformed('the body is not of the wire format: it lacks a field, or one has another type');
  return read.data;
}

/** Throws a `SyncFailure` of status 426 where the client speaks another version of the wire format. */
export function assertProtocol(value: unknown): void {
  const protocol = (value as { protocol?: unknown } | null)?.protocol;
  if (typeof protocol === 'number' && protocol !== PROTOCOL)
    throw new SyncFailure(426, 'SYNC_OUTDATED', `version ${PROTOCOL} of the wire format is spoken here`, {
      detail: { protocol: PROTOCOL },
    });
}

/** Throws a `SyncFailure`: of status 404 for an object that is not offered, 426 for a version of it that is not taken. */
export function assertVersion({ master, objects, options }: SyncContext, object: string, version: number): void {
  const definition = objects.has(object) ? entityOf(master, object)?.definition : undefined;
  if (definition === undefined) {
    const message = `${object.slice(0, 80)} is not served here: it is not among the objects of the handler`;
    throw new SyncFailure(404, 'NOT_FOUND', message, { detail: { object } });
  }
  const own = options.versions;
  const taken = own !== undefined && Object.hasOwn(own, object) ? (own[object] ?? []) : [definition.version];
  if (taken.includes(version)) return;
  const message = `${object} is taken here in version ${taken.join(' or ')} alone`;
  throw new SyncFailure(426, 'SYNC_OUTDATED', message, { detail: { object, versions: taken } });
}

/** A place in what a user sees. */
export interface Viewpoint {
  readonly view: View;
  /** The hash that his checkpoints hold. */
  readonly rights: string;
  /** The sequence after which he reads. */
  readonly after: number;
  /** Where the pull began that this is the middle of; undefined where that makes no difference. */
  readonly since: number | undefined;
  /** Where the history stands, of a client that holds nothing yet. */
  readonly freshUpTo: number | undefined;
}

export async function openViewpoint(
  context: SyncContext,
  { identity, hear }: SyncCall,
  scopes: PullRequest['objects'],
  checkpoint: string | null,
  pushed: string | null = null,
): Promise<Viewpoint> {
  const { master, options, environment } = context;
  const view = new View(master, options.canRead, identity, scopes, hear);
  const rights = await hashRights(environment, identity, scopes);
  if (pushed !== null) await assertKept(master, pushed);
  if (checkpoint === null) {
    const { sequence } = await master.position();
    return { view, rights, after: 0, since: undefined, freshUpTo: sequence };
  }
  const { sequence, since } = await readCheckpoint(master, checkpoint, rights);
  return { view, rights, after: sequence, since: view.isFiltered ? since : undefined, freshUpTo: undefined };
}

/** Reads and checks a request for changes. */
export function readPull(context: SyncContext, value: unknown): PullRequest {
  assertProtocol(value);
  const request = readWire(pullRequest, value);
  for (const { name, version } of request.objects) assertVersion(context, name, version);
  return request;
}

export async function checkpointAt(
  master: Master,
  sequence: number,
  rights: string,
  since?: number | undefined,
): Promise<string> {
  return writeCheckpoint({ era: await master.eraAt(sequence), sequence }, rights, since);
}
