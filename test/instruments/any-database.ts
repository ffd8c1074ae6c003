import type { ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import type { Database } from '../../src/index.ts';
import { type DatabaseOptions, type LiveOptions, type LiveQuery, openDatabase } from '../../src/index.ts';

/** A record or a computed row, whatever its object. */
export type Row = Readonly<Record<string, unknown>>;

export interface AnyResult {
  readonly id: string | null;
  readonly success: boolean;
  readonly errors: readonly { readonly statusCode: string }[];
}

export interface AllOrNone {
  readonly allOrNone?: boolean;
}

/** A collection seen without its types: laws hold for every object, so their queries and records are plain data. */
export interface AnyCollection {
  readonly size: number;
  get(id: string): Row | undefined;
  find(query?: object): readonly Row[];
  findOne(query?: object): Row | undefined;
  count(query?: object): number;
  aggregate(query: object): readonly Row[];
  explain(query: object): {
    readonly index: readonly string[] | undefined;
    readonly range: string;
    readonly ordered: boolean;
  };
  live(query?: object, options?: LiveOptions): LiveQuery<Row>;
  create(record: Row): Promise<AnyResult>;
  create(records: readonly Row[], options?: AllOrNone): Promise<AnyResult[]>;
  update(record: Row): Promise<AnyResult>;
  update(records: readonly Row[], options?: AllOrNone): Promise<AnyResult[]>;
  upsert(field: string, record: Row): Promise<AnyResult>;
  upsert(field: string, records: readonly Row[], options?: AllOrNone): Promise<AnyResult[]>;
  delete(id: string): Promise<AnyResult>;
  delete(ids: readonly string[], options?: AllOrNone): Promise<AnyResult[]>;
  undelete(id: string): Promise<AnyResult>;
  undelete(ids: readonly string[], options?: AllOrNone): Promise<AnyResult[]>;
  emptyRecycleBin(ids: readonly string[], options?: AllOrNone): Promise<AnyResult[]>;
  retrieve(ids: readonly string[], fields?: readonly string[]): Promise<readonly (Row | null)[]>;
  getUpdated(start: Date, end: Date, options?: object): { readonly ids: readonly string[] };
  getDeleted(
    start: Date,
    end: Date,
    options?: object,
  ): {
    readonly deletedRecords: readonly { readonly id: string; readonly deletedDate: string }[];
    readonly earliestDateAvailable: string;
  };
  import(
    payload: unknown,
    options?: object,
  ): Promise<{ readonly created: number; readonly updated: number; readonly problemCount: number }>;
  export(options?: object): AsyncGenerator<string>;
}

/** A collection inside a transaction: no promises, and what is wrong is thrown. */
export interface AnyTransactionCollection {
  get(id: string): Row | undefined;
  find(query?: object): readonly Row[];
  count(query?: object): number;
  aggregate(query: object): readonly Row[];
  create(record: Row): AnyResult;
  create(records: readonly Row[]): AnyResult[];
  update(record: Row): AnyResult;
  update(records: readonly Row[]): AnyResult[];
  delete(id: string): AnyResult;
  delete(ids: readonly string[]): AnyResult[];
  undelete(id: string): AnyResult;
  undelete(ids: readonly string[]): AnyResult[];
}

export interface AnyTransaction {
  collection(name: string): AnyTransactionCollection;
}

export type AnyDatabase = Database<readonly ObjectDefinition[]>;
export type AnyDatabaseOptions = Omit<DatabaseOptions<readonly ObjectDefinition[]>, 'name' | 'indexes'> & {
  readonly indexes?: Readonly<Record<string, readonly (string | readonly string[])[]>>;
};

export const USER_ID = '0055g00000ABcdeAAD';

export function openAny(options: AnyDatabaseOptions): Promise<AnyDatabase> {
  return openDatabase({ name: 'law', user: USER_ID, ...options });
}

export function collectionOf(database: object, name: string): AnyCollection {
  return (database as { collection(name: string): unknown }).collection(name) as AnyCollection;
}

export function transact<T>(database: object, work: (tx: AnyTransaction) => T): T {
  return (database as { transaction(work: (tx: unknown) => T): T }).transaction((tx) => work(tx as AnyTransaction));
}

/** The code of the error that `action` throws, or that its promise rejects with; undefined when all goes well. */
export async function codeOf(action: () => unknown): Promise<string | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error);
  }
}
