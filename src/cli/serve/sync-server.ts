import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSyncHandler, type SyncHandler } from '../../server/create-sync-handler.ts';
import { toNodeListener } from '../../server/node-listener.ts';
import type { SyncEvent } from '../../server/sync-options.ts';
import { type Fault, faultOf } from './fault-of.ts';
import type { Served } from './open-served.ts';
import type { LoggedRequest } from './request-log.ts';
import { type Gauges, ServeMetrics } from './serve-metrics.ts';
import type { TokenBook } from './token-book.ts';

export interface SyncServerParts {
  readonly served: Served;
  readonly objects: readonly string[];
  /** Undefined: everyone is let in, who must be on this machine then. */
  readonly tokens: TokenBook | undefined;
  readonly origins: readonly string[];
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  readonly random: (bytes: Uint8Array) => Uint8Array;
  readonly wake: (action: () => void, ms: number) => () => void;
  readonly readProcess: () => Pick<Gauges, 'residentBytes' | 'loopDelay'>;
  readonly onRequest: (request: LoggedRequest) => void;
  /** Hears what went wrong in the course of requests to a route. */
  readonly onFault: (route: string, fault: Fault) => void;
}

/** Who everyone is where there are no tokens: the standard user of a database. */
const ANYONE = '005000000000000AAA';
const REQUEST_ID = /^[\w.-]{1,64}$/;
const HEALTH_MS = 2_000;
const KEEP_ALIVE_MS = 65_000;
const LOCAL_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What else than syncs is answered. */
interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function refusal(status: number, code: string, message: string, headers: Record<string, string> = {}): Answer {
  return { status, body: JSON.stringify({ error: { code, message } }), headers };
}

/** A server of syncs, with what those who run it ask of it. */
export class SyncServer {
  readonly #parts: SyncServerParts;
  readonly #handler: SyncHandler;
  readonly #server: Server;
  readonly #metrics = new ServeMetrics();
  /** Carries what the handler tells of a request to where its id is known. */
  readonly #current = new AsyncLocalStorage<{ event?: SyncEvent }>();
  #startedMs = 0;
  #underWay = 0;
  #isStopping = false;
  #onIdle: (() => void) | undefined;

  constructor(parts: SyncServerParts) {
    this.#parts = parts;
    this.#handler = createSyncHandler(parts.served.master, {
      objects: parts.objects,
      authorize: (request) => this.#userOf(request.headers.get('authorization') ?? undefined),
      ...(parts.origins.length > 0 && { cors: { origins: parts.origins } }),
      onRequest: (event) => {
        const box = this.#current.getStore();
        if (box !== undefined) box.event = event;
      },
      onError: (error, { route }) => parts.onFault(route, faultOf(error)),
    });
    this.#server = createServer((req, res) => this.#hear(req, res));
    this.#server.keepAliveTimeout = KEEP_ALIVE_MS;
  }

  /** Resolves with the port. Rejects with what the system refused with. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => resolve());
    });
    this.#startedMs = this.#parts.elapsed();
    return (this.#server.address() as AddressInfo).port;
  }

  /**
   * Answers no new requests, ends streams, and lets those under way finish within so many milliseconds. Resolves with how many
   * were cut off.
   */
  async stop(deadlineMs: number): Promise<number> {
    this.#isStopping = true;
    await this.#handler.close();
    if (this.#underWay > 0)
      await new Promise<void>((resolve) => {
        const cancel = this.#parts.wake(resolve, deadlineMs);
        this.#onIdle = () => {
          cancel();
          resolve();
        };
      });
    const cut = this.#underWay;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    return cut;
  }

  #userOf(authorization: string | undefined): { readonly user: string } | undefined {
    const { tokens } = this.#parts;
    if (tokens === undefined) return { user: ANYONE };
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
    const user = token === undefined ? undefined : tokens.userOf(token);
    return user === undefined ? undefined : { user };
  }

  #hear(req: IncomingMessage, res: ServerResponse): void {
    const id = this.#idOf(req);
    res.setHeader('x-request-id', id);
    const from = this.#parts.elapsed();
    this.#underWay++;
    res.once('close', () => {
      if (--this.#underWay === 0) this.#onIdle?.();
    });
    const tell = (route: string, status: number, rows: number, ms = this.#parts.elapsed() - from) => {
      const request = { id, route, method: (req.method ?? '').slice(0, 16), status, ms, rows };
      this.#metrics.count(request);
      this.#parts.onRequest(request);
    };
    if (this.#isStopping) res.setHeader('connection', 'close');
    const path = (req.url ?? '/').split('?', 1)[0] as string;
    const own = this.#answerOwn(req, path);
    if (own === undefined) this.#sync(req, res, tell);
    else
      void own.then(({ status, type = 'application/json', body, headers = {} }) => {
        res.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', ...headers });
        res.end(req.method === 'HEAD' ? undefined : body);
        tell(path === '/healthz' || path === '/metrics' ? `GET ${path}` : 'other', status, 0);
      });
  }

  #sync(req: IncomingMessage, res: ServerResponse, tell: (...of: [string, number, number, number?]) => void): void {
    toNodeListener(async (request) => {
      const box: { event?: SyncEvent } = {};
      const response = await this.#current.run(box, () => this.#handler(request));
      if (box.event !== undefined) tell(box.event.route, box.event.status, box.event.rows, box.event.ms);
      return response;
    })(req, res);
  }

  /** What is answered without the handler; undefined for all else. */
  #answerOwn(req: IncomingMessage, path: string): Promise<Answer> | undefined {
    if (path === '/healthz') return this.#health();
    if (this.#isStopping) {
      const headers = { 'retry-after': '5' };
      return Promise.resolve(refusal(503, 'SYNC_UNREACHABLE', 'the server is closing: try again later', headers));
    }
    // A page whose name leads to this machine would be let in as its user is.
    if (this.#parts.tokens === undefined && !this.#isLocal(req))
      return Promise.resolve(
        refusal(421, 'SYNC_FORBIDDEN', 'without tokens this server is asked as localhost alone: give it --token-file'),
      );
    if (path !== '/metrics') return undefined;
    if (this.#userOf(req.headers.authorization) !== undefined) return this.#figures();
    const headers = { 'www-authenticate': 'Bearer' };
    return Promise.resolve(
      refusal(
        401,
        'SYNC_UNAUTHORIZED',
        'nobody is known by this token, or there was none: give one that is good',
        headers,
      ),
    );
  }

  #isLocal({ headers }: IncomingMessage): boolean {
    const host = `http://${headers.host ?? ''}`;
    return URL.canParse(host) && LOCAL_NAMES.has(new URL(host).hostname);
  }

  async #health(): Promise<Answer> {
    const sequence = await this.#position();
    const isWell = sequence !== undefined && !this.#isStopping;
    const status = isWell ? 'ok' : this.#isStopping ? 'stopping' : 'failed';
    const uptime = Math.floor((this.#parts.elapsed() - this.#startedMs) / 1000);
    const body = JSON.stringify({ status, ...(sequence !== undefined && { sequence }), uptime });
    return { status: isWell ? 200 : 503, body };
  }

  async #figures(): Promise<Answer> {
    const { pulled, pushed, streams } = this.#handler.stats();
    const uptimeSeconds = (this.#parts.elapsed() - this.#startedMs) / 1000;
    const sequence = await this.#position();
    const figures = { pulled, pushed, streams, sequence, uptimeSeconds, ...this.#parts.readProcess() };
    return { status: 200, type: METRICS_TYPE, body: this.#metrics.render(figures) };
  }

  /** The sequence of the last commit; undefined where the storage has failed, or does not say in time. */
  async #position(): Promise<number | undefined> {
    const { served, wake } = this.#parts;
    if (served.failure() !== undefined) return undefined;
    let cancel = () => {};
    const late = new Promise<undefined>((resolve) => {
      cancel = wake(() => resolve(undefined), HEALTH_MS);
    });
    const asked = served.master.position().then(
      ({ sequence }) => sequence,
      () => undefined,
    );
    return Promise.race([asked, late]).finally(() => cancel());
  }

  /** What a proxy before us calls the request, where that can stand in a log. */
  #idOf({ headers }: IncomingMessage): string {
    const given = headers['x-request-id'];
    if (typeof given === 'string' && REQUEST_ID.test(given)) return given;
    return Buffer.from(this.#parts.random(new Uint8Array(8))).toString('hex');
  }
}
