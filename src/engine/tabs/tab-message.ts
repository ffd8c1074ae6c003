import type { Issue } from '../ground/errors.ts';
import type { CommitPart } from '../storage/commit-codec.ts';
import type { StoredState } from '../storage/snapshot-codec.ts';
import type { StoredSchema } from '../storage/stored-schema.ts';
import type { WriteCall } from '../write/write-call.ts';

/** What tabs tell each other, as plain data. `to` names the tab that is meant; without it all are. */
export type TabMessage =
  | { readonly kind: 'who' }
  | LeadMessage
  | JoinMessage
  | SnapshotMessage
  | RowsMessage
  | JoinedMessage
  | CommitsMessage
  | CallMessage
  | AnswerMessage
  | { readonly kind: 'bye' };

/** A message, and the tab that it comes from. */
export type HeardMessage = TabMessage & { readonly from: string };

/** Of the tab that writes: that it does, or will as soon as it has read what is stored. */
export interface LeadMessage {
  readonly kind: 'lead';
  /** Rises with each tab that takes over. */
  readonly term: number;
  readonly isReady: boolean;
  readonly sequence: number;
}

/** Asks for the commits after a sequence, or for everything. */
export interface JoinMessage {
  readonly kind: 'join';
  readonly to: string;
  /** Tells the answers to one asking from those to an earlier. */
  readonly turn: number;
  readonly since: number | undefined;
}

/** Everything is to follow, in pieces: the objects and fields that they speak of. */
export interface SnapshotMessage {
  readonly kind: 'snapshot';
  readonly to: string;
  readonly turn: number;
  readonly schema: StoredSchema;
}

export interface RowsMessage {
  readonly kind: 'rows';
  readonly to: string;
  readonly turn: number;
  /** A sealed block, as it is stored. */
  readonly bytes: Uint8Array;
}

/** The end of what was asked for. With `state`, of everything; else the commits that were missing. */
export interface JoinedMessage {
  readonly kind: 'joined';
  readonly to: string;
  readonly turn: number;
  readonly schema: StoredSchema;
  readonly state: StoredState | undefined;
  readonly parts: readonly CommitPart[];
  /** Of an encrypted database: what its key opens, and no other. */
  readonly ring: Uint8Array | undefined;
  readonly sequence: number;
  /** The moment of the last commit. */
  readonly at: number;
}

/** Commits that are stored by now, those after `after` up to `sequence`. */
export interface CommitsMessage {
  readonly kind: 'commits';
  readonly after: number;
  readonly sequence: number;
  readonly parts: readonly CommitPart[];
}

/** A write for the tab that writes. */
export interface CallMessage {
  readonly kind: 'call';
  readonly to: string;
  /** Rises with each call of a tab. */
  readonly call: number;
  readonly user: string;
  readonly request: WriteRequest | Proposal;
}

export interface WriteRequest {
  readonly object: string;
  readonly write: WriteCall;
}

/** What a transaction did to the state of a sequence: to be done where that is still the state, and nowhere else. */
export interface Proposal {
  readonly base: number;
  /** By which the parts name objects and fields. */
  readonly schema: StoredSchema;
  readonly parts: readonly CommitPart[];
}

/** What a call gave, where no commit tells it; `sequence`: what was stored when it was given. */
export interface AnswerMessage {
  readonly kind: 'answer';
  readonly to: string;
  readonly call: number;
  readonly sequence: number;
  readonly result: unknown;
  readonly issues: readonly Issue[] | undefined;
}

/** Changes whenever messages do, so that tabs of another version of the program are as good as not there. */
const PROTOCOL = 'sojourn-tabs-1';

/** What is sent for a message. */
export function packMessage(message: TabMessage, self: string): object {
  return { ...message, from: self, protocol: PROTOCOL };
}

/** The message in what was heard; undefined for anything else, and for what is meant for another tab. */
export function unpackMessage(data: unknown, self: string): HeardMessage | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { protocol, from, to, kind } = data as Readonly<Record<string, unknown>>;
  if (protocol !== PROTOCOL || typeof from !== 'string' || typeof kind !== 'string') return undefined;
  if (to !== undefined && to !== self) return undefined;
  return data as HeardMessage;
}
