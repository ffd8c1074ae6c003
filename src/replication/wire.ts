import * as z from 'zod/mini';

/** The version of the wire format; both sides refuse another with `SYNC_OUTDATED`. */
export const PROTOCOL = 1;

/** The greatest numbers that either side takes in, so that neither is worn down by the other. */
export const WIRE_LIMITS = {
  /** Objects of one request. */
  objects: 200,
  /** Rows of one push, and documents of one page. */
  rows: 10_000,
  /** Characters of an id, a name or a checkpoint. */
  name: 1_000,
} as const;

/**
 * A record as it travels: its fields by name, and `_deleted` in the place of the field that marks the recycle bin, as RxDB has
 * it. A partial one has the id and only some of the fields.
 */
export interface WireDocument {
  readonly [field: string]: unknown;
  readonly _deleted?: boolean;
  /** Gone for good: all there is of it is the id. `_deleted` is true as well. */
  readonly _purged?: boolean;
  /** No longer seen by the client, by its filter or its rights. Nothing has happened to the record. `_deleted` is true as well. */
  readonly _removed?: boolean;
  /** Of one that went to the bin with another: that one, which brings it back. */
  readonly _deletedWith?: readonly [object: string, id: string] | null;
}

const name = z.string().check(z.minLength(1), z.maxLength(WIRE_LIMITS.name));
/** An object, whatever is in it: what it holds is checked where it is stored, and to copy each would cost more than to parse it. */
const document = z.custom<Record<string, unknown>>(isObject);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const whole = z.number().check(z.int(), z.minimum(0));

const scope = z.object({ name, version: whole, where: z.optional(z.record(z.string(), z.unknown())) });

export const pullRequest = z.object({
  protocol: z.number(),
  client: name,
  objects: z.array(scope).check(z.minLength(1), z.maxLength(WIRE_LIMITS.objects)),
  /** null: from the beginning. */
  checkpoint: z.nullable(name),
  /** The place of the client's last push that was answered: a server that has lost it says so. */
  pushed: z.optional(z.nullable(name)),
  limit: whole.check(z.minimum(1), z.maximum(WIRE_LIMITS.rows)),
  /** Of a stream: a name that nobody can guess, by which a push speaks of it. */
  stream: z.optional(name),
});
/** What is asked for: changes after a checkpoint, of some objects, each whole or by a filter. */
export type PullRequest = z.infer<typeof pullRequest>;
export type ObjectScope = z.infer<typeof scope>;

const placed = z.tuple([whole, document]);
export const pullAnswer = z.object({
  /** Each with the place of its object in the request. */
  documents: z.array(placed).check(z.maxLength(WIRE_LIMITS.rows * 2)),
  checkpoint: name,
  done: z.boolean(),
});
/** Changed records in the order of their last change, no commit of the server's cut apart. */
export type PullAnswer = z.infer<typeof pullAnswer>;

/**
 * The first line of a pull answered as NDJSON. Lines after it are arrays, a live record each: the place of the object, then the
 * values in the order of `fields` of that object; or `{document: [place, document]}` for all others; or `{checkpoint, done}`, up
 * to which all has been sent. The last line is one of these with `done` true: without it the answer has been cut off.
 */
export const pullHeader = z.object({
  protocol: z.number(),
  fields: z.array(z.array(name)),
  /** How many records follow at most; fewer where filters leave some out. Absent where that would tell of records not to be seen. */
  total: z.optional(whole),
});
export type PullHeader = z.infer<typeof pullHeader>;
export const pullMark = z.object({ checkpoint: name, done: z.boolean() });
export const pullLine = z.object({ document: placed });

/** One record's change. Both states are partial but for a new record, whose state is whole. */
export interface PushRow {
  readonly object: string;
  /** What the client takes the server to hold, in the fields it has changed; absent for a record it has made. */
  readonly assumedMasterState?: WireDocument | undefined;
  readonly newDocumentState: WireDocument;
}

function isPushRow(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { object, assumedMasterState, newDocumentState } = value;
  if (typeof object !== 'string' || object.length < 1 || object.length > WIRE_LIMITS.name) return false;
  return isObject(newDocumentState) && (assumedMasterState === undefined || isObject(assumedMasterState));
}

/** By hand, as a push has thousands of rows and little is asked of them. */
function isListOfLists(value: unknown, isGood: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every((list) => Array.isArray(list) && list.every(isGood));
}

export const pushRequest = z.object({
  protocol: z.number(),
  client: name,
  /** Rises with each push of a client; the same push sent again has the same number and the same content. */
  push: whole,
  /** The place of the client's last push that was answered, as with a pull. */
  pushed: z.optional(z.nullable(name)),
  /** The version of each object named in the rows. */
  versions: z.record(z.string(), whole),
  /**
   * The name of the stream that the client has open: what this push makes, as it was sent but for what its answer says, need not come
   * back by it.
   */
  stream: z.optional(name),
  /** Each taken whole or not at all. */
  commits: z.custom<PushRow[][]>((value) => isListOfLists(value, isPushRow)),
});
export type PushRequest = z.infer<typeof pushRequest>;

export type RowAnswer =
  /**
   * Taken, or there already. `set`: the fields that the server sets, as it has set them. `hidden`: as it is now the client may no
   * longer see it, and is told no more of it.
   */
  | { readonly status: 'applied'; readonly set?: WireDocument | undefined; readonly hidden?: boolean | undefined }
  /** The server holds something else than was assumed: this. */
  | { readonly status: 'conflict'; readonly document: WireDocument }
  /** The server holds no such record, though one was assumed. */
  | { readonly status: 'missing' }
  /** Not taken, nor will it be as it is. */
  | {
      readonly status: 'refused';
      readonly code: string;
      readonly message: string;
      readonly fields?: readonly string[] | undefined;
    }
  /** Nothing is wrong with it but that another row of its commit was not taken. */
  | { readonly status: 'held' };

function isRowAnswer(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { status, set, hidden, document, code, message, fields } = value;
  if (status === 'applied')
    return (set === undefined || isObject(set)) && (hidden === undefined || typeof hidden === 'boolean');
  if (status === 'conflict') return isObject(document);
  if (status !== 'refused') return status === 'missing' || status === 'held';
  const areNames = Array.isArray(fields) && fields.every((name) => typeof name === 'string');
  return typeof code === 'string' && typeof message === 'string' && (fields === undefined || areNames);
}

export const pushAnswer = z.object({
  push: whole,
  commits: z.custom<RowAnswer[][]>((value) => isListOfLists(value, isRowAnswer)),
  /** Where the server's history stood after it. */
  pushed: z.optional(name),
});
/** The answers in the order of the rows. */
export type PushAnswer = z.infer<typeof pushAnswer>;

/** An event `documents` of the stream. `after`: the checkpoint from which it goes on; a client at another one pulls instead. */
export const streamDocuments = z.object({ documents: z.array(placed), after: name, checkpoint: name });
export type StreamDocuments = z.infer<typeof streamDocuments>;

/** What a server says of itself. */
export const hello = z.object({
  protocol: z.number(),
  objects: z.record(z.string(), z.object({ version: whole, serverFields: z.array(name) })),
  limits: z.object({ pushRows: whole, pullLimit: whole, bodyBytes: whole }),
});
export type Hello = z.infer<typeof hello>;

/** The body of any answer that is an error. What does not fit is named where it is an object or a version. */
export const wireError = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    object: z.optional(name),
    versions: z.optional(z.array(whole)),
    protocol: z.optional(whole),
  }),
});
