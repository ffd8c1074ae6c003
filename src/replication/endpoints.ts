import { checkOptions } from '../engine/calls/check-options.ts';
import { createError } from '../engine/ground/errors.ts';
import { foreignMapping, type MappingOptions } from './foreign-mapping.ts';
import { ObjectCheckpoints } from './object-checkpoints.ts';
import { type ForeignPage, pullObject } from './pull-object.ts';
import { type ForeignRow, pushObject } from './push-object.ts';
import type { PullPage, Remote, StreamMessage } from './remote.ts';
import { untilAborted } from './until-aborted.ts';
import type { PullRequest, PushAnswer, PushRequest, RowAnswer } from './wire.ts';

/** Changes of one object as they happen; `RESYNC`: some were missed; `ALIVE`: nothing but that the stream is open. */
export type ForeignMessage = 'RESYNC' | 'ALIVE' | ({ readonly object: string } & ForeignPage);

export interface EndpointsOptions extends MappingOptions {
  /**
   * What has changed of an object after a checkpoint: null at first, then what the page before gave. At most `limit` documents, in
   * the order of their last change; fewer say that there is no more.
   */
  readonly pull: (request: {
    readonly object: string;
    readonly checkpoint: unknown;
    readonly limit: number;
    readonly signal: AbortSignal;
  }) => ForeignPage | Promise<ForeignPage>;
  /**
   * Writes rows, each unless the backend holds something else than it assumes. Gives what it holds of those that it did not write. A
   * row may come once more, upon the document that was given: where the two differ in nothing that the row changes.
   */
  readonly push: (request: {
    readonly object: string;
    readonly rows: readonly ForeignRow[];
    readonly signal: AbortSignal;
  }) => readonly unknown[] | Promise<readonly unknown[]>;
  /** `RESYNC` once it is open, then what happens from there on. Where it is absent the backend is polled. */
  readonly stream?:
    | ((request: {
        readonly objects: readonly string[];
        readonly signal: AbortSignal;
      }) => AsyncIterable<ForeignMessage>)
    | undefined;
}

/**
 * Any backend by plain functions, in the shapes of RxDB's handlers. It needs to know nothing of commits, so what was written
 * together may be taken in part, and is sent object by object. What the functions throw counts as a failure that may pass, unless
 * it is a `RemoteFailure`. Throws `INVALID_OPTION`.
 */
export function endpoints(options: EndpointsOptions): Remote {
  checkOptions(options, {
    pull: 'function',
    push: 'function',
    stream: 'function',
    toRecord: 'function',
    toDocument: 'function',
    idField: 'function',
  });
  for (const name of ['pull', 'push'] as const)
    if (options[name] === undefined)
      throw createError('INVALID_OPTION', `${name} is missing: endpoints takes the functions pull and push`);
  return options.stream === undefined ? new EndpointsRemote(options) : new StreamingRemote(options);
}

class EndpointsRemote implements Remote {
  readonly wholeRows = true;
  protected readonly options: EndpointsOptions;
  /** The last checkpoint that was given, in which the next message of a stream changes one object's. */
  protected latest: ObjectCheckpoints | undefined;

  constructor(options: EndpointsOptions) {
    this.options = options;
  }

  async *pull(request: PullRequest, signal: AbortSignal): AsyncGenerator<PullPage, void> {
    const checkpoints = ObjectCheckpoints.read(request.checkpoint);
    for (const [place, { name: object }] of request.objects.entries()) {
      const { toRecord } = foreignMapping(this.options, object);
      const pull = (checkpoint: unknown) =>
        untilAborted(() => this.options.pull({ object, checkpoint, limit: request.limit, signal }), signal);
      for await (const page of pullObject(pull, checkpoints.get(object), request.limit)) {
        const documents = toRecord(page.documents).map((document) => [place, document] as const);
        checkpoints.set(object, page.checkpoint);
        const checkpoint = checkpoints.toText();
        this.latest = ObjectCheckpoints.read(checkpoint);
        yield { documents, checkpoint, done: page.isLast && place === request.objects.length - 1 };
      }
    }
  }

  async push(request: PushRequest, signal: AbortSignal): Promise<PushAnswer> {
    const rows = request.commits.flat();
    const answers = new Map<object, RowAnswer>();
    for (const object of new Set(rows.map((row) => row.object))) {
      const push = (foreign: readonly ForeignRow[]) =>
        untilAborted(() => this.options.push({ object, rows: foreign, signal }), signal);
      const ofObject = rows.filter((row) => row.object === object);
      const given = await pushObject(push, foreignMapping(this.options, object), ofObject);
      for (const [i, row] of ofObject.entries()) answers.set(row, given[i] as RowAnswer);
    }
    return {
      push: request.push,
      commits: request.commits.map((commit) => commit.map((row) => answers.get(row) as RowAnswer)),
    };
  }
}

class StreamingRemote extends EndpointsRemote {
  async *stream(request: PullRequest, signal: AbortSignal): AsyncGenerator<StreamMessage, void> {
    const objects = request.objects.map(({ name }) => name);
    const messages = this.options.stream?.({ objects, signal })[Symbol.asyncIterator]();
    if (messages === undefined) return;
    try {
      let isFirst = true;
      for (;;) {
        const { done, value } = await untilAborted(() => messages.next(), signal);
        if (done) return;
        // What happened between the last pull and the opening is in no message.
        if (isFirst && value !== 'RESYNC' && value !== 'ALIVE') yield { kind: 'resync' };
        isFirst &&= value === 'ALIVE';
        yield this.#message(value, objects, request.checkpoint);
      }
    } finally {
      // Not waited for: one that hangs would keep this one from ending.
      Promise.resolve(messages.return?.()).catch(() => {});
    }
  }

  #message(message: ForeignMessage, objects: readonly string[], checkpoint: string | null): StreamMessage {
    if (message === 'ALIVE') return { kind: 'alive' };
    if (message === 'RESYNC' || !Array.isArray(message?.documents)) return { kind: 'resync' };
    const place = objects.indexOf(message.object);
    if (place < 0 || message.checkpoint === undefined || message.checkpoint === null) return { kind: 'resync' };
    const { toRecord } = foreignMapping(this.options, message.object);
    this.latest ??= ObjectCheckpoints.read(checkpoint);
    const after = this.latest.toText();
    this.latest.set(message.object, message.checkpoint);
    const documents = toRecord(message.documents).map((document): [number, typeof document] => [place, document]);
    return { kind: 'documents', documents, after, checkpoint: this.latest.toText() };
  }
}
