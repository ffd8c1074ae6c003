import { systemEnvironment } from '../engine/ground/environment.ts';
import { createError } from '../engine/ground/errors.ts';
import { partsOf } from '../engine/parts-of.ts';
import { type Hello, PROTOCOL } from '../replication/wire.ts';
import { NO_DIGEST } from './checkpoint.ts';
import { answerPreflight, corsHeaders } from './cors.ts';
import { databaseMaster, masterStoreOf } from './database-master.ts';
import { json } from './json-answer.ts';
import { isSyncObject } from './keep-book.ts';
import { entityOf, type Master } from './master.ts';
import { answerPull } from './pull-answer.ts';
import { answerPush } from './push-answer.ts';
import { readJson } from './read-body.ts';
import { matchRoute, type Route } from './route.ts';
import { answerRxPull, answerRxPush, answerRxStream } from './rxdb-routes.ts';
import { WIRE_FORMAT } from './stream-format.ts';
import { StreamHub } from './stream-hub.ts';
import { openViewpoint, readPull, type SyncCall, type SyncContext } from './sync-context.ts';
import { failureResponse, SyncFailure } from './sync-failure.ts';
import {
  checkSyncOptions,
  type ErrorContext,
  type SyncHandlerOptions,
  type SyncIdentity,
  type SyncLimits,
} from './sync-options.ts';
import { tellQuietly } from './tell-quietly.ts';
import { TokenBuckets } from './token-buckets.ts';

/** What a handler has done since it was made, and holds open. */
export interface SyncStats {
  readonly requests: number;
  readonly failures: number;
  /** Records given by pulls, and rows of pushes. */
  readonly pulled: number;
  readonly pushed: number;
  readonly streams: number;
}

/** Answers requests of clients. Mounts wherever requests and responses are those of the web. */
export interface SyncHandler {
  (request: Request): Promise<Response>;
  /** Ends all streams, and the master where the handler made it; requests are refused from then on. */
  close(): Promise<void>;
  stats(): SyncStats;
}

/** What is known of a request by its end. */
interface Counted {
  rows: number;
  user?: string;
}

function contextOf({ name }: Route, { user }: Counted): ErrorContext {
  return { route: name, ...(user !== undefined && { user }) };
}

const NO_ROUTE = 'no route of the sync lies at this path: they are below the basePath of the handler';

interface Ready {
  readonly context: SyncContext;
  readonly hub: StreamHub;
}

class Handler {
  readonly #options: SyncHandlerOptions;
  readonly #limits: SyncLimits;
  readonly #buckets: TokenBuckets;
  readonly #environment: SyncContext['environment'];
  readonly #isOwn: boolean;
  readonly #ready: Promise<Ready>;
  #hub: StreamHub | undefined;
  #isClosed = false;
  #requests = 0;
  #failures = 0;
  #pulled = 0;
  #pushed = 0;

  constructor(given: Master | object, options: SyncHandlerOptions) {
    this.#options = options;
    this.#limits = checkSyncOptions(options);
    this.#isOwn = partsOf(given) !== undefined || !isMaster(given);
    const store = this.#isOwn ? masterStoreOf(given) : (given as Master).store;
    for (const object of options.objects)
      if (isSyncObject(object) || store.find(object) === undefined)
        throw createError('INVALID_OPTION', `objects: the database has no ${String(object).slice(0, 80)} to sync`);
    if (!this.#isOwn && options.serverFields !== undefined)
      throw createError('INVALID_OPTION', 'serverFields is an option of databaseMaster(), where the master was made');
    this.#environment = options.env ?? (this.#isOwn ? store.environment : systemEnvironment());
    if (this.#environment.digest === undefined) throw createError('INVALID_OPTION', NO_DIGEST);
    this.#buckets = new TokenBuckets(this.#limits.requestsPerMinute, this.#environment);
    this.#ready = this.#open(given);
    // Told by the requests that wait for it.
    this.#ready.catch(() => undefined);
  }

  async #open(given: Master | object): Promise<Ready> {
    const { serverFields } = this.#options;
    const master = this.#isOwn
      ? await databaseMaster(given, serverFields === undefined ? {} : { serverFields })
      : (given as Master);
    const context: SyncContext = {
      master,
      options: this.#options,
      limits: this.#limits,
      environment: this.#environment,
      objects: new Set(this.#options.objects),
      hear: (error, at) => this.#hear(error, at),
    };
    this.#hub = new StreamHub(context);
    return { context, hub: this.#hub };
  }

  async handle(request: Request): Promise<Response> {
    const from = this.#environment.elapsed();
    const route = matchRoute(this.#options, request);
    const call: Counted = { rows: 0 };
    let response: Response;
    try {
      response =
        request.method === 'OPTIONS'
          ? answerPreflight(this.#options, request)
          : await this.#answer(request, route, call);
    } catch (error) {
      this.#hear(error, contextOf(route, call));
      response = failureResponse(error);
    }
    for (const [name, value] of Object.entries(corsHeaders(this.#options, request)))
      if (name === 'vary') response.headers.append(name, value);
      else response.headers.set(name, value);
    response.headers.set('x-content-type-options', 'nosniff');
    this.#count(route, response.status, call.rows);
    this.#tell({
      method: request.method.slice(0, 16),
      route: route.name,
      status: response.status,
      ms: this.#environment.elapsed() - from,
      rows: call.rows,
    });
    return response;
  }

  #tell(event: Parameters<NonNullable<SyncHandlerOptions['onRequest']>>[0]): void {
    tellQuietly(() => this.#options.onRequest?.(event));
  }

  /** A failure that is meant for the client is no error. */
  #hear(error: unknown, context: ErrorContext): void {
    if (!(error instanceof SyncFailure)) tellQuietly(() => this.#options.onError?.(error, context));
  }

  #count({ kind }: Route, status: number, rows: number): void {
    this.#requests++;
    if (status >= 400) this.#failures++;
    if (kind === 'push' || kind === 'rxPush') this.#pushed += rows;
    else this.#pulled += rows;
  }

  async #answer(request: Request, route: Route, counted: Counted): Promise<Response> {
    if (this.#isClosed) throw new SyncFailure(503, 'SYNC_UNREACHABLE', 'the server is closing: try again later');
    if (route.kind === 'none') throw new SyncFailure(404, 'NOT_FOUND', NO_ROUTE);
    if (request.method !== route.method)
      throw new SyncFailure(405, 'METHOD_NOT_ALLOWED', `this route is asked with ${route.method}`, {
        headers: { allow: `${route.method}, OPTIONS` },
      });
    const identity = await this.#authorize(request);
    counted.user = identity.user;
    const wait = this.#buckets.take(identity.user);
    if (wait > 0)
      throw new SyncFailure(
        429,
        'SYNC_LIMIT',
        `more than ${this.#limits.requestsPerMinute} requests in a minute: wait for retry-after`,
        {
          headers: { 'retry-after': String(Math.ceil(wait / 1000)) },
        },
      );
    const ready = await this.#ready;
    const onRows = (count: number) => {
      this.#pulled += count;
    };
    const hear = (error: unknown) => this.#hear(error, contextOf(route, counted));
    const call: SyncCall = Object.assign(counted, { request, identity, onRows, hear });
    return this.#run(ready, call, route);
  }

  async #authorize(request: Request): Promise<SyncIdentity> {
    const identity = await this.#options.authorize(request);
    const isOver = identity?.until !== undefined && identity.until <= this.#environment.now();
    if (identity === undefined || identity === null || isOver || typeof identity.user !== 'string')
      throw new SyncFailure(
        401,
        'SYNC_UNAUTHORIZED',
        'nobody is known by this token, or there was none: give one that is good',
        {
          headers: { 'www-authenticate': 'Bearer' },
        },
      );
    return identity;
  }

  async #run({ context, hub }: Ready, call: SyncCall, route: Route): Promise<Response> {
    switch (route.kind) {
      case 'hello':
        return json(this.#hello(context));
      case 'pull':
        return answerPull(context, call);
      case 'push':
        return answerPush(context, call, hub);
      case 'stream': {
        const asked = readPull(context, await readJson(call.request, context.limits));
        const viewpoint = await openViewpoint(context, call, asked.objects, asked.checkpoint, asked.pushed);
        return hub.open(call, viewpoint, WIRE_FORMAT, false, asked.stream);
      }
      case 'rxPull':
        return answerRxPull(context, call, route.object);
      case 'rxPush':
        return answerRxPush(context, call, route.object);
      case 'rxStream':
        return answerRxStream(context, call, route.object, hub);
      case 'none':
        throw new SyncFailure(404, 'NOT_FOUND', NO_ROUTE);
    }
  }

  #hello({ master }: SyncContext): Hello {
    const { pushRows, pullLimit, bodyBytes } = this.#limits;
    const objects: Record<string, Hello['objects'][string]> = {};
    for (const name of this.#options.objects)
      objects[name] = {
        version: entityOf(master, name)?.definition.version ?? 1,
        serverFields: [...master.serverFields(name)],
      };
    return { protocol: PROTOCOL, objects, limits: { pushRows, pullLimit, bodyBytes } };
  }

  stats(): SyncStats {
    return {
      requests: this.#requests,
      failures: this.#failures,
      pulled: this.#pulled,
      pushed: this.#pushed,
      streams: this.#hub?.count ?? 0,
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const ready = await this.#ready.catch(() => undefined);
    ready?.hub.close();
    if (this.#isOwn) await ready?.context.master.close();
  }
}

function isMaster(given: object): given is Master {
  return (
    typeof (given as Partial<Master>).write === 'function' && typeof (given as Partial<Master>).check === 'function'
  );
}

/**
 * Makes a handler of the requests by which clients sync with a master, or with an open database that has `masterObjects`. Throws
 * `INVALID_OPTION`.
 */
export function createSyncHandler(master: Master | object, options: SyncHandlerOptions): SyncHandler {
  const handler = new Handler(master, options);
  return Object.assign((request: Request) => handler.handle(request), {
    close: () => handler.close(),
    stats: () => handler.stats(),
  });
}
