import { ERROR_CODES, type ErrorCode } from '../engine/ground/errors.ts';
import { type FailureKind, RemoteFailure, type ResetReason } from './remote.ts';

/** What the body of an answer that is an error tells, as far as it is of our format. */
export interface ErrorBody {
  readonly code: ErrorCode | undefined;
  readonly reason: ResetReason | undefined;
}

const REASONS: ReadonlySet<unknown> = new Set<ResetReason>(['too-old', 'lost', 'rights']);

/** Reads the body of an error; the text that the server gives is left where it is. */
export function readErrorBody(body: unknown): ErrorBody {
  const error = (body as { readonly error?: unknown } | null | undefined)?.error;
  if (typeof error !== 'object' || error === null) return { code: undefined, reason: undefined };
  const { code, reason } = error as { readonly code?: unknown; readonly reason?: unknown };
  return {
    code: typeof code === 'string' && Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : undefined,
    reason: REASONS.has(reason) ? (reason as ResetReason) : undefined,
  };
}

const KINDS: Readonly<Record<number, readonly [FailureKind, ErrorCode]>> = {
  401: ['unauthorized', 'SYNC_UNAUTHORIZED'],
  403: ['unauthorized', 'SYNC_FORBIDDEN'],
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

/** The failure that an HTTP status other than success stands for. Its message has the status and the code, no more. */
export function failureOfStatus(
  status: number,
  body: ErrorBody,
  more: { readonly retryAfterMs: number | undefined },
): RemoteFailure {
  const [kind, code] = kindOf(status, body);
  const said = body.code === undefined ? '' : ` (${body.code})`;
  return new RemoteFailure(kind, code, `the server answered ${status}${said}`, {
    ...(kind === 'retry' && { retryAfterMs: more.retryAfterMs }),
    ...(kind === 'reset' && { reason: body.reason ?? 'lost' }),
  });
}
