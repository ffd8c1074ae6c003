import { createError } from '../engine/ground/errors.ts';
import { type EndpointsOptions, endpoints, type ForeignMessage } from './endpoints.ts';
import type { MappingOptions } from './foreign-mapping.ts';
import { type Answer, type Call, HttpCaller } from './http-caller.ts';
import { checkHttpOptions, type HttpOptions } from './http-options.ts';
import { mergeStreams } from './merge-streams.ts';
import { parseJson } from './parse-json.ts';
import type { ForeignPage } from './pull-object.ts';
import { type ReadLimits, readChunks } from './read-body.ts';
import { readEvents } from './read-events.ts';
import { type Remote, RemoteFailure } from './remote.ts';

/** Addresses below the `url`, where they are others than the usual. Each gives a path, with a query where it needs one. */
export interface RxdbPaths {
  /** `{object}/pull?...&limit=...` by default, with the fields of the checkpoint in the query. */
  readonly pull?: (request: {
    readonly object: string;
    readonly checkpoint: unknown;
    readonly limit: number;
  }) => string;
  /** `{object}/push` by default. */
  readonly push?: (request: { readonly object: string }) => string;
  /** `{object}/stream` by default. */
  readonly stream?: (request: { readonly object: string }) => string;
}

export interface RxdbHttpOptions extends HttpOptions, MappingOptions {
  readonly paths?: RxdbPaths | undefined;
  /** Whether there are streams; true by default. Each object has one, and a browser opens six at once to a server without HTTP/2. */
  readonly streams?: boolean | undefined;
  /**
   * How long a stream may be silent before it is opened again, and what it missed is pulled. 120,000 ms by default: the convention
   * has no sign of life, so silence may mean no more than that nothing happens.
   */
  readonly streamTimeoutMs?: number | undefined;
}

const STREAM_TIMEOUT_MS = 120_000;
const JSON_TYPE = 'application/json';
const EVENTS_TYPE = 'text/event-stream';

/** A backend that speaks RxDB's documented HTTP convention and nothing else. Throws `INVALID_OPTION`. */
export function rxdbHttp(options: RxdbHttpOptions): Remote {
  const url = checkHttpOptions(options, {
    paths: 'object',
    streams: 'boolean',
    toRecord: 'function',
    toDocument: 'function',
    idField: 'function',
  });
  const paths = checkPaths(options.paths ?? {});
  const caller = new HttpCaller(options);
  const streamTimeoutMs = options.streamTimeoutMs ?? STREAM_TIMEOUT_MS;
  const ask = async (call: Omit<Call, 'accept' | 'url'>, path: string, maxBytes: number, signal: AbortSignal) =>
    parseJson(await caller.sendForText({ ...call, accept: JSON_TYPE, url: `${url}/${path}` }, maxBytes, signal));
  const { toRecord, toDocument, idField } = options;
  const functions: EndpointsOptions = {
    toRecord,
    toDocument,
    idField,
    // What is of another shape is found out where pages and conflicts are taken in.
    pull: async ({ signal, ...request }) =>
      (await ask({ method: 'GET' }, paths.pull(request), caller.pullBytes, signal)) as ForeignPage,
    push: async ({ object, rows, signal }) =>
      (await ask(
        { method: 'POST', body: JSON.stringify(rows) },
        paths.push({ object }),
        caller.otherBytes,
        signal,
      )) as readonly unknown[],
    stream: ({ objects, signal }) => {
      let closed = objects.length;
      return mergeStreams(
        objects.map(
          (object) =>
            async function* (ended: AbortSignal): AsyncGenerator<ForeignMessage, void> {
              const call: Call = { method: 'GET', accept: EVENTS_TYPE, url: `${url}/${paths.stream({ object })}` };
              const answer = await caller.send(call, ended);
              // From when all are open nothing is missed, and what was missed before a pull can bring.
              closed -= 1;
              if (closed === 0) yield 'RESYNC';
              yield* readMessages(object, answer, { maxBytes: caller.otherBytes, silenceMs: streamTimeoutMs });
            },
        ),
        signal,
      );
    },
  };
  return endpoints(options.streams === false ? { ...functions, stream: undefined } : functions);
}

function checkPaths(paths: RxdbPaths): Required<RxdbPaths> {
  for (const [name, path] of Object.entries(paths)) {
    if (name !== 'pull' && name !== 'push' && name !== 'stream')
      throw createError('INVALID_OPTION', `paths has no ${name.slice(0, 80)}: there are pull, push and stream`);
    if (path !== undefined && typeof path !== 'function')
      throw createError('INVALID_OPTION', `paths.${name} takes a function that gives a path`);
  }
  return {
    pull: paths.pull ?? pullPath,
    push: paths.push ?? (({ object }) => `${encodeURIComponent(object)}/push`),
    stream: paths.stream ?? (({ object }) => `${encodeURIComponent(object)}/stream`),
  };
}

function pullPath({ object, checkpoint, limit }: Parameters<Required<RxdbPaths>['pull']>[0]): string {
  const query = new URLSearchParams();
  if (typeof checkpoint === 'object' && checkpoint !== null)
    for (const [name, value] of Object.entries(checkpoint))
      query.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  else if (checkpoint !== null && checkpoint !== undefined) query.set('checkpoint', String(checkpoint));
  query.set('limit', String(limit));
  return `${encodeURIComponent(object)}/pull?${query}`;
}

async function* readMessages(
  object: string,
  answer: Answer,
  { maxBytes, silenceMs }: ReadLimits,
): AsyncGenerator<ForeignMessage, void> {
  const chunks = readChunks(answer, { maxBytes: Number.POSITIVE_INFINITY, silenceMs });
  for await (const events of readEvents(chunks, maxBytes)) {
    yield 'ALIVE';
    for (const { event, data } of events)
      if (event === undefined || event === 'message') yield readMessage(object, data);
      else if (event === 'RESYNC') yield 'RESYNC';
  }
}

function readMessage(object: string, data: string): ForeignMessage {
  if (data === 'RESYNC') return 'RESYNC';
  try {
    const page = parseJson(data) as ForeignPage | 'RESYNC' | null;
    if (typeof page !== 'object' || page === null || !Array.isArray(page.documents)) return 'RESYNC';
    return { object, documents: page.documents, checkpoint: page.checkpoint };
  } catch (error) {
    // One that cannot be read leaves a gap, which only a pull can fill.
    if (error instanceof RemoteFailure) return 'RESYNC';
    throw error;
  }
}
