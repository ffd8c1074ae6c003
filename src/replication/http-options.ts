import { checkOptions } from '../engine/calls/check-options.ts';
import type { Environment } from '../engine/ground/environment.ts';
import { createError } from '../engine/ground/errors.ts';
import type { GiveToken } from './token-source.ts';

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
type HeaderValues = Readonly<Record<string, string>>;

/** How a server is asked over HTTP. */
export interface HttpOptions {
  /** Where the server is, without a query: `https://example.org/sync`. It may hold no user and no password. */
  readonly url: string;
  /** Sent with each request; a function is asked before each. */
  readonly headers?: HeaderValues | (() => HeaderValues | Promise<HeaderValues>) | undefined;
  /** Sent as a bearer token. Asked before each request, and once more, with `true`, after a 401. */
  readonly token?: GiveToken | undefined;
  /** What makes requests; the platform's `fetch` by default. */
  readonly fetch?: Fetch | undefined;
  /**
   * How long to wait for an answer to begin, and for each further part of it. 30,000 ms by default. A large request has a second
   * more for each 32 kB, in which it is sent.
   */
  readonly timeoutMs?: number | undefined;
  /** How long a stream may be silent before it counts as dead. */
  readonly streamTimeoutMs?: number | undefined;
  /** The greatest answer to a pull, in bytes, decompressed. 256 MiB by default; other answers are held to 8 MiB at most. */
  readonly maxBytes?: number | undefined;
  /** Clock, random bytes and timers. */
  readonly env?: Environment | undefined;
}

const HTTP_OPTION_KINDS = {
  url: 'string',
  token: 'function',
  fetch: 'function',
  timeoutMs: 'number',
  streamTimeoutMs: 'number',
  maxBytes: 'number',
  env: 'object',
} as const;

/** A day: far below where timers of the platform wrap around. */
const TIMER_MAX_MS = 86_400_000;

function checkNumber(name: string, value: number | undefined, max: number): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= max))
    throw createError('INVALID_OPTION', `${name} is a whole number from 1 to ${max}`);
}

/** The base of all addresses, without a slash at its end. */
function checkUrl(text: unknown): string {
  if (typeof text !== 'string' || !URL.canParse(text))
    throw createError('INVALID_OPTION', 'url is an absolute URL, such as https://desk.example.com/sync');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw createError('INVALID_OPTION', 'url begins with http: or https:');
  // They would stand in logs, and browsers refuse them.
  if (url.username !== '' || url.password !== '')
    throw createError('INVALID_OPTION', 'url holds no user and no password: give them by headers or token');
  if (url.search !== '' || url.hash !== '')
    throw createError('INVALID_OPTION', 'url has no query and no fragment: routes are appended to it');
  return url.href.replace(/\/+$/, '');
}

/** The options without what is wrong with them. Throws `INVALID_OPTION`; `more`: the kinds of options of one remote alone. */
export function checkHttpOptions(options: HttpOptions, more: Readonly<Record<string, string>>): string {
  if (typeof options !== 'object' || options === null)
    throw createError('INVALID_OPTION', 'options are an object, such as { url }');
  const { headers, ...others } = options;
  checkOptions(others, { ...HTTP_OPTION_KINDS, ...more });
  if (headers !== undefined && typeof headers !== 'function' && (typeof headers !== 'object' || headers === null))
    throw createError('INVALID_OPTION', 'headers takes an object of texts, or a function that gives one');
  if (typeof headers === 'object') createHeaders(headers);
  checkNumber('timeoutMs', options.timeoutMs, TIMER_MAX_MS);
  checkNumber('streamTimeoutMs', options.streamTimeoutMs, TIMER_MAX_MS);
  checkNumber('maxBytes', options.maxBytes, Number.MAX_SAFE_INTEGER);
  return checkUrl(options.url);
}

/** Throws `INVALID_OPTION` for what no header can be; the platform's own error would quote it. */
export function createHeaders(values: HeaderValues): Headers {
  try {
    return new Headers(values);
  } catch {
    throw createError('INVALID_OPTION', 'headers has what cannot be the name or the value of a header');
  }
}
