import { type Call, HttpCaller } from './http-caller.ts';
import { checkHttpOptions, type HttpOptions } from './http-options.ts';
import { malformed } from './malformed.ts';
import { parseJson } from './parse-json.ts';
import { PullLines } from './pull-lines.ts';
import { mediaTypeOf, readChunks, readText } from './read-body.ts';
import { readEvents } from './read-events.ts';
import { readLines } from './read-lines.ts';
import { type PullPage, type Remote, RemoteFailure, type StreamMessage } from './remote.ts';
import {
  type PullRequest,
  type PushAnswer,
  type PushRequest,
  pullAnswer,
  pushAnswer,
  type StreamDocuments,
  streamDocuments,
} from './wire.ts';

export interface HttpRemoteOptions extends HttpOptions {
  /** How long a stream may be silent before it counts as dead; the server lets it hear something more often. 40,000 ms by default. */
  readonly streamTimeoutMs?: number | undefined;
  /** Whether large pushes are compressed, where the platform can. Off by default: proxies exist that refuse it. */
  readonly gzip?: boolean | undefined;
}

const STREAM_TIMEOUT_MS = 40_000;
/** Below this a pull is one small page, which JSON serves as well. */
const LINES_FROM = 1_000;
const GZIP_FROM_BYTES = 16_384;
const JSON_TYPE = 'application/json';
const LINES_TYPE = 'application/x-ndjson';
const EVENTS_TYPE = 'text/event-stream';

/** A server that speaks our wire format over HTTP. Throws `INVALID_OPTION`. */
export function http(options: HttpRemoteOptions): Remote {
  return new HttpRemote(checkHttpOptions(options, { gzip: 'boolean' }), options);
}

class HttpRemote implements Remote {
  readonly #url: string;
  readonly #caller: HttpCaller;
  readonly #isGzip: boolean;
  readonly #streamTimeoutMs: number;

  constructor(url: string, options: HttpRemoteOptions) {
    this.#url = url;
    this.#caller = new HttpCaller(options);
    this.#isGzip = options.gzip ?? false;
    this.#streamTimeoutMs = options.streamTimeoutMs ?? STREAM_TIMEOUT_MS;
  }

  async *pull(request: PullRequest, signal: AbortSignal): AsyncGenerator<PullPage, void> {
    const seen = new Set<string | null>();
    for (let { checkpoint } = request; ; ) {
      // Pages that go round in a circle would never end.
      if (seen.has(checkpoint)) throw malformed('the checkpoints of a pull do not move on');
      seen.add(checkpoint);
      let isDone = false;
      for await (const page of this.#pages({ ...request, checkpoint }, signal)) {
        checkpoint = page.checkpoint ?? checkpoint;
        isDone = page.done;
        yield page;
        if (isDone) return;
      }
    }
  }

  async *#pages(request: PullRequest, signal: AbortSignal): AsyncGenerator<PullPage, void> {
    const wantsLines = request.checkpoint === null || request.limit >= LINES_FROM;
    const accept = wantsLines ? `${LINES_TYPE}, ${JSON_TYPE}` : JSON_TYPE;
    const answer = await this.#caller.send(this.#post('pull', request, accept), signal);
    const limits = { maxBytes: this.#caller.pullBytes, silenceMs: this.#caller.timeoutMs };
    if (mediaTypeOf(answer.response) === JSON_TYPE) {
      yield readPage(await readText(answer, limits), request.objects.length);
      return;
    }
    const lines = new PullLines(request.objects.length);
    for await (const some of readLines(readChunks(answer, limits))) {
      for (const line of some) {
        const page = lines.next(line);
        if (page === undefined) continue;
        yield page;
        if (page.done) return;
      }
    }
    throw malformed('the answer to a pull was cut off');
  }

  async push(request: PushRequest, signal: AbortSignal): Promise<PushAnswer> {
    const text = JSON.stringify(request);
    const bytes = this.#isGzip && text.length > GZIP_FROM_BYTES ? await compress(text) : undefined;
    const call: Call = {
      ...this.#call('push', text, JSON_TYPE, request.versions),
      ...(bytes !== undefined && { body: bytes, isGzip: true }),
    };
    const answered = await this.#caller.sendForText(call, this.#caller.otherBytes, signal);
    const answer = pushAnswer.safeParse(parseJson(answered));
    if (!answer.success) throw malformed('the answer to a push has other fields or values');
    const { push, commits } = answer.data;
    const isAnswer =
      push === request.push &&
      commits.length === request.commits.length &&
      commits.every((rows, i) => rows.length === request.commits[i]?.length);
    if (!isAnswer) throw malformed('the answer is that to another push');
    return answer.data;
  }

  async *stream(request: PullRequest, signal: AbortSignal): AsyncGenerator<StreamMessage, void> {
    const answer = await this.#caller.send(this.#post('stream', request, EVENTS_TYPE), signal);
    const limits = { maxBytes: Number.POSITIVE_INFINITY, silenceMs: this.#streamTimeoutMs };
    for await (const events of readEvents(readChunks(answer, limits), this.#caller.otherBytes)) {
      yield { kind: 'alive' };
      for (const { event, data } of events) {
        if (event === 'resync' || event === 'RESYNC') yield { kind: 'resync' };
        else if (event === 'documents') yield readDocuments(data, request.objects.length);
      }
    }
  }

  #post(route: string, request: PullRequest, accept: string): Call {
    const versions = Object.fromEntries(request.objects.map(({ name, version }) => [name, version]));
    return this.#call(route, JSON.stringify(request), accept, versions);
  }

  #call(route: string, body: string, accept: string, versions: Readonly<Record<string, number>>): Call {
    return { method: 'POST', url: `${this.#url}/${route}`, accept, body, versions };
  }
}

/** A page of a pull that is answered as one JSON text. */
function readPage(text: string, objects: number): PullPage {
  const answer = pullAnswer.safeParse(parseJson(text));
  if (!answer.success) throw malformed('the answer to a pull has other fields or values');
  if (answer.data.documents.some(([place]) => place >= objects))
    throw malformed('a record is of an object that was not asked for');
  return answer.data;
}

/** What an event says; one that cannot be read leaves a gap, which only a pull can fill. */
function readDocuments(data: string, objects: number): StreamMessage {
  const documents = readSound(data);
  return documents?.documents.every(([place]) => place < objects)
    ? { kind: 'documents', ...documents }
    : { kind: 'resync' };
}

function readSound(data: string): StreamDocuments | undefined {
  try {
    return streamDocuments.safeParse(parseJson(data)).data;
  } catch (error) {
    if (error instanceof RemoteFailure) return undefined;
    throw error;
  }
}

/** The text as gzip; undefined where the platform cannot. */
async function compress(text: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (typeof CompressionStream === 'undefined') return undefined;
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
