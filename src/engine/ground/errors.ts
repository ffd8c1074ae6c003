/**
 * One error class for the whole engine. `code` is a promise between major versions; the words of `message` are free,
 * save where Salesforce has its own text, which is then given as it stands there (reference: SOAP API guide, status
 * codes). No message ever holds a record's value: records are personal data and messages end up in logs.
 */

/** Every code an {@link EngineError} or a result's `errors` can carry, with what it means. */
export const ERROR_CODES = {
  // Salesforce's own.
  ALL_OR_NONE_OPERATION_ROLLED_BACK: 'Another record of the call failed and the call was all or none.',
  DUPLICATE_EXTERNAL_ID: 'More than one record has the value given as the key of an upsert.',
  DUPLICATE_VALUE: 'A unique field or key already has this value.',
  ENTITY_IS_DELETED: 'The record is in the recycle bin.',
  EXCEEDED_ID_LIMIT: 'The answer would hold more ids than one call gives.',
  INVALID_CROSS_REFERENCE_KEY: 'No record has this id.',
  INVALID_FIELD: 'The object has no such field, or the field cannot serve here.',
  INVALID_FIELD_FOR_INSERT_UPDATE: 'The field cannot be written by this call.',
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: 'The value is not in the list of a restricted picklist.',
  INVALID_QUERY_LOCATOR: 'The locator is not known, or its result is no longer kept.',
  INVALID_REPLICATION_DATE: 'The window of getUpdated or getDeleted is not usable.',
  INVALID_SEARCH: 'A search names what cannot be searched, or more than one gives.',
  INVALID_TYPE: 'The database has no such object.',
  INVALID_TYPE_ON_FIELD_IN_RECORD: 'The value is not of the type of the field.',
  MALFORMED_ID: 'The id is not well formed or belongs to another object.',
  MALFORMED_QUERY: 'The query is not well formed or exceeds a limit.',
  MALFORMED_SEARCH: 'The text of a search is not well formed.',
  METHOD_NOT_ALLOWED: 'The object does not list this call.',
  NOT_FOUND: 'There is no such thing.',
  NUMBER_OUTSIDE_VALID_RANGE: 'The number is too large, too small or not finite.',
  REQUIRED_FIELD_MISSING: 'A field that must have a value has none.',
  STRING_TOO_LONG: 'The text is longer than the field allows.',
  UNDELETE_FAILED: 'The record is not in the recycle bin, or went there with its parent.',
  INVALID_EMAIL_ADDRESS: 'The text is not an email address.',
  FIELD_INTEGRITY_EXCEPTION: 'A rule of the object forbids this value or this change.',
  // Ours.
  ABORTED: 'The AbortSignal of a long call was raised.',
  DATABASE_CLOSED: 'The database has been closed.',
  IMPORT_REFUSED: 'An import that must be whole had a bad row; nothing was kept.',
  INVALID_DEFINITION: 'An object definition contradicts itself.',
  INVALID_OPTION: 'An option of a call has an unknown name or a wrong value.',
  LISTENER_LOOP: 'Listeners kept writing in answer to their own writes.',
  LIVE_QUERY_CLOSED: 'The live query has been closed.',
  MIGRATION_FAILED: 'A stored record did not become one of the present version of its object; nothing was changed.',
  READ_ONLY: 'The database was opened to be read alone.',
  SEQUENCE_TRIMMED: 'The change feed no longer holds changes this old.',
  STORAGE_CORRUPT: 'Stored bytes are damaged or missing; the message tells up to which sequence all is whole.',
  STORAGE_FAILED: 'The storage did not keep what it was given.',
  STORAGE_FULL: 'The storage has no room left.',
  STORAGE_LOCKED: 'The database is open elsewhere.',
  STORAGE_NEWER: 'What is stored was written by a newer program, or holds objects and fields unknown to this one.',
  SYNC_CHECKPOINT: 'The server cannot go on from this checkpoint; all is asked for anew.',
  SYNC_CLIENT: "Another client has used this one's name and numbers; a new name is taken.",
  SYNC_FORBIDDEN: 'The user may not see or write this.',
  SYNC_LIMIT: 'A request or an answer of a sync is larger, deeper or more frequent than is allowed.',
  SYNC_MALFORMED: 'What came from the other side of a sync is not of the wire format.',
  SYNC_OUTDATED: 'The other side of a sync speaks another version of the protocol or of an object.',
  SYNC_REFUSED: 'The server did not take what it was sent.',
  SYNC_UNAUTHORIZED: 'The server does not accept who asks; a new token is needed.',
  SYNC_UNREACHABLE: 'The server did not answer, or could not.',
  TRANSACTION_ASYNC: 'The function given to transaction() returned a promise.',
  TRANSACTION_OPEN: 'This cannot be done while writes are under way.',
  TRANSACTION_OVER: 'A transaction was used after it had ended.',
  UNREADABLE_PAYLOAD: 'A payload given to import cannot be read.',
  WRITE_CONFLICT: 'A transaction was run again and again, and each time others had written meanwhile.',
  WRITER_ELSEWHERE: 'Another tab writes for this one, and the call cannot be sent to it.',
  WRONG_KEY: 'What is stored is encrypted, and the key given is another, or none was given.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One thing wrong with one record or call, in Salesforce's shape. */
export interface Issue {
  readonly statusCode: ErrorCode;
  readonly message: string;
  readonly fields: readonly string[];
}

export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** The code of the first issue. */
  readonly code: ErrorCode;
  /** Everything that is wrong, never empty. */
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[], options?: { cause?: unknown }) {
    const first = issues[0] as Issue;
    super(issues.length === 1 ? first.message : issues.map((issue) => issue.message).join('; '), options);
    this.code = first.statusCode;
    this.issues = issues;
  }
}

export function createIssue(statusCode: ErrorCode, message: string, fields: readonly string[] = []): Issue {
  return { statusCode, message, fields };
}

/** An error with one issue. */
export function createError(code: ErrorCode, message: string, fields: readonly string[] = []): EngineError {
  return new EngineError([createIssue(code, message, fields)]);
}
