import { checkOptions } from '../engine/calls/check-options.ts';
import type { Environment } from '../engine/ground/environment.ts';
import { createError } from '../engine/ground/errors.ts';
import type { StoredRecord } from '../engine/record/record.ts';

/** Who asks. */
export interface SyncIdentity {
  /** The id of the user. */
  readonly user: string;
  /** What his rights hang on, as JSON: when it changes, clients ask for all anew. */
  readonly rights?: unknown;
  /** Until when he is let in, in milliseconds since 1970: streams end then. */
  readonly until?: number | undefined;
}

/** How much is taken in and given out at most. */
export interface SyncLimits {
  /** Bytes of a request's body, inflated. Default 8 MiB. */
  readonly bodyBytes: number;
  /** Rows of a push. Default 5,000. */
  readonly pushRows: number;
  /** Records that a pull may ask for at once. Default 5,000. */
  readonly pullLimit: number;
  /** How deep the JSON of a body may nest. Default 32. */
  readonly depth: number;
  /** Requests of a user in a minute. Default 6,000. */
  readonly requestsPerMinute: number;
  /** Open streams of all users. Default 10,000. */
  readonly streams: number;
  /** Open streams of one user. Default 100. */
  readonly streamsPerUser: number;
  /** Characters that wait for a stream whose client reads slowly; beyond them it is sent `resync` instead. Default 1 Mi. */
  readonly streamBacklog: number;
}

/** What a handler tells of each request: never what was in it. */
export interface SyncEvent {
  readonly method: string;
  /** The route without names and checkpoints, such as `POST /push`. */
  readonly route: string;
  readonly status: number;
  /** Until the answer began. */
  readonly ms: number;
  /** Records pulled, or rows pushed, where the answer was whole when it began. */
  readonly rows: number;
}

/** Where an error came up. */
export interface ErrorContext {
  /** The route without names and checkpoints, such as `POST /push`. */
  readonly route: string;
  /** Who asked, where that was known and is one. */
  readonly user?: string;
}

export type MaybePromise<T> = T | Promise<T>;

export interface SyncHandlerOptions {
  /** The names of the objects that clients may ask for. */
  readonly objects: readonly string[];
  /** Who asks; undefined for nobody, which is answered 401. `() => ({ user: '...' })` lets everyone in. */
  readonly authorize: (request: Request) => MaybePromise<SyncIdentity | undefined>;
  /** Whether a user may see a record. What throws denies. All may be seen when absent. */
  readonly canRead?:
    | ((user: string, object: string, record: StoredRecord, identity: SyncIdentity) => boolean)
    | undefined;
  /**
   * Whether a user may make a change: `before` is undefined where he makes a record, `after` where he removes one for good. What
   * throws denies. All that may be seen may be written when absent.
   */
  readonly canWrite?:
    | ((
        user: string,
        object: string,
        before: StoredRecord | undefined,
        after: StoredRecord | undefined,
        identity: SyncIdentity,
      ) => boolean | { readonly code: string; readonly message: string })
    | undefined;
  /** By object, the fields that the server sets, instead of stamps, audit fields and numbers. Only with a database. */
  readonly serverFields?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly limits?: Partial<SyncLimits> | undefined;
  /** The origins, letter by letter, whose pages may ask, and whether with cookies. None when absent. */
  readonly cors?: { readonly origins: readonly string[]; readonly credentials?: boolean } | undefined;
  /** How often a stream says that it is alive, in milliseconds. Default 15,000. */
  readonly heartbeatMs?: number | undefined;
  /** The path under which the routes lie, such as `/sync`. */
  readonly basePath?: string | undefined;
  /** By object, the versions of clients' definitions that are taken. The version of the definition when absent. */
  readonly versions?: Readonly<Record<string, readonly number[]>> | undefined;
  /** Hears of each request, for logs and figures. */
  readonly onRequest?: ((event: SyncEvent) => void) | undefined;
  /**
   * Hears what `authorize`, `canRead`, `canWrite` and the master threw, of which clients are told no more than that something did.
   * Such an error may hold values of records. What this throws is passed over.
   */
  readonly onError?: ((error: unknown, context: ErrorContext) => void) | undefined;
  readonly env?: Environment | undefined;
}

const LIMITS: SyncLimits = {
  bodyBytes: 8 * 1024 * 1024,
  pushRows: 5_000,
  pullLimit: 5_000,
  depth: 32,
  requestsPerMinute: 6_000,
  streams: 10_000,
  streamsPerUser: 100,
  streamBacklog: 1024 * 1024,
};
const OPTIONS = {
  objects: 'object',
  authorize: 'function',
  canRead: 'function',
  canWrite: 'function',
  serverFields: 'object',
  limits: 'object',
  cors: 'object',
  heartbeatMs: 'number',
  basePath: 'string',
  versions: 'object',
  onRequest: 'function',
  onError: 'function',
  env: 'object',
};

/** Throws `INVALID_OPTION`. */
export function checkSyncOptions(options: SyncHandlerOptions): SyncLimits {
  checkOptions(options, OPTIONS);
  const invalid = (message: string) => createError('INVALID_OPTION', message);
  if (typeof options.authorize !== 'function')
    throw invalid('authorize is a function that says who asks: `() => ({ user })` lets everyone in');
  if (!Array.isArray(options.objects) || options.objects.length === 0)
    throw invalid("objects lists the names of what clients may ask for, such as ['Case']");
  const limits = options.limits ?? {};
  checkOptions(limits, Object.fromEntries(Object.keys(LIMITS).map((name) => [name, 'number'])));
  for (const [name, value] of Object.entries(limits))
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      throw invalid(`limits.${name} is a whole number above 0`);
  const { heartbeatMs = 1, basePath = '', cors, versions = {} } = options;
  if (!(heartbeatMs > 0 && heartbeatMs <= 0x7fff_ffff))
    throw invalid('heartbeatMs is a number of milliseconds above 0');
  if (basePath !== '' && !/^\/.*[^/]$/.test(basePath))
    throw invalid('basePath begins with a slash and ends with none, such as /sync');
  for (const [name, taken] of Object.entries(versions)) {
    if (!options.objects.includes(name))
      throw invalid(`versions: ${name.slice(0, 80)} is not among the objects of the handler`);
    if (!Array.isArray(taken) || !taken.every(Number.isInteger))
      throw invalid(`versions: those of ${name} are a list of whole numbers, such as [1, 2]`);
  }
  if (cors !== undefined) {
    checkOptions(cors, { origins: 'object', credentials: 'boolean' });
    if (!Array.isArray(cors.origins) || cors.origins.some((origin) => !isOrigin(origin)))
      throw invalid('cors.origins lists origins letter by letter, such as https://desk.example.com');
  }
  return { ...LIMITS, ...Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)) };
}

/** `*` and `null` are none: neither says who it is that asks. */
function isOrigin(origin: unknown): boolean {
  return typeof origin === 'string' && /^[a-z][a-z0-9+.-]*:\/\/[^/?#*]+$/.test(origin);
}
