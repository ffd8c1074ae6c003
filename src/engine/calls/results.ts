import { createIssue, EngineError, type Issue } from '../ground/errors.ts';

/** What a write of one record came to, in Salesforce's shape (SOAP API, SaveResult and its kin). */
export interface SaveResult {
  /** Null where no record came of it. */
  readonly id: string | null;
  readonly success: boolean;
  readonly errors: readonly Issue[];
}

export type DeleteResult = SaveResult;
export type UndeleteResult = SaveResult;
export type EmptyRecycleBinResult = SaveResult;

export interface UpsertResult extends SaveResult {
  readonly created: boolean;
}

export interface WriteOptions {
  /** Keep nothing unless every record is good. Default false. */
  readonly allOrNone?: boolean | undefined;
}

const NO_ERRORS: readonly Issue[] = Object.freeze([]);

export function succeeded(id: string): SaveResult {
  return { id, success: true, errors: NO_ERRORS };
}

export function failed(id: string | null, error: EngineError): SaveResult {
  return { id, success: false, errors: error.issues };
}

const ROLLED_BACK: readonly Issue[] = Object.freeze([
  createIssue(
    'ALL_OR_NONE_OPERATION_ROLLED_BACK',
    'Record rolled back because not all records were valid and the request was using AllOrNone header',
  ),
]);

export function rolledBack(id: string | null): SaveResult {
  return { id, success: false, errors: ROLLED_BACK };
}

/** The error of a failed result, for callers that gave one record. */
export function toError(result: SaveResult): EngineError {
  return new EngineError(result.errors);
}

/** What `action` throws as an `EngineError`; anything else is a fault of ours and goes on up. */
export function attempt<T>(action: () => T): { readonly value: T } | { readonly error: EngineError } {
  try {
    return { value: action() };
  } catch (error) {
    if (error instanceof EngineError) return { error };
    throw error;
  }
}
