import { runWrite } from '../calls/run-write.ts';
import { createError, EngineError, type Issue } from '../ground/errors.ts';
import type { Reader } from '../query/reader.ts';
import { CommitEncoder, type CommitPart, decodeCommits } from '../storage/commit-codec.ts';
import type { KeptJournal } from '../storage/kept-journal.ts';
import { SchemaMatch, type StoredObject } from '../storage/match-schema.ts';
import { sealRows } from '../storage/snapshot-codec.ts';
import { type StoredSchema, schemaOf } from '../storage/stored-schema.ts';
import type { Store } from '../store/store.ts';
import type { Batch, Origin } from '../write/change.ts';
import { RemoteCommits } from './remote-commits.ts';
import type { HeardMessage, JoinMessage, Proposal, TabMessage, WriteRequest } from './tab-message.ts';

/** A call, and the tab that makes it: a message's, or a transaction of this tab's own. */
export interface TabCall {
  readonly from: string;
  readonly call: number;
  readonly user: string;
  readonly request: WriteRequest | Proposal | { readonly work: () => unknown };
}

/** What a call came to. */
export interface CallOutcome {
  readonly result: unknown;
  readonly issues: readonly Issue[] | undefined;
  /** Whether a commit that is told to all says the same. */
  readonly isCommitted: boolean;
  /** Whether the result is what a transaction returned that was run here. */
  readonly isRunHere?: boolean | undefined;
}

export interface LeaderParts {
  readonly store: Store;
  readonly readers: ReadonlyMap<string, Reader>;
  readonly journal: KeptJournal;
  readonly term: number;
  readonly send: (message: TabMessage) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * The tab that writes: makes the calls of the others, and tells them every commit once it is stored, so that none of them
 * ever shows what could be lost.
 */
export class Leader {
  readonly #parts: LeaderParts;
  readonly #encoder: CommitEncoder;
  /** The sequence up to which the others have been told. */
  #told: number;
  #isRetired = false;

  constructor(parts: LeaderParts) {
    this.#parts = parts;
    this.#encoder = new CommitEncoder(parts.store);
    this.#told = parts.store.feed.sequence;
  }

  get term(): number {
    return this.#parts.term;
  }

  announce(): void {
    const { send, term, journal } = this.#parts;
    send({ kind: 'lead', term, isReady: true, sequence: journal.storedSequence });
  }

  hear(message: HeardMessage): void {
    if (this.#isRetired) return;
    if (message.kind === 'who') this.announce();
    else if (message.kind === 'join') this.#admit(message).catch(this.#parts.onError);
    else if (message.kind === 'call') this.#answer(message).catch(this.#parts.onError);
  }

  /** Commits have been stored. */
  tell(parts: readonly CommitPart[]): void {
    const sequence = parts.at(-1)?.sequence;
    if (sequence === undefined) return;
    this.#parts.send({ kind: 'commits', after: this.#told, sequence, parts });
    this.#told = sequence;
  }

  /** No call is made or answered from now on: the next leader is asked. */
  retire(): void {
    this.#isRetired = true;
  }

  async #admit({ from, turn, since }: JoinMessage & { readonly from: string }): Promise<void> {
    const { store, send, journal } = this.#parts;
    const ring = (await journal.createSealer())?.ring;
    const batches = since === undefined ? undefined : this.#storedSince(since);
    const schema = schemaOf(store);
    if (batches === undefined) return this.#giveAll(from, turn, ring);
    const parts = batches.length === 0 ? [] : this.#encoder.encode(batches);
    const [sequence, at] = [journal.storedSequence, batches.at(-1)?.at ?? store.lastMs];
    send({ kind: 'joined', to: from, turn, schema, state: undefined, parts, ring, sequence, at });
  }

  /** The commits after `since` that are stored; undefined where they are no longer remembered. */
  #storedSince(since: number): readonly Batch[] | undefined {
    const { store, journal } = this.#parts;
    if (since > journal.storedSequence) return undefined;
    try {
      return store.feed.since(since).filter(({ sequence }) => sequence <= journal.storedSequence);
    } catch {
      return undefined;
    }
  }

  async #giveAll(to: string, turn: number, ring: Uint8Array | undefined): Promise<void> {
    const { store, send, journal } = this.#parts;
    const capture = await journal.capture();
    const schema = schemaOf(store);
    if (!this.#isRetired) send({ kind: 'snapshot', to, turn, schema });
    for (const { bytes } of sealRows(capture)) {
      if (this.#isRetired) return;
      send({ kind: 'rows', to, turn, bytes });
      await store.environment.pause();
    }
    const { state, sequence, at } = capture;
    if (!this.#isRetired) send({ kind: 'joined', to, turn, schema, state, parts: [], ring, sequence, at });
  }

  async #answer(message: TabCall): Promise<void> {
    const { send, journal } = this.#parts;
    const outcome = await this.take(message);
    if (outcome === undefined || outcome.isCommitted || this.#isRetired) return;
    const { result, issues } = outcome;
    send({ kind: 'answer', to: message.from, call: message.call, sequence: journal.storedSequence, result, issues });
  }

  /**
   * Makes a call, once however often it is sent, and gives what it came to when that is stored. Undefined when another tab
   * has taken over meanwhile, which will be asked the same.
   */
  async take(call: TabCall): Promise<CallOutcome | undefined> {
    const outcome = this.#run(call);
    try {
      await this.#parts.journal.settled();
      return outcome;
    } catch (error) {
      const { code, issues } = error as EngineError;
      return code === 'STORAGE_LOCKED' ? undefined : { result: undefined, issues, isCommitted: false };
    }
  }

  #run({ from, call, user, request }: TabCall): CallOutcome {
    const { store } = this.#parts;
    const done = store.origins.find(from, call);
    if (done !== undefined) return { result: done.result, issues: undefined, isCommitted: false };
    const before = store.feed.sequence;
    try {
      const result = store.actAs(user, () => {
        if ('base' in request) return this.#accept(request, { tab: from, call, result: null });
        const originOf = (given: unknown) => ({ tab: from, call, result: 'work' in request ? null : given });
        return store.transact(() => this.#do(request), originOf);
      });
      const isRunHere = 'work' in request;
      return { result, issues: undefined, isCommitted: store.feed.sequence > before, isRunHere };
    } catch (error) {
      if (error instanceof EngineError) return { result: undefined, issues: error.issues, isCommitted: false };
      this.#parts.onError(error);
      const { issues } = createError('WRITER_ELSEWHERE', 'the tab that writes has failed');
      return { result: undefined, issues, isCommitted: false };
    }
  }

  #do(request: WriteRequest | { readonly work: () => unknown }): unknown {
    if ('work' in request) return request.work();
    const reader = this.#parts.readers.get(request.object);
    if (reader === undefined) throw createError('INVALID_TYPE', 'the tab that writes has no such object');
    return runWrite(this.#parts.store, reader, request.write);
  }

  /** Does what a transaction did elsewhere, where nothing has been committed since the state that it saw. */
  #accept({ base, schema, parts }: Proposal, origin: Origin): void {
    const { store } = this.#parts;
    if (base !== store.feed.sequence) throw createError('WRITE_CONFLICT', 'others have written meanwhile');
    const objects = matchUsed(schema, parts, store);
    const commits = new RemoteCommits(store, objects, (unit) => store.accept(unit, origin));
    for (const { payload } of parts) commits.take(payload);
  }
}

/** The objects that a proposal writes, by their places in its schema. Throws where it writes what is not known here. */
function matchUsed(schema: StoredSchema, parts: readonly CommitPart[], store: Store): (StoredObject | undefined)[] {
  const objects: (StoredObject | undefined)[] = [];
  const match = new SchemaMatch(store);
  for (const { payload } of parts)
    for (const [, , , changes] of decodeCommits(payload))
      for (const [place, , , , rootPlace = place] of changes)
        for (const used of [place, rootPlace]) {
          const object = schema.objects[used];
          if (object !== undefined) objects[used] ??= match.match({ objects: [object] })[0];
        }
  if (match.staged.size > 0)
    throw createError('STORAGE_NEWER', 'the tab that writes knows a later version of an object');
  return objects;
}
