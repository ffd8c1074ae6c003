import { must } from '../ground/assert.ts';
import type { Channel } from '../ground/environment.ts';
import { createError, EngineError } from '../ground/errors.ts';
import { CommitEncoder } from '../storage/commit-codec.ts';
import { openBlock } from '../storage/envelope.ts';
import { SchemaMatch, type StoredObject } from '../storage/match-schema.ts';
import { SnapshotReplay } from '../storage/snapshot-codec.ts';
import { schemaOf } from '../storage/stored-schema.ts';
import { StoredTables } from '../storage/stored-tables.ts';
import type { Store } from '../store/store.ts';
import type { Origin } from '../write/change.ts';
import type { WriteCall } from '../write/write-call.ts';
import { adoptState } from './adopt-state.ts';
import type { CallOutcome, TabCall } from './leader.ts';
import { RemoteCommits } from './remote-commits.ts';
import type {
  AnswerMessage,
  CommitsMessage,
  HeardMessage,
  JoinedMessage,
  Proposal,
  TabMessage,
  WriteRequest,
} from './tab-message.ts';

export interface FollowerParts {
  readonly store: Store;
  /** The name of this tab. */
  readonly self: string;
  readonly send: (message: TabMessage) => void;
  readonly hold: Channel['hold'];
  /** Hears that what the leader sends can not be taken in. */
  readonly onFailure: (error: unknown) => void;
}

/** A call that has not been answered: a write, or a transaction, which is run whenever it is sent. */
interface Pending {
  readonly request: WriteRequest | { readonly work: () => unknown };
  /** What the transaction returned when it was last run. */
  result: unknown;
  /** How often it was sent. */
  tries: number;
  /** The leader that it was sent to. */
  sentTo: string | undefined;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Everything, as far as it has come. */
interface Arriving {
  readonly store: Store;
  readonly tables: StoredTables;
  readonly replay: SnapshotReplay;
}

/** A transaction that others come before so often is given up: something writes without a pause. */
const TRIES_MAX = 100;

declare const structuredClone: <T>(value: T) => T;

/** A tab that follows another: takes in its commits, and sends it the writes that are made here. */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #encoder: CommitEncoder;
  /** The tab that writes, as far as is known, and when it took over. */
  #leader: string | undefined;
  #term = 0;
  #turn = 0;
  #isJoined = false;
  /** Whether what is held is what was stored at its sequence: not before all has come, nor after a tab lost its lead. */
  #isTrue = false;
  #hasBegun = false;
  /** Of an encrypted database, as the leader told it. */
  ring: Uint8Array | undefined;
  #arriving: Arriving | undefined;
  #commits: RemoteCommits | undefined;
  /** Commits that came before what they follow. */
  #early: CommitsMessage[] = [];
  #answers: AnswerMessage[] = [];
  #calls = 0;
  readonly #pending = new Map<number, Pending>();
  #whenJoined: (() => void)[] = [];

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#encoder = new CommitEncoder(parts.store);
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  get term(): number {
    return this.#term;
  }

  get leader(): string | undefined {
    return this.#leader;
  }

  get isJoined(): boolean {
    return this.#isJoined;
  }

  /** Resolves when all that the leader holds is held here. */
  joined(): Promise<void> {
    if (this.#isJoined) return Promise.resolve();
    return new Promise((resolve) => this.#whenJoined.push(resolve));
  }

  /** Follows whoever leads next. `isTrue`: whether what is held here is a state that was stored. */
  restart(isTrue: boolean): void {
    this.#leader = undefined;
    this.#isJoined = false;
    this.#isTrue = isTrue;
    this.#arriving = undefined;
    this.#early = [];
    this.#answers = [];
    for (const pending of this.#pending.values()) pending.sentTo = undefined;
  }

  /** Whether nothing has come to the store yet. */
  get isFresh(): boolean {
    return !this.#hasBegun;
  }

  forgetTerm(): void {
    this.#term = 0;
  }

  /** This tab leads, so that whoever led before is not listened to. */
  ledAt(term: number): void {
    this.#term = Math.max(this.#term, term);
    this.#hasBegun = true;
  }

  hear(message: HeardMessage): void {
    if (message.kind === 'lead') return this.#meet(message);
    if (message.from !== this.#leader) return;
    const isAsked = 'turn' in message && message.turn === this.#turn && !this.#isJoined;
    try {
      if (message.kind === 'commits') this.#take(message);
      else if (message.kind === 'answer') this.#hearAnswer(message);
      else if (message.kind === 'snapshot' && isAsked) this.#begin(message.schema);
      else if (message.kind === 'rows' && isAsked) this.#takeRows(message.bytes);
      else if (message.kind === 'joined' && isAsked) this.#finish(message);
    } catch (error) {
      this.#parts.onFailure(error);
    }
  }

  #meet({ from, term, isReady, sequence }: HeardMessage & { readonly kind: 'lead' }): void {
    // One that was frozen may not know yet that another has taken over.
    if (term < this.#term) return;
    this.#term = term;
    if (from !== this.#leader) this.restart(this.#isTrue);
    this.#leader = from;
    if (!isReady) return;
    const isBehind = this.#isJoined && sequence > this.#parts.store.feed.sequence;
    if (isBehind || (!this.#isJoined && this.#arriving === undefined)) this.#ask();
  }

  #ask(): void {
    this.#isJoined = false;
    this.#arriving = undefined;
    this.#early = [];
    this.#turn++;
    const since = this.#isTrue ? this.#parts.store.feed.sequence : undefined;
    this.#parts.send({ kind: 'join', to: this.#leader as string, turn: this.#turn, since });
  }

  #begin(schema: JoinedMessage['schema']): void {
    const { store } = this.#parts;
    // The first time it goes straight where it belongs; afterwards beside, and what differs is taken over.
    const into = this.#hasBegun ? store.createEmpty() : store;
    const tables = new StoredTables();
    this.#arriving = { store: into, tables, replay: new SnapshotReplay(matchLeader(schema, into), tables) };
  }

  #takeRows(bytes: Uint8Array): void {
    this.#arriving?.replay.replay(openBlock('of the tab that writes', bytes, 0).payload);
  }

  #finish({ schema, state, parts, ring, sequence, at }: JoinedMessage): void {
    this.ring = ring;
    const { store } = this.#parts;
    if (state !== undefined) {
      const { store: into, tables, replay } = must(this.#arriving, 'what has ended had begun');
      this.#hasBegun = true;
      replay.finish(into, state);
      tables.load();
      into.resume(sequence, at);
      if (into !== store) adoptState(store, into);
    }
    this.#arriving = undefined;
    this.#commits = this.#createCommits(schema);
    for (const { payload } of parts) this.#commits.take(payload);
    if (store.feed.sequence !== sequence) throw new RangeError('another sequence than was told');
    this.#isJoined = true;
    this.#isTrue = true;
    for (const origin of store.origins.list()) this.#resolveOrigin(origin);
    this.#goOn();
    for (const tell of this.#whenJoined.splice(0)) tell();
    for (const [call, pending] of this.#pending) this.#send(call, pending);
    this.#rest();
  }

  #createCommits(schema: JoinedMessage['schema']): RemoteCommits {
    const { store } = this.#parts;
    return new RemoteCommits(store, matchLeader(schema, store), (unit, sequence, at, origin) => {
      store.publish(unit, sequence, at, origin);
      if (origin !== undefined) this.#resolveOrigin(origin);
    });
  }

  #take(message: CommitsMessage): void {
    if (!this.#isJoined) {
      this.#early.push(message);
      return;
    }
    const { sequence } = this.#parts.store.feed;
    if (message.sequence <= sequence) return;
    // Some have been missed, as by a page that was put aside.
    if (message.after !== sequence) return this.#ask();
    for (const { payload } of message.parts) must(this.#commits, 'who has joined can follow').take(payload);
    this.#hearAnswers();
  }

  /** Takes in what came while joining. */
  #goOn(): void {
    const early = this.#early;
    this.#early = [];
    for (const message of early) if (this.#isJoined) this.#take(message);
    this.#hearAnswers();
  }

  #hearAnswer(message: AnswerMessage): void {
    this.#answers.push(message);
    this.#hearAnswers();
  }

  /** An answer is given when all is seen here that was true when it was made. */
  #hearAnswers(): void {
    const { sequence } = this.#parts.store.feed;
    const due = this.#answers.filter((answer) => answer.sequence <= sequence);
    if (due.length === 0) return;
    this.#answers = this.#answers.filter((answer) => answer.sequence > sequence);
    for (const { call, result, issues } of due) this.settle(call, { result, issues, isCommitted: false });
  }

  #resolveOrigin({ tab, call, result }: Origin): void {
    if (tab === this.#parts.self) this.settle(call, { result, issues: undefined, isCommitted: true });
  }

  /** Gives the maker of a call what it came to; runs a transaction again that others have come before. */
  settle(call: number, { result, issues, isRunHere }: CallOutcome): void {
    const pending = this.#pending.get(call);
    if (pending === undefined) return;
    const isTransaction = 'work' in pending.request;
    if (isTransaction && issues?.[0]?.statusCode === 'WRITE_CONFLICT' && pending.tries < TRIES_MAX) {
      pending.sentTo = undefined;
      if (this.#isJoined) this.#send(call, pending);
      return;
    }
    this.#pending.delete(call);
    this.#rest();
    // What a transaction returned need be no plain data, and has stayed here.
    if (issues === undefined) pending.resolve(isTransaction && !isRunHere ? pending.result : result);
    else pending.reject(new EngineError(issues));
  }

  /** Sends a write to the tab that leads, now or when there is one. Settles when it is stored, and seen here. */
  forward(object: string, write: WriteCall): Promise<unknown> {
    let copy: WriteCall;
    try {
      // What the caller does with it afterwards is not to show in what is written.
      copy = structuredClone(write);
    } catch {
      throw createError('INVALID_TYPE_ON_FIELD_IN_RECORD', 'only plain data can be written');
    }
    return this.#call({ object, write: copy });
  }

  /** Runs a transaction, and has the tab that leads do what it did; again, where others have written meanwhile. */
  transact(work: () => unknown): Promise<unknown> {
    return this.#call({ work });
  }

  #call(request: Pending['request']): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = ++this.#calls;
      const pending: Pending = { request, result: undefined, tries: 0, sentTo: undefined, resolve, reject };
      this.#pending.set(call, pending);
      this.#parts.hold(true);
      if (this.#isJoined) this.#send(call, pending);
    });
  }

  /** Once to each leader: the one before may have done it, and what it did is known to the next. */
  #send(call: number, pending: Pending): void {
    if (pending.sentTo === this.#leader) return;
    pending.sentTo = this.#leader;
    pending.tries++;
    const { user } = this.#parts.store;
    try {
      const request = 'work' in pending.request ? this.#propose(pending, pending.request.work) : pending.request;
      this.#parts.send({ kind: 'call', to: this.#leader as string, call, user, request });
    } catch (error) {
      // A transaction that throws has done nothing, here or elsewhere.
      this.#pending.delete(call);
      this.#rest();
      pending.reject(error);
    }
  }

  #propose(pending: Pending, work: () => unknown): Proposal {
    const { store } = this.#parts;
    const { result, batch } = store.rehearse(work);
    pending.result = result;
    const parts = batch.changes.length === 0 ? [] : this.#encoder.encode([batch]);
    return { base: store.feed.sequence, schema: schemaOf(store), parts };
  }

  /** The calls that wait, for a tab that now leads itself. */
  waitingCalls(): readonly TabCall[] {
    const { self: from, store } = this.#parts;
    return [...this.#pending].map(([call, { request }]) => ({ from, call, user: store.user, request }));
  }

  /** Resolves when every call made by now is answered, one way or the other. */
  async settled(): Promise<void> {
    const all = [...this.#pending.values()].map(
      (pending) =>
        new Promise<void>((done) => {
          const { resolve, reject } = pending;
          pending.resolve = (result) => {
            resolve(result);
            done();
          };
          pending.reject = (error) => {
            reject(error);
            done();
          };
        }),
    );
    await Promise.all(all);
  }

  /** Refuses the calls that wait. */
  refuseAll(error: unknown): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#rest();
  }

  #rest(): void {
    if (this.#pending.size === 0 && this.#isJoined) this.#parts.hold(false);
  }
}

/** Throws `STORAGE_NEWER` or `STORAGE_LOCKED` where the tab that leads runs another version of the program. */
function matchLeader(schema: JoinedMessage['schema'], store: Store): readonly StoredObject[] {
  const match = new SchemaMatch(store);
  const objects = match.match(schema);
  if (match.staged.size > 0)
    throw createError('STORAGE_LOCKED', 'a tab has the database open that runs an older version of the program');
  return objects;
}
