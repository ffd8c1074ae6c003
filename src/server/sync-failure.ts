import type { ErrorCode } from '../engine/ground/errors.ts';
import type { ResetReason } from '../replication/remote.ts';

/** Why a request is not answered as it asks: what its error body says. The message holds nothing of any record. */
export class SyncFailure extends Error {
  override readonly name = 'SyncFailure';
  readonly status: number;
  readonly code: ErrorCode;
  readonly reason: ResetReason | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    more: { readonly reason?: ResetReason; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.reason = more.reason;
    this.headers = more.headers ?? {};
  }
}

/** The request is not of the wire format. */
export function malformed(message: string): SyncFailure {
  return new SyncFailure(400, 'SYNC_MALFORMED', message);
}

/** The answer to what failed; of anything unforeseen no more than that it did. */
export function failureResponse(error: unknown): Response {
  const failure =
    error instanceof SyncFailure ? error : new SyncFailure(500, 'SYNC_UNREACHABLE', 'the server could not do this');
  const { status, code, message, reason, headers } = failure;
  const body = { error: { code, message, ...(reason !== undefined && { reason }) } };
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}
