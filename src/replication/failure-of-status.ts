import { ERROR_CODES, type ErrorCode } from '../engine/ground/errors.ts';
import { type FailureKind, RemoteFailure, type ResetReason } from './remote.ts';
import { PROTOCOL } from './wire.ts';

/** What the body of an answer that is an error tells, as far as it is of our format. */
export interface ErrorBody {
  readonly code: ErrorCode | undefined;
  readonly reason: ResetReason | undefined;
  /** The object that is not served, or not in the version asked for, as far as it is one that was asked for. */
  readonly object: string | undefined;
  /** The versions of it that are taken; empty where that is not said. */
  readonly versions: readonly number[];
  /** The version of the wire format that the server speaks. */
  readonly protocol: number | undefined;
}

/** What was asked for, so that a failure can say where and of what. */
export interface AskedFor {
  /** The path of the address, without its query. */
  readonly path: string;
  /** The version of each object of the request. */
  readonly versions: Readonly<Record<string, number>>;
}

const REASONS: ReadonlySet<unknown> = new Set<ResetReason>(['too-old', 'lost', 'rights']);
const VERSIONS_MAX = 20;
const PATH_MAX = 200;

/** Reads the body of an error. The text that the server gives is left where it is, and so is any name that was not sent to it. */
export function readErrorBody(body: unknown, asked: AskedFor['versions']): ErrorBody {
  const error = (body as { readonly error?: unknown } | null | undefined)?.error;
  const isError = typeof error === 'object' && error !== null;
  const { code, reason, object, versions, protocol } = (isError ? error : {}) as Readonly<Record<string, unknown>>;
  return {
    code: typeof code === 'string' && Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : undefined,
    reason: REASONS.has(reason) ? (reason as ResetReason) : undefined,
    object: typeof object === 'string' && Object.hasOwn(asked, object) ? object : undefined,
    versions: Array.isArray(versions) ? versions.filter(Number.isSafeInteger).slice(0, VERSIONS_MAX) : [],
    protocol: Number.isSafeInteger(protocol) ? (protocol as number) : undefined,
  };
}

const KINDS: Readonly<Record<number, readonly [FailureKind, ErrorCode]>> = {
  401: ['unauthorized', 'SYNC_UNAUTHORIZED'],
  403: ['unauthorized', 'SYNC_FORBIDDEN'],
  // Something else answers there: for good, or while a server is being replaced. What waits must not be refused for that.
  404: ['retry', 'NOT_FOUND'],
  405: ['retry', 'NOT_FOUND'],
  408: ['retry', 'SYNC_UNREACHABLE'],
  410: ['reset', 'SYNC_CHECKPOINT'],
  413: ['large', 'SYNC_LIMIT'],
  425: ['retry', 'SYNC_UNREACHABLE'],
  426: ['outdated', 'SYNC_OUTDATED'],
  429: ['retry', 'SYNC_LIMIT'],
};

function kindOf(status: number, body: ErrorBody): readonly [FailureKind, ErrorCode] {
  if (status === 409 && body.code === 'SYNC_CLIENT') return ['cloned', 'SYNC_CLIENT'];
  const known = KINDS[status];
  if (known !== undefined) return known;
  if (status >= 400 && status < 500) return ['refused', 'SYNC_REFUSED'];
  // Whoever sends elsewhere is not the server that was asked.
  if (status < 500) return ['retry', 'SYNC_MALFORMED'];
  return ['retry', 'SYNC_UNREACHABLE'];
}

function textOf(status: number, { code, object, versions, protocol }: ErrorBody, asked: AskedFor): string {
  if (status === 404 && object !== undefined)
    return `the server does not serve ${object}: add it to its objects, or leave it out here`;
  if (status === 404 || status === 405)
    return `nothing at ${asked.path.slice(0, PATH_MAX)} speaks this format (${status}): check the url, or wait until the server is there`;
  if (status === 426 && object !== undefined && versions.length > 0)
    return `the server takes ${object} in version ${versions.join(' or ')}, and this database has version ${asked.versions[object]}`;
  if (status === 426 && protocol !== undefined)
    return `the server speaks version ${protocol} of the wire format, and this program version ${PROTOCOL}`;
  return `the server answered ${status}${code === undefined ? '' : ` (${code})`}`;
}

/**
 * The failure that an HTTP status other than success stands for. Its message is of our own words, with the status, the code, the path,
 * and names and versions that were sent.
 */
export function failureOfStatus(
  status: number,
  body: ErrorBody,
  more: { readonly retryAfterMs: number | undefined; readonly asked: AskedFor },
): RemoteFailure {
  const [kind, code] = kindOf(status, body);
  return new RemoteFailure(kind, code, textOf(status, body, more.asked), {
    ...(kind === 'retry' && { retryAfterMs: more.retryAfterMs }),
    ...(kind === 'reset' && { reason: body.reason ?? 'lost' }),
  });
}
