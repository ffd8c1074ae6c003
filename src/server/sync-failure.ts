import type { ErrorCode } from '../engine/ground/errors.ts';
import type { ResetReason } from '../replication/remote.ts';

/** What does not fit, for the client to put in its own words. */
export interface FailureDetail {
  /** The object that is not served, or not in the version asked for. */
  readonly object?: string;
  /** The versions of it that are taken. */
  readonly versions?: readonly number[];
  /** The version of the wire format that is spoken here. */
  readonly protocol?: number;
}

/** Why a request is not answered as it asks: what its error body says. The message holds nothing of any record. */
export class SyncFailure extends Error {
  override readonly name = 'SyncFailure';
  readonly status: number;
  readonly code: ErrorCode;
  readonly reason: ResetReason | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly detail: FailureDetail;

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    more: {
      readonly reason?: ResetReason;
      readonly headers?: Readonly<Record<string, string>>;
      readonly detail?: FailureDetail;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.reason = more.reason;
    this.headers = more.headers ?? {};
    this.detail = more.detail ?? {};
  }
}

/** The request is not of the wire format. */
export function malformed(message: string): SyncFailure {
  return new SyncFailure(400, 'SYNC_MALFORMED', message);
}

/** The answer to what failed; of anything unforeseen no more than that it did. */
export function failureResponse(error: unknown): Response {
  const failure =
    error instanceof SyncFailure
      ? error
      : new SyncFailure(500, 'SYNC_UNREACHABLE', 'the server failed at this: try again later');
  const { status, code, message, reason, headers, detail } = failure;
  const body = { error: { code, message, ...(reason !== undefined && { reason }), ...detail } };
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}
