/** The calls that write records of one object. */
export type WriteName =
  | 'create'
  | 'update'
  | 'upsert'
  | 'delete'
  | 'undelete'
  | 'emptyRecycleBin'
  | 'recordView'
  | 'recordReference'
  | 'import';

/** A write as plain data: what a collection is asked, and what one tab asks of another. */
export interface WriteCall {
  readonly call: WriteName;
  /** A record or an id, or a list of them. */
  readonly input: unknown;
  readonly options?: object | undefined;
  /** Of an upsert: the field that finds the records. */
  readonly field?: string | undefined;
}
