import { defineObject } from '../engine/definition/define-object.ts';
import { BOOK_OBJECT } from './book-object.ts';
import { keepOutbox } from './keep-outbox.ts';

/** JSON of what a record held: as long as any record can be. */
const JSON_TEXT = { type: 'textarea', properties: 'Nillable', length: 16_000_000, searchable: false } as const;
const KEY = { type: 'string', properties: 'Filter, Group, Sort', length: 255, caseSensitive: true } as const;

/** A record with local writes that the server has not taken: one for each such record, gone when it has. */
export const SyncChange = defineObject({
  ...BOOK_OBJECT,
  name: 'SyncChange',
  label: 'Sync Change',
  description: 'A record with local writes that the server has not taken yet, or has refused.',
  fields: {
    /** The object and the id of the record, joined by a colon. */
    Id: { type: 'id', properties: 'Filter, Sort' },
    Object: KEY,
    RecordId: KEY,
    /** What the writes come to. */
    Kind: {
      type: 'picklist',
      properties: 'Filter, Group, Restricted picklist, Sort',
      values: ['create', 'update', 'delete', 'undelete', 'purge'],
    },
    /** `pending`: to be sent. `conflict`: waits for a person. `rejected`: the server has refused it. */
    State: {
      type: 'picklist',
      properties: 'Filter, Group, Restricted picklist, Sort',
      values: ['pending', 'conflict', 'rejected'],
    },
    /** Changes of one number are sent together or not at all, as they were made. The lower are sent first. */
    Commit: { type: 'double', properties: 'Filter, Group, Sort' },
    /** When the record was first changed. */
    FirstChangeDate: { type: 'dateTime', properties: 'Filter, Sort' },
    /** What the server is taken to hold in the fields that were changed; null for a record that it does not know. */
    Base: JSON_TEXT,
    /** Whether the server has said that it holds no such record, though it was known to: it is sent as new then. */
    IsMissed: { type: 'boolean', properties: 'Defaulted on create, Filter' },
    /** Of fields changed again while they were being sent: what was sent. */
    Sent: JSON_TEXT,
    /** What the server holds, where a person is to decide. */
    Theirs: JSON_TEXT,
    /** The fields over which a person is to decide: JSON. */
    Contested: JSON_TEXT,
    /** What was written, where the record itself is no longer held. */
    Mine: JSON_TEXT,
    /** Why it is not sent. */
    Code: { type: 'string', properties: 'Filter, Group, Nillable, Sort', length: 80 },
    Message: { type: 'string', properties: 'Filter, Nillable', length: 1_000, searchable: false },
  },
  indexes: [
    ['State', 'Commit'],
    ['Object', 'State'],
  ],
  onCommit: keepOutbox,
});

/** How far a sync has come. One for each name of a sync. */
export const SyncState = defineObject({
  ...BOOK_OBJECT,
  name: 'SyncState',
  label: 'Sync State',
  description: 'How far a sync has come: checkpoint, client and the push that is under way.',
  fields: {
    Id: { type: 'id', properties: 'Filter, Sort' },
    /** Names of the objects, with their filters: JSON. */
    Objects: JSON_TEXT,
    /** The name by which the server knows this database. */
    Client: KEY,
    /** The number of the next push. */
    NextPush: { type: 'double', properties: 'Filter, Sort' },
    /** The push that was sent and not answered, and the ids of its changes: JSON. */
    InFlight: JSON_TEXT,
    Checkpoint: JSON_TEXT,
    /** Where the server stood after the last push that it answered. */
    Pushed: JSON_TEXT,
    /** Why all is asked for anew, until it has come. */
    ResetReason: { type: 'string', properties: 'Filter, Nillable', length: 20 },
  },
});

/** A conflict that was settled, or that a person has to settle: what either side held. */
export const SyncConflict = defineObject({
  ...BOOK_OBJECT,
  name: 'SyncConflict',
  label: 'Sync Conflict',
  description: 'A field that was changed here and on the server, and what became of it. The newest thousand are kept.',
  fields: {
    Id: { type: 'id', properties: 'Filter, Sort' },
    Object: KEY,
    RecordId: KEY,
    At: { type: 'dateTime', properties: 'Filter, Sort' },
    /** Whose values stand: `mine`, `theirs`, `merged` by a handler of one's own, or `asked` while a person has to decide. */
    Outcome: {
      type: 'picklist',
      properties: 'Filter, Group, Restricted picklist, Sort',
      values: ['mine', 'theirs', 'merged', 'asked'],
    },
    /** The names of the fields: JSON. */
    Fields: JSON_TEXT,
    Base: JSON_TEXT,
    Mine: JSON_TEXT,
    Theirs: JSON_TEXT,
  },
});

/** A record from the server that could not be stored, and why. Tried again with each pull. */
export const SyncQuarantine = defineObject({
  ...BOOK_OBJECT,
  name: 'SyncQuarantine',
  label: 'Sync Quarantine',
  description: 'A record from the server that could not be stored here, and why.',
  fields: {
    Id: { type: 'id', properties: 'Filter, Sort' },
    Object: KEY,
    RecordId: KEY,
    At: { type: 'dateTime', properties: 'Filter, Sort' },
    Document: JSON_TEXT,
    Code: { type: 'string', properties: 'Filter, Group, Nillable, Sort', length: 80 },
    Message: { type: 'string', properties: 'Filter, Nillable', length: 1_000, searchable: false },
  },
});

/** The objects in which a database keeps what its sync must remember: given to `openDatabase` beside one's own. */
export const syncObjects = [SyncChange, SyncState, SyncConflict, SyncQuarantine] as const;
