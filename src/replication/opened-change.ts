import type { StoredRecord } from '../engine/record/record.ts';

/** What an entry of the outbox begins with. */
export interface OpenedChange {
  readonly object: string;
  readonly id: string;
  readonly kind: string;
  /** With which it is sent. */
  readonly commit: number;
  /** When the record was first changed: a stored dateTime. */
  readonly since: string;
  /** What the server is taken to hold in the fields that were changed; undefined for a record that it does not know. */
  readonly base: Readonly<Record<string, unknown>> | undefined;
}

/** A new entry of the outbox: waits to be sent. */
export function openedChange({ object, id, kind, commit, since, base }: OpenedChange): StoredRecord {
  return {
    Object: object,
    RecordId: id,
    Kind: kind,
    State: 'pending',
    Commit: commit,
    FirstChangeDate: since,
    Base: base === undefined ? null : JSON.stringify(base),
    Sent: null,
  };
}
