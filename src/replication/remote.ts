import { createIssue, EngineError, type ErrorCode } from '../engine/ground/errors.ts';
import type { PulledRow } from './pulled-row.ts';
import type { PullRequest, PushAnswer, PushRequest, StreamDocuments, WireDocument } from './wire.ts';

/** Part of what a pull gives. */
export interface PullPage {
  /** Each with the place of its object in the request; a live one perhaps by its values alone. */
  readonly documents: readonly (readonly [place: number, document: WireDocument] | PulledRow)[];
  /** Up to which all has been given with this page; undefined where more of the same must come first. */
  readonly checkpoint: string | undefined;
  /** Whether nothing follows. */
  readonly done: boolean;
  /** How many documents the whole pull has at most, where the server says so. */
  readonly total?: number | undefined;
}

/** What a stream tells. `alive` says that it is still open, no more. */
export type StreamMessage =
  | ({ readonly kind: 'documents' } & StreamDocuments)
  | { readonly kind: 'resync' }
  | { readonly kind: 'alive' };

/**
 * The far side of a sync. Each may be called again with the same after a failure, and each ends with its signal, with
 * `ABORTED`. What fails rejects with a {@link RemoteFailure}; any other error counts as one that may pass.
 */
export interface Remote {
  /** Whether rows of a push must hold whole documents in both states, because the far side knows no partial ones. */
  readonly wholeRows?: true;
  /** Pages until the one that is done. Where it ends before that, the pull is begun again from the last checkpoint. */
  pull(request: PullRequest, signal: AbortSignal): AsyncIterable<PullPage>;
  push(request: PushRequest, signal: AbortSignal): Promise<PushAnswer>;
  /** Everything after the checkpoint of the request, as it happens. Absent where the far side has none: it is polled then. */
  stream?(request: PullRequest, signal: AbortSignal): AsyncIterable<StreamMessage>;
}

/** What a failure asks for. */
export type FailureKind =
  /** Try again, later. */
  | 'retry'
  /** The token is no longer good, even after a new one was asked for. */
  | 'unauthorized'
  /** The checkpoint is of no use: begin anew. */
  | 'reset'
  /** The far side speaks another version. */
  | 'outdated'
  /** The request is larger than the far side takes: send less at once. */
  | 'large'
  /** The client's name is another's too. */
  | 'cloned'
  /** The request will never be taken as it is. */
  | 'refused';

/** Why a sync must do something before the checkpoint is of use again. */
export type ResetReason =
  /** Changes this old are no longer known. */
  | 'too-old'
  /** The server has lost what it once said, as after a restored backup. */
  | 'lost'
  /** What the user may see, or asks for, is no longer the same. */
  | 'rights';

/** Why a remote did not do what it was asked. */
export class RemoteFailure extends EngineError {
  readonly kind: FailureKind;
  /** How long the far side wants to be left alone. */
  readonly retryAfterMs: number | undefined;
  readonly reason: ResetReason | undefined;

  constructor(
    kind: FailureKind,
    code: ErrorCode,
    message: string,
    more: { readonly retryAfterMs?: number | undefined; readonly reason?: ResetReason; readonly cause?: unknown } = {},
  ) {
    super([createIssue(code, message)], { cause: more.cause });
    this.kind = kind;
    this.retryAfterMs = more.retryAfterMs;
    this.reason = more.reason;
  }
}
