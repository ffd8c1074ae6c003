import { checkOptions } from '../engine/calls/check-options.ts';
import { createError } from '../engine/ground/errors.ts';
import type { DatabaseParts } from '../engine/open-parts.ts';
import { unknownObject } from '../engine/unknown-object.ts';
import type { ConflictPolicy } from './conflict.ts';
import type { Connectivity } from './connectivity.ts';
import type { Remote } from './remote.ts';
import { syncObjects } from './sync-objects.ts';
import type { SyncedObject } from './sync-scope.ts';

/** What is synced, and how. */
export interface ReplicateOptions<Name extends string = string> {
  /** The far side: `http(...)`, `rxdbHttp(...)`, or plain functions by `endpoints(...)`. */
  readonly remote: Remote;
  /** The objects: names, or names with a condition, by which only some records are fetched. */
  readonly objects: readonly (Name | { readonly name: Name; readonly where?: Readonly<Record<string, unknown>> })[];
  /** Tells apart syncs of one database with several servers. Default `default`. An object belongs to one of them. */
  readonly name?: string | undefined;
  /** How conflicts are settled: for all objects, or by object. Default `mine`. */
  readonly conflicts?: ConflictPolicy | { readonly [Key in Name]?: ConflictPolicy } | undefined;
  /** The most rows of one push and documents of one page. Default 1,000 each. */
  readonly batch?: { readonly push?: number; readonly pull?: number } | undefined;
  /** The first and the longest wait after a failure, in milliseconds. Default 500 and 60,000. */
  readonly retry?: { readonly baseMs?: number; readonly maxMs?: number } | undefined;
  /** Between two looks at a server that has no stream, in milliseconds. Default 30,000. */
  readonly pollMs?: number | undefined;
  /** Whether it waits for `resume()`. Default false. */
  readonly paused?: boolean | undefined;
  /** What tells of the network; the platform's own when absent. */
  readonly connectivity?: Connectivity | undefined;
  /** Ends the sync when raised, as `close()` does. */
  readonly signal?: AbortSignal | undefined;
}

const OPTIONS = {
  remote: 'object',
  objects: 'object',
  name: 'string',
  batch: 'object',
  // A side, a function or both by object: it is looked at by itself.
  conflicts: 'object',
  retry: 'object',
  pollMs: 'number',
  paused: 'boolean',
  connectivity: 'object',
  signal: 'object',
} as const;
const BATCH_MAX = 10_000;
const SIDES: ReadonlySet<unknown> = new Set(['mine', 'theirs', 'ask']);

const invalid = (message: string) => createError('INVALID_OPTION', message);

/** The objects of a sync, once all that was asked for has been found possible. Throws as `replicate` does. */
export function checkReplication(
  { store, keeper, readers }: DatabaseParts,
  options: ReplicateOptions,
): readonly SyncedObject[] {
  const { conflicts, ...others } = options;
  checkOptions(others, OPTIONS);
  checkNumbers(options);
  for (const { name } of syncObjects)
    if (store.find(name) === undefined)
      throw invalid('a database that is synced is opened with ...syncObjects among its objects');
  if (keeper?.health().role === 'reader')
    throw createError('READ_ONLY', 'a database opened with readOnly cannot be synced: open it without');
  const { remote, objects } = options;
  if (typeof remote?.pull !== 'function' || typeof remote.push !== 'function')
    throw invalid('remote takes what http(), rxdbHttp() or endpoints() gave, or an object with pull() and push()');
  if (!Array.isArray(objects) || objects.length === 0)
    throw invalid("objects lists the names of what is synced, such as ['Case']");
  const synced = objects.map(readObject);
  const own = new Set<string>(syncObjects.map(({ name }) => name));
  for (const { name, where } of synced) {
    const reader = readers.get(name);
    if (reader === undefined || own.has(name)) throw unknownObject(String(name));
    if (where !== undefined) reader.count({ where });
  }
  const names = new Set(synced.map(({ name }) => name));
  if (names.size < synced.length) throw invalid('objects: each is listed once');
  checkConflicts(conflicts, names);
  return synced;
}

function readObject(given: unknown): SyncedObject {
  if (typeof given === 'string') return { name: given };
  if (typeof given !== 'object' || given === null) throw invalid('objects: each is a name, or { name, where }');
  const { name, where, ...others } = given as SyncedObject;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw invalid(`objects: each is a name, or { name, where }, and has no ${unknown.slice(0, 80)}`);
  if (where === undefined || where === null) return { name };
  if (typeof where !== 'object') throw invalid("objects: where is an object, such as { Status: 'New' }");
  return { name, where };
}

function checkConflicts(conflicts: ReplicateOptions['conflicts'], names: ReadonlySet<string>): void {
  const isPolicy = (policy: unknown) => typeof policy === 'function' || SIDES.has(policy);
  if (conflicts === undefined || isPolicy(conflicts)) return;
  const policies = "'mine', 'theirs', 'ask' or a function";
  if (typeof conflicts !== 'object' || conflicts === null)
    throw invalid(`conflicts are settled by ${policies}, or by one of these an object`);
  for (const [name, policy] of Object.entries(conflicts)) {
    if (!names.has(name))
      throw invalid(`conflicts: ${name.slice(0, 80)} is not among the objects: there are ${[...names].join(', ')}`);
    if (policy !== undefined && !isPolicy(policy))
      throw invalid(`conflicts: those of ${name} are settled by ${policies}`);
  }
}

function checkNumbers({ batch = {}, retry = {}, pollMs = 1 }: ReplicateOptions): void {
  checkOptions(batch, { push: 'number', pull: 'number' });
  checkOptions(retry, { baseMs: 'number', maxMs: 'number' });
  for (const size of [batch.push, batch.pull])
    if (size !== undefined && !(Number.isInteger(size) && size >= 1 && size <= BATCH_MAX))
      throw invalid(`batch.push and batch.pull are whole numbers from 1 to ${BATCH_MAX}`);
  for (const ms of [retry.baseMs ?? 1, retry.maxMs ?? 1, pollMs])
    if (!(ms > 0 && ms <= 0x7fff_ffff))
      throw invalid('retry.baseMs, retry.maxMs and pollMs are milliseconds above 0, and at most 2,147,483,647');
}

/** How conflicts of an object are settled. */
export function policyFor(conflicts: ReplicateOptions['conflicts'], object: string): ConflictPolicy {
  if (conflicts === undefined) return 'mine';
  if (typeof conflicts !== 'object') return conflicts;
  return conflicts[object] ?? 'mine';
}
