import { checkOptions } from './calls/check-options.ts';
import { checkDefinitions } from './definition/check-definitions.ts';
import type { ObjectDefinition } from './definition/define-object.ts';
import type { IndexSpec, ObjectSpec } from './definition/definition.ts';
import { type Environment, systemEnvironment } from './ground/environment.ts';
import { createError } from './ground/errors.ts';
import { normalizeSalesforceId } from './ground/ids.ts';
import { LiveQueries } from './live/live-queries.ts';
import { Reader } from './query/reader.ts';
import { TextIndexes } from './search/text-indexes.ts';
import type { Keeper } from './storage/keeper.ts';
import type { Storage } from './storage/storage.ts';
import type { Durability } from './storage/storage-health.ts';
import { checkKey, type StorageKey } from './storage/storage-key.ts';
import type { ProgressListener } from './storage/storage-progress.ts';
import { columnKind } from './store/column.ts';
import { Store } from './store/store.ts';
import { unknownObject } from './unknown-object.ts';

type AnyDefinition = ObjectDefinition<ObjectSpec>;

/** The names of the objects among `Definitions`. */
export type NamesOf<Definitions> = Definitions extends readonly (infer D)[]
  ? D extends ObjectDefinition<infer S>
    ? S['name']
    : never
  : never;

export interface DatabaseOptions<Definitions extends readonly unknown[]> {
  readonly name: string;
  /** The objects it holds. Those that come later than `apiVersion` are left out. */
  readonly objects: Definitions;
  /** The id of the user who writes; owner and creator of what is created. A user of no org when absent. */
  readonly user?: string | undefined;
  /** Further indexes by object: a field, or a list of fields whose last is ordered. */
  readonly indexes?: { readonly [Name in NamesOf<Definitions>]?: readonly IndexSpec[] } | undefined;
  /** Whether indexes are built for conditions that keep scanning in vain. Default true. */
  readonly autoIndex?: boolean | undefined;
  /** The Salesforce API version to speak, such as '67.0'. All objects are there when absent. */
  readonly apiVersion?: string | undefined;
  /** How many changes `changesSince` can go back. Default 10,000. */
  readonly feedMax?: number | undefined;
  /** false where a content security policy forbids compiling record constructors and even trying is unwanted. */
  readonly compile?: boolean | undefined;
  readonly env?: Environment | undefined;
  /** Where the records are kept. In memory alone when absent. */
  readonly storage?: Storage | undefined;
  /**
   * With a storage, when the promise of a write settles: `strict` (default) once it would survive a loss of power, `relaxed`
   * once it would survive the end of the process, `memory` at once.
   */
  readonly durability?: Durability | undefined;
  /**
   * With a storage, whether other tabs, or workers of this process, may have the database open too: one of them writes, the
   * others send it their writes and hear of all. Default false: one at a time.
   */
  readonly shared?: boolean | undefined;
  /**
   * With a storage, whether it is only to be read: every write is refused with `READ_ONLY`. A database whose log is damaged
   * is opened so as well, with all that came before, and `health().failure` says so.
   */
  readonly readOnly?: boolean | undefined;
  /**
   * With a storage: a passphrase of at least 8 characters, or 32 bytes, that all which is kept is encrypted by. What was kept
   * without becomes encrypted. Nothing opens it again without the key.
   */
  readonly key?: StorageKey | undefined;
  /** Hears how far the opening of what is stored has come, and the migration of what was stored in an earlier version. */
  readonly onProgress?: ProgressListener | undefined;
  /**
   * Hears what listeners throw, which is thrown on in a turn of its own when absent, as an uncaught error; and why the storage
   * failed, which the promises of writes and `health()` tell as well.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** The version of the addresses that a database tells which speaks none. */
const LATEST_VERSION = '67.0';
const FEED_MAX = 10_000;
/** Every record has an owner and a creator, so there is a user even where none is named. */
const NOBODY = '005000000000000AAA';
const OPTIONS = {
  name: 'string',
  user: 'string',
  indexes: 'object',
  autoIndex: 'boolean',
  apiVersion: 'string',
  feedMax: 'number',
  compile: 'boolean',
  env: 'object',
  onError: 'function',
  onProgress: 'function',
  storage: 'object',
  durability: 'string',
  shared: 'boolean',
  readOnly: 'boolean',
  // Or bytes: it is looked at by itself.
  key: 'string',
} as const;

/** Shown by the platform as uncaught: an error nobody asked to hear of must not vanish. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
declare const queueMicrotask: (action: () => void) => void;

/** What hears of listeners' errors. It is called within commits, so nothing it throws may reach them either. */
function createErrorHandler(given: ((error: unknown) => void) | undefined): (error: unknown) => void {
  if (given === undefined) return throwLater;
  return (error) => {
    try {
      given(error);
    } catch (second) {
      throwLater(second);
    }
  };
}

/** The number of an API version such as '67.0' or 'v67'. Throws `INVALID_OPTION`. */
export function versionOf(text: string): number {
  const parts = /^v?(\d{1,3})(?:\.0)?$/.exec(text);
  if (parts === null) throw createError('INVALID_OPTION', 'an API version is a number such as 67.0');
  return Number(parts[1]);
}

/** The objects that exist in the version asked for. */
function definitionsAt(objects: readonly AnyDefinition[], apiVersion: string | undefined): readonly AnyDefinition[] {
  checkDefinitions(objects);
  if (apiVersion === undefined) return objects;
  const version = versionOf(apiVersion);
  return objects.filter(({ spec }) => spec.since === undefined || versionOf(spec.since) <= version);
}

/** `objects`: all that were given, also those that the API version asked for does not have. */
function addIndexes(
  store: Store,
  objects: readonly AnyDefinition[],
  extra: Readonly<Record<string, readonly IndexSpec[] | undefined>>,
): void {
  for (const [name, specs] of Object.entries(extra)) {
    if (!objects.some((object) => object.name === name)) throw unknownObject(name);
    if (specs !== undefined && !isIndexList(specs))
      throw createError('INVALID_OPTION', 'indexes lists by object fields, and lists of fields');
  }
  for (const { table, definition } of store.entities) {
    for (const spec of [...(definition.spec.indexes ?? []), ...(extra[definition.name] ?? [])]) {
      const names = typeof spec === 'string' ? [spec] : spec;
      if (names.length === 0) throw createError('INVALID_DEFINITION', `${definition.name}: an index needs a field`);
      for (const name of names) {
        const field = definition.fieldsByName.get(name);
        if (field === undefined || columnKind(field) === undefined)
          throw createError('INVALID_DEFINITION', `${definition.name}: no index can stand on ${name.slice(0, 80)}`);
      }
      table.addIndex(names);
    }
  }
}

function isIndexList(specs: unknown): boolean {
  const isName = (name: unknown) => typeof name === 'string';
  return Array.isArray(specs) && specs.every((spec) => isName(spec) || (Array.isArray(spec) && spec.every(isName)));
}

/** What an open database is made of. */
export interface DatabaseParts {
  readonly name: string;
  readonly store: Store;
  readonly live: LiveQueries;
  readonly texts: TextIndexes;
  /** One for each object, by its name. */
  readonly readers: ReadonlyMap<string, Reader>;
  readonly definitions: readonly AnyDefinition[];
  /** Of the API that it speaks, such as 67.0. */
  readonly version: string;
  /** What keeps its commits, where a storage was given. */
  readonly keeper: Keeper | undefined;
}

/**
 * Checks the options of a database and makes its parts, all in memory. Throws `INVALID_OPTION`, `INVALID_DEFINITION` or
 * `MALFORMED_ID`.
 */
export function openParts<const Definitions extends readonly unknown[]>(
  options: DatabaseOptions<Definitions>,
): DatabaseParts {
  const { objects, key: _, ...others } = options;
  checkOptions(others, OPTIONS);
  const definitions = definitionsAt(objects as unknown as readonly AnyDefinition[], options.apiVersion);
  const user = normalizeSalesforceId(options.user ?? NOBODY);
  if (user === undefined) throw createError('MALFORMED_ID', 'the user is not a Salesforce id');
  const { feedMax = FEED_MAX } = options;
  if (!Number.isInteger(feedMax) || feedMax < 0)
    throw createError('INVALID_OPTION', 'feedMax is a whole number from 0');
  const onError = createErrorHandler(options.onError);
  const environment = options.env ?? systemEnvironment();
  for (const name of ['now', 'elapsed', 'random', 'pause', 'wake'] as const)
    if (typeof environment[name] !== 'function') throw createError('INVALID_OPTION', `env has no ${name}()`);
  const store = new Store({
    definitions,
    environment,
    user,
    compile: options.compile ?? true,
    autoIndex: options.autoIndex ?? true,
    feedMax,
    onError,
  });
  const all = objects as unknown as readonly AnyDefinition[];
  addIndexes(store, all, (options.indexes ?? {}) as Readonly<Record<string, readonly IndexSpec[] | undefined>>);
  const readers = new Map([...store.entities].map((entity) => [entity.definition.name, new Reader(store, entity)]));
  const version = options.apiVersion === undefined ? LATEST_VERSION : `${versionOf(options.apiVersion)}.0`;
  const live = new LiveQueries(store, onError);
  checkStorage(options);
  const keeper = undefined;
  return { name: options.name, store, live, texts: new TextIndexes(store), readers, definitions, version, keeper };
}

const DURABILITIES: ReadonlySet<unknown> = new Set<Durability>(['strict', 'relaxed', 'memory']);

function checkStorage({ storage, durability, shared, readOnly, key }: DatabaseOptions<readonly unknown[]>): void {
  if (readOnly === true && (storage === undefined || shared === true))
    throw createError('INVALID_OPTION', 'readOnly goes with a storage that is not shared');
  if (shared === true && storage === undefined) throw createError('INVALID_OPTION', 'shared goes with a storage');
  if (durability !== undefined && (storage === undefined || !DURABILITIES.has(durability)))
    throw createError('INVALID_OPTION', "durability is 'strict', 'relaxed' or 'memory', and goes with a storage");
  if (storage !== undefined && typeof storage.connect !== 'function')
    throw createError('INVALID_OPTION', 'a storage has connect()');
  if (key === undefined) return;
  checkKey(key);
  if (storage === undefined) throw createError('INVALID_OPTION', 'a key goes with a storage');
}

/**
 * Makes the parts of a database, filled from its storage where it has one. Rejects as `openParts` throws, and with
 * `STORAGE_LOCKED`, `STORAGE_CORRUPT`, `STORAGE_NEWER`, `MIGRATION_FAILED` or `WRONG_KEY`.
 */
export async function openStoredParts<const Definitions extends readonly unknown[]>(
  options: DatabaseOptions<Definitions>,
): Promise<DatabaseParts> {
  const parts = openParts(options);
  const { storage, name, durability = 'strict', key, onProgress } = options;
  if (storage === undefined) return parts;
  // What fails in the storage is told by the promises of writes and by health(): without a handler it needs no other way.
  const onError = createErrorHandler(options.onError ?? (() => undefined));
  const { store, readers } = parts;
  const choice = { storage, name, durability, key, onError, onProgress };
  // Loaded when wanted: what is kept in memory alone needs none of it.
  if (options.readOnly === true) {
    const { ReadOnly } = await import('./storage/read-only.ts');
    return { ...parts, keeper: await ReadOnly.open(store, choice) };
  }
  if (options.shared === true) {
    const { Tab } = await import('./tabs/tab.ts');
    return { ...parts, keeper: await Tab.open({ ...choice, store, readers }) };
  }
  const { Alone } = await import('./tabs/alone.ts');
  return { ...parts, keeper: await Alone.open(store, choice) };
}
