import { type Environment, systemEnvironment } from '../engine/ground/environment.ts';
import { Exchange } from './exchange.ts';
import { failureOfStatus, readErrorBody } from './failure-of-status.ts';
import { createHeaders, type HttpOptions } from './http-options.ts';
import { malformed } from './malformed.ts';
import { readJson } from './parse-json.ts';
import { mediaTypeOf, readText } from './read-body.ts';
import type { RemoteFailure } from './remote.ts';
import { readRetryAfter } from './retry-after.ts';
import { type Token, TokenSource } from './token-source.ts';

const MEBIBYTE = 2 ** 20;
const TIMEOUT_MS = 30_000;
const PULL_BYTES_MAX = 256 * MEBIBYTE;
const OTHER_BYTES_MAX = 8 * MEBIBYTE;
const ERROR_BYTES_MAX = 65_536;
/** What the slowest connection sends in a second on which a large request still has the time that it needs. */
const SENT_A_SECOND = 32_000;

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly accept: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Whether the body is gzip. */
  readonly isGzip?: boolean;
  /** The version of each object that is asked for, to say which of them does not fit. */
  readonly versions?: Readonly<Record<string, number>>;
}

/** An answer whose body has not been read. Whoever holds it reads it to its end or closes the exchange. */
export interface Answer {
  readonly response: Response;
  readonly exchange: Exchange;
}

/** Where a call goes, without host and query. */
function pathOf({ url }: Call): string {
  return new URL(url).pathname;
}

/** Makes requests of one server: its headers, its token, the waits, and what each status means. */
export class HttpCaller {
  readonly env: Environment;
  /** How long to wait for any one thing. */
  readonly timeoutMs: number;
  readonly pullBytes: number;
  readonly otherBytes: number;
  readonly #options: HttpOptions;
  readonly #tokens: TokenSource | undefined;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.env = options.env ?? systemEnvironment();
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.pullBytes = options.maxBytes ?? PULL_BYTES_MAX;
    this.otherBytes = Math.min(this.pullBytes, OTHER_BYTES_MAX);
    if (options.token !== undefined) this.#tokens = new TokenSource(options.token, this.env, this.timeoutMs);
  }

  /** Resolves with an answer of success, of a media type that was asked for. Rejects with a failure or `ABORTED`. */
  async send(call: Call, signal: AbortSignal): Promise<Answer> {
    let answer = await this.#attempt(call, signal);
    if (answer.response.status === 401 && answer.token !== undefined) {
      answer.exchange.close();
      answer = await this.#attempt(call, signal, answer.token);
    }
    const { response, exchange } = answer;
    try {
      if (!response.ok) throw await this.#failure(answer, call);
      const type = mediaTypeOf(response);
      if (!call.accept.split(', ').includes(type))
        throw malformed(`${pathOf(call)} answered with another media type than ${call.accept}`);
    } catch (error) {
      exchange.close();
      throw error;
    }
    return answer;
  }

  /** Sends JSON, and gives what is answered as text. */
  async sendForText(call: Call, maxBytes: number, signal: AbortSignal): Promise<string> {
    return readText(await this.send(call, signal), { maxBytes, silenceMs: this.timeoutMs });
  }

  async #attempt(call: Call, signal: AbortSignal, refused?: Token): Promise<Answer & { readonly token?: Token }> {
    const exchange = new Exchange(this.env, signal);
    try {
      const token = await this.#token(exchange, refused);
      const headers = await this.#headers(call, exchange);
      if (token !== undefined) headers.set('authorization', `Bearer ${token.value}`);
      const asked = this.#fetch(call, headers, exchange.signal);
      // One that heeds no signal may answer when nobody waits any more.
      asked.then(
        (late) => {
          if (exchange.signal.aborted) late.body?.cancel().catch(() => {});
        },
        () => {},
      );
      const sendingMs = Math.floor((call.body?.length ?? 0) / SENT_A_SECOND) * 1_000;
      const response = await exchange.wait(asked, this.timeoutMs + sendingMs);
      return token === undefined ? { response, exchange } : { response, exchange, token };
    } catch (error) {
      exchange.close();
      throw error;
    }
  }

  async #token(exchange: Exchange, refused: Token | undefined): Promise<Token | undefined> {
    if (this.#tokens === undefined) return undefined;
    return exchange.wait(refused === undefined ? this.#tokens.get() : this.#tokens.renew(refused), this.timeoutMs);
  }

  async #headers({ accept, body, isGzip }: Call, exchange: Exchange): Promise<Headers> {
    const { headers: given } = this.#options;
    const values =
      typeof given === 'function' ? await exchange.wait((async () => given())(), this.timeoutMs) : (given ?? {});
    const headers = createHeaders(values);
    headers.set('accept', accept);
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (isGzip) headers.set('content-encoding', 'gzip');
    return headers;
  }

  async #fetch({ method, url, body }: Call, headers: Headers, signal: AbortSignal): Promise<Response> {
    const init: RequestInit & { readonly cache: string } = {
      method,
      headers,
      signal,
      cache: 'no-store',
      // Records and secrets go to the server that was named and to no other.
      redirect: 'manual',
      ...(body !== undefined && { body }),
    };
    const { fetch } = this.#options;
    return fetch === undefined ? globalThis.fetch(url, init) : fetch(url, init);
  }

  async #failure(answer: Answer, call: Call): Promise<RemoteFailure> {
    const { response } = answer;
    // A browser hides the status of a redirect that is not followed.
    const status = response.type === 'opaqueredirect' ? 302 : response.status;
    const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), this.env.now());
    const asked = { path: pathOf(call), versions: call.versions ?? {} };
    return failureOfStatus(status, readErrorBody(await this.#errorBody(answer), asked.versions), {
      retryAfterMs,
      asked,
    });
  }

  /** The body of an error; undefined where it cannot be read, which makes the status no less true. */
  async #errorBody(answer: Answer): Promise<unknown> {
    if (mediaTypeOf(answer.response) !== 'application/json') return undefined;
    try {
      return readJson(await readText(answer, { maxBytes: ERROR_BYTES_MAX, silenceMs: this.timeoutMs }));
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === 'ABORTED') throw error;
      return undefined;
    }
  }
}
