import { defineObject } from '../engine/definition/define-object.ts';
import { BOOK_OBJECT } from '../replication/book-object.ts';
import { keepBook } from './keep-book.ts';

/** As long as any text may be: what is written there is checked by what writes it. */
const ANY_LENGTH = 1_000_000_000;

const Id = {
  type: 'string',
  properties: 'Filter, Sort',
  caseSensitive: true,
  length: 2_000,
  searchable: false,
} as const;
const text = {
  type: 'textarea',
  properties: 'Nillable',
  length: ANY_LENGTH,
  caseSensitive: true,
  searchable: false,
} as const;
const words = { type: 'string', properties: 'Filter, Group, Sort', caseSensitive: true, searchable: false } as const;
const number = { type: 'double', properties: 'Filter, Nillable, Sort' } as const;
const moment = { type: 'dateTime', properties: 'Filter, Sort' } as const;

/** By record: the commit that changed it last. */
export const SyncVersion = defineObject({
  ...BOOK_OBJECT,
  name: 'SyncVersion',
  fields: {
    Id,
    Object: words,
    RecordId: { ...words, properties: 'Filter, Sort' },
    Sequence: number,
    /** The commit that made it, where that was seen and nothing had its id before. */
    Born: number,
    Purged: { type: 'boolean', properties: 'Defaulted on create, Filter' },
  },
  indexes: [['Object', 'Sequence']],
  onCommit: keepBook,
});

/** What each change replaced, so that a record can be told as it was. */
export const SyncBefore = defineObject({
  ...BOOK_OBJECT,
  name: 'SyncBefore',
  fields: {
    Id,
    Object: words,
    RecordId: { ...words, properties: 'Filter, Sort' },
    /** The commit that made the change. */
    Sequence: number,
    /** The commit that had changed the record before; null where it is not known. */
    Previous: number,
    At: moment,
    /** The fields that it changed as they were before, as JSON; null where there was no record. */
    Patch: text,
  },
});

/** By client: its last push, and what that was answered. */
export const SyncClient = defineObject({
  ...BOOK_OBJECT,
  name: 'SyncClient',
  fields: { Id, Push: number, Hash: words, Answer: text, UsedAt: moment },
});

/** The eras of the history, each from a sequence on. */
export const SyncEra = defineObject({
  ...BOOK_OBJECT,
  name: 'SyncEra',
  fields: {
    Id,
    /** The sequence of its first commit, in which it begins and nothing else is done. */
    Start: number,
    At: moment,
    /** Up to which sequence changes have been forgotten. */
    Forgotten: number,
  },
});

/** What a database that clients sync with is opened with, beside objects of its own. */
export const masterObjects = [SyncVersion, SyncBefore, SyncClient, SyncEra] as const;
