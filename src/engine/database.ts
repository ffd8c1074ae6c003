import { Observable } from 'rxjs';
import { checkOptions } from './calls/check-options.ts';
import { Collection } from './collection.ts';
import { checkDefinitions } from './definition/check-definitions.ts';
import type { ObjectDefinition } from './definition/define-object.ts';
import type { IndexSpec, ObjectSpec } from './definition/definition.ts';
import { type ObjectSummary, summarize } from './definition/describe.ts';
import { type Environment, systemEnvironment } from './ground/environment.ts';
import { createError } from './ground/errors.ts';
import { normalizeSalesforceId } from './ground/ids.ts';
import { LiveQueries } from './live/live-queries.ts';
import { Reader } from './query/reader.ts';
import { columnKind } from './store/column.ts';
import { Store } from './store/store.ts';
import { TransactionCollection, type TransactionState } from './transaction.ts';
import type { Batch } from './write/change.ts';

type AnyDefinition = ObjectDefinition<ObjectSpec>;

/** The spec of the object called `Name` among `Definitions`. */
type SpecNamed<Definitions, Name> = Definitions extends readonly (infer D)[]
  ? D extends ObjectDefinition<infer S>
    ? S extends { readonly name: Name }
      ? S
      : never
    : never
  : never;

type NamesOf<Definitions> = Definitions extends readonly (infer D)[]
  ? D extends ObjectDefinition<infer S>
    ? S['name']
    : never
  : never;

type Collections<Definitions> = { readonly [Name in NamesOf<Definitions>]: Collection<SpecNamed<Definitions, Name>> };

type TransactionCollections<Definitions> = {
  readonly [Name in NamesOf<Definitions>]: TransactionCollection<SpecNamed<Definitions, Name>>;
};

/** What a transaction's function is handed: each object by name. */
export type Transaction<Definitions> = TransactionCollections<Definitions> & {
  collection<Name extends NamesOf<Definitions>>(name: Name): TransactionCollection<SpecNamed<Definitions, Name>>;
};

/** An open database: its objects by name beside its own members. */
export type Database<Definitions extends readonly unknown[] = readonly AnyDefinition[]> = DatabaseCore<Definitions> &
  Collections<Definitions>;

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
  /** Hears what listeners throw. Thrown on in a turn of its own when absent, as an uncaught error. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

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

export class DatabaseCore<Definitions extends readonly unknown[]> {
  readonly name: string;
  readonly #store: Store;
  readonly #live: LiveQueries;
  readonly #readers = new Map<string, Reader>();
  readonly #collections = new Map<string, Collection<unknown>>();
  readonly #definitions: readonly AnyDefinition[];
  readonly #completions = new Set<() => void>();

  constructor(name: string, store: Store, definitions: readonly AnyDefinition[], onError: (error: unknown) => void) {
    this.name = name;
    this.#store = store;
    this.#definitions = definitions;
    this.#live = new LiveQueries(store, onError);
    for (const entity of store.entities) {
      const reader = new Reader(store, entity);
      const collection = new Collection<unknown>({ store, reader, live: this.#live, definitions });
      this.#readers.set(entity.definition.name, reader);
      this.#collections.set(entity.definition.name, collection);
      // An object whose name a member of the database has is reached by `collection` alone.
      if (!(entity.definition.name in this))
        Object.defineProperty(this, entity.definition.name, { value: collection, enumerable: true });
    }
  }

  /** An object's records and calls. Throws `INVALID_TYPE` when the database has no such object. */
  collection<Name extends NamesOf<Definitions>>(name: Name): Collection<SpecNamed<Definitions, Name>> {
    this.#store.assertOpen();
    const collection = this.#collections.get(name);
    if (collection === undefined) throw unknownObject(name);
    return collection as Collection<SpecNamed<Definitions, Name>>;
  }

  /** The number of the last commit. */
  get sequence(): number {
    return this.#store.feed.sequence;
  }

  /** Every commit from now on, in order. Completes when the database closes. */
  readonly changes$: Observable<Batch> = new Observable((subscriber) => {
    if (this.#store.isClosed) return subscriber.complete();
    const complete = () => subscriber.complete();
    this.#completions.add(complete);
    const stop = this.#store.feed.subscribe((batch) => subscriber.next(batch));
    return () => {
      this.#completions.delete(complete);
      stop();
    };
  });

  /** The commits after `sequence`. Throws `SEQUENCE_TRIMMED` when some are no longer kept. */
  changesSince(sequence: number): readonly Batch[] {
    this.#store.assertOpen();
    if (!Number.isInteger(sequence) || sequence < 0)
      throw createError('INVALID_OPTION', 'a sequence is a whole number from 0');
    return this.#store.feed.since(sequence);
  }

  /**
   * Runs `work` with all that it writes in one commit: seen whole, once, when it returns; taken back when it throws.
   * `work` must be synchronous, since nobody else may run while its writes are half done: `TRANSACTION_ASYNC` if not.
   */
  transaction<T>(work: (tx: Transaction<Definitions>) => T): T {
    if (typeof work !== 'function') throw createError('INVALID_OPTION', 'transaction() takes a function');
    const state: TransactionState = { over: false };
    try {
      return this.#store.transact(() => {
        const result = work(this.#createTransaction(state));
        if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function') {
          (result as unknown as Promise<unknown>).then(undefined, () => undefined);
          throw createError('TRANSACTION_ASYNC', 'the function given to transaction() must not return a promise');
        }
        return result;
      });
    } finally {
      state.over = true;
    }
  }

  #createTransaction(state: TransactionState): Transaction<Definitions> {
    const collections = new Map<string, TransactionCollection<unknown>>();
    const collection = (name: string) => {
      const known = collections.get(name);
      if (known !== undefined) return known;
      const reader = this.#readers.get(name);
      if (reader === undefined) throw unknownObject(name);
      const made = new TransactionCollection<unknown>(this.#store, reader, state);
      collections.set(name, made);
      return made;
    };
    const tx: Record<string, unknown> = { collection };
    for (const name of this.#readers.keys()) {
      if (name === 'collection') continue;
      Object.defineProperty(tx, name, { get: () => collection(name), enumerable: true });
    }
    return tx as Transaction<Definitions>;
  }

  /** All objects in short (describeGlobal). */
  describeGlobal(): {
    readonly encoding: 'UTF-8';
    readonly maxBatchSize: 200;
    readonly sobjects: readonly ObjectSummary[];
  } {
    this.#store.assertOpen();
    return { encoding: 'UTF-8', maxBatchSize: 200, sobjects: this.#definitions.map(summarize) };
  }

  /** Ends the database: live queries close, streams complete, no listener is called again, every call is refused. */
  async close(): Promise<void> {
    if (this.#store.isClosed) return;
    // First of all, so that nothing which hears of the end can write any more.
    this.#store.close();
    this.#live.close();
    for (const complete of [...this.#completions]) complete();
    this.#completions.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function unknownObject(name: string) {
  const shown = String(name).slice(0, 80);
  return createError(
    'INVALID_TYPE',
    `sObject type '${shown}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' ` +
      'after the entity name. Please reference your WSDL or the describe call for the appropriate names.',
  );
}

function versionOf(text: string): number {
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

/** Opens a database in memory. Throws `INVALID_OPTION`, `INVALID_DEFINITION` or `MALFORMED_ID`. */
export async function openDatabase<const Definitions extends readonly unknown[]>(
  options: DatabaseOptions<Definitions>,
): Promise<Database<Definitions>> {
  if (typeof options !== 'object' || options === null)
    throw createError('INVALID_OPTION', 'openDatabase takes its options as an object');
  const { objects, ...others } = options;
  checkOptions(others, OPTIONS);
  const definitions = definitionsAt(objects as unknown as readonly AnyDefinition[], options.apiVersion);
  const user = normalizeSalesforceId(options.user ?? NOBODY);
  if (user === undefined) throw createError('MALFORMED_ID', 'the user is not a Salesforce id');
  const { feedMax = FEED_MAX } = options;
  if (!Number.isInteger(feedMax) || feedMax < 0)
    throw createError('INVALID_OPTION', 'feedMax is a whole number from 0');
  const onError = createErrorHandler(options.onError);
  const environment = options.env ?? systemEnvironment();
  for (const name of ['now', 'elapsed', 'random', 'pause'] as const)
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
  return new DatabaseCore<Definitions>(options.name, store, definitions, onError) as Database<Definitions>;
}
