import type { Environment } from '../engine/ground/environment.ts';
import { createError } from '../engine/ground/errors.ts';
import type { ObjectScope } from '../replication/wire.ts';
import type { Master, Position } from './master.ts';
import { SyncFailure } from './sync-failure.ts';
import type { SyncIdentity } from './sync-options.ts';

/** What is wrong with an environment without one. */
export const NO_DIGEST = 'env lacks digest, by which rights and pushes are hashed: systemEnvironment() has one';

/** The text of bytes in the alphabet of addresses. */
function toBase64Url(text: string): string {
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** A hash of a text, in the alphabet of addresses. */
export async function hashText(environment: Environment, text: string): Promise<string> {
  if (environment.digest === undefined) throw createError('INVALID_OPTION', NO_DIGEST);
  const bytes = await environment.digest(new TextEncoder().encode(text));
  return toBase64Url(String.fromCharCode(...bytes));
}

/** What a checkpoint holds for: who asks, by which rights, and for what. */
export async function hashRights(
  environment: Environment,
  { user, rights }: SyncIdentity,
  objects: readonly Pick<ObjectScope, 'name' | 'where'>[],
): Promise<string> {
  const scopes = objects.map(({ name, where }) => [name, where ?? null] as const);
  scopes.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  const hash = await hashText(environment, JSON.stringify([user, rights ?? null, scopes]));
  return hash.slice(0, 22);
}

/**
 * The text of a place in the history, for those alone whom `rights` is the hash of; the same for one place always. `since`: of a
 * place in the middle of a pull, where that began, as what was told since then is of later than the place.
 */
export function writeCheckpoint({ era, sequence }: Position, rights: string, since?: number | undefined): string {
  const begun = since !== undefined && since < sequence ? { b: since } : {};
  return toBase64Url(JSON.stringify({ e: era, s: sequence, r: rights, ...begun }));
}

/** A place, and where the pull began that it is in the middle of: the place itself where it is in none. */
export interface Checkpoint extends Position {
  readonly since: number;
}

function readText(text: string): { position: Checkpoint; rights: string } | undefined {
  try {
    const value = JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/'))) as Record<string, unknown>;
    const { e: era, s: sequence, r: rights, b: since = sequence } = value;
    if (typeof era !== 'string' || typeof sequence !== 'number' || typeof rights !== 'string') return undefined;
    if (typeof since !== 'number' || !Number.isInteger(since) || since < 0 || since > sequence) return undefined;
    return { position: { era, sequence, since }, rights };
  } catch {
    return undefined;
  }
}

/** Of no rights: the place of a push, which is only held against the history. */
const ANYONE = '';

/** The text of the place where the history stands. */
export async function writePlace(master: Master): Promise<string> {
  return writeCheckpoint(await master.position(), ANYONE);
}

/** Throws a {@link SyncFailure} of status 410 where the history no longer holds the place of a push that was answered. */
export async function assertKept(master: Master, place: string): Promise<void> {
  const read = readText(place);
  const isKept = read !== undefined && (await master.check(read.position)) !== 'lost';
  if (isKept) return;
  throw new SyncFailure(
    410,
    'SYNC_CHECKPOINT',
    'the history of this server does not hold the last push: fetch all anew',
    {
      reason: 'lost',
    },
  );
}

/** The place that a checkpoint is of. Throws a {@link SyncFailure} of status 410 where it is of no use. */
export async function readCheckpoint(master: Master, text: string, rights: string): Promise<Checkpoint> {
  const gone = (reason: 'rights' | 'lost' | 'too-old', message: string) =>
    new SyncFailure(410, 'SYNC_CHECKPOINT', message, { reason });
  const read = readText(text);
  if (read === undefined) throw gone('lost', 'the checkpoint is none of this server');
  if (read.rights !== rights) throw gone('rights', 'the checkpoint is of other rights, or of another request');
  const { sequence, since } = read.position;
  let state = await master.check(read.position);
  if (state === 'known' && since < sequence)
    state = await master.check({ sequence: since, era: await master.eraAt(since) });
  if (state === 'lost') throw gone('lost', 'the history of this server does not hold the checkpoint');
  if (state === 'too-old') throw gone('too-old', 'changes this old are no longer known');
  return read.position;
}
