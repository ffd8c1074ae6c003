import type { Channel } from '../ground/environment.ts';
import { createError, EngineError } from '../ground/errors.ts';
import type { Reader } from '../query/reader.ts';
import type { BackupSealer } from '../storage/encryption.ts';
import type { Keeper } from '../storage/keeper.ts';
import type { KeptJournal } from '../storage/kept-journal.ts';
import { type JournalChoice, openJournal } from '../storage/open-journal.ts';
import type { Storage, StorageConnection } from '../storage/storage.ts';
import type { StorageHealth } from '../storage/storage-health.ts';
import type { StorageKey } from '../storage/storage-key.ts';
import type { ProgressListener } from '../storage/storage-progress.ts';
import type { Store } from '../store/store.ts';
import { adoptState } from './adopt-state.ts';
import { assertKey } from './assert-key.ts';
import { Follower } from './follower.ts';
import { NOTHING_STORED } from './follower-health.ts';
import { Leader } from './leader.ts';
import { LeaderWatch } from './leader-watch.ts';
import { type HeardMessage, packMessage, type TabMessage, unpackMessage } from './tab-message.ts';
import { placeOf, randomName } from './tab-name.ts';

export interface TabOptions extends Omit<JournalChoice, 'storage' | 'beside' | 'onStored' | 'onFailure'> {
  readonly store: Store;
  readonly readers: ReadonlyMap<string, Reader>;
  readonly storage: Storage;
}

/** How long a tab that closes waits for the answers to its calls. */
const CLOSE_MS = 2_000;

/**
 * One of several tabs or workers on one database. The one that holds the storage leads and writes; the others follow it,
 * and one of them takes its place when it closes, crashes or does not answer. Nothing that was acknowledged rests on
 * messages: it is stored, and who leads is decided by the storage alone.
 */
export class Tab implements Keeper {
  readonly #options: TabOptions;
  readonly #self: string;
  readonly #channel: Channel;
  readonly #follower: Follower;
  #role: 'following' | 'leading' | 'failed' | 'closed' = 'following';
  #term = 0;
  #leader: Leader | undefined;
  #journal: KeptJournal | undefined;
  #key: StorageKey | undefined;
  readonly #watch: LeaderWatch;
  /** The attempt to lead that is under way. */
  #election: Promise<void> | undefined;
  /** Whether it has become free again since the attempt under way began. */
  #isFreeAgain = false;
  #failure: EngineError | undefined;
  #reopening: Promise<void> | undefined;
  /** Who waits for the tab to lead or follow for the first time. */
  #opening: { resolve(): void; reject(error: unknown): void } | undefined;

  private constructor(options: TabOptions) {
    this.#options = options;
    this.#key = options.key;
    const { store, storage, name } = options;
    const { environment } = store;
    if (environment.channel === undefined) throw createError('INVALID_OPTION', 'env has no channel()');
    this.#self = randomName(environment);
    const channel = `sojourn:${storage.kind}:${placeOf(storage, environment)}:${name}`;
    this.#channel = environment.channel(channel, (data) => this.#hear(data));
    this.#follower = new Follower({
      store,
      self: this.#self,
      send: (message) => this.#send(message),
      hold: (awake) => this.#channel.hold(awake),
      onFailure: (error) => this.#fail(error),
    });
    this.#watch = new LeaderWatch({
      environment,
      ask: () => this.#send({ kind: 'who' }),
      whenFree: storage.whenFree && ((tell) => (storage.whenFree as NonNullable<typeof storage.whenFree>)(name, tell)),
      onSilence: (isFrozen) => this.#elect(isFrozen),
      onFree: () => {
        this.#isFreeAgain = true;
        this.#elect(false);
      },
    });
  }

  /**
   * Leads where nobody does, follows where somebody does. Rejects as `openJournal` does; with `STORAGE_LOCKED` where the
   * storage is held by one who does not share it.
   */
  static async open(options: TabOptions): Promise<Tab> {
    const tab = new Tab(options);
    try {
      tab.#channel.hold(true);
      const connection = await tab.#connect();
      if (connection !== undefined) await tab.#lead(connection);
      else await tab.#followAtLast();
      if (tab.#role === 'following') await assertKey(tab.#follower.ring, options.key, options.store.environment);
      return tab;
    } catch (error) {
      await tab.close().catch(() => undefined);
      throw error;
    }
  }

  /** The storage, unless another has it. */
  async #connect(): Promise<StorageConnection | undefined> {
    try {
      return await this.#options.storage.connect(this.#options.name);
    } catch (error) {
      if (error instanceof EngineError && error.code === 'STORAGE_LOCKED') return undefined;
      throw error;
    }
  }

  #send(message: TabMessage): void {
    if (this.#role !== 'closed') this.#channel.send(packMessage(message, this.#self));
  }

  #hear(data: unknown): void {
    const message = unpackMessage(data, this.#self);
    if (message === undefined || this.#role === 'closed' || this.#role === 'failed') return;
    if (this.#role === 'leading') return this.#hearAsLeader(message);
    const isCurrent =
      message.kind === 'lead' ? message.term >= this.#follower.term : message.from === this.#follower.leader;
    if (isCurrent) this.#watch.heard();
    if (message.kind === 'bye' && message.from === this.#follower.leader) this.#elect(false);
    else this.#follower.hear(message);
  }

  #hearAsLeader(message: HeardMessage): void {
    if (message.kind === 'lead') {
      // Whoever has taken over did so by the storage, which refuses what this one would write.
      if (message.term > this.#term) {
        this.#yield();
        this.#follower.hear(message);
      } else this.#announce();
    } else if (this.#leader !== undefined) this.#leader.hear(message);
    else if (message.kind === 'who') this.#announce();
  }

  #announce(): void {
    if (this.#leader !== undefined) this.#leader.announce();
    else this.#send({ kind: 'lead', term: this.#term, isReady: false, sequence: 0 });
  }

  /** From now on writes go to another tab. `isTrue`: whether what is held here is a state that was stored. */
  #follow(isTrue: boolean): void {
    this.#giveUp(isTrue);
    this.#watch.start();
  }

  #giveUp(isTrue: boolean): void {
    const { store } = this.#options;
    this.#role = 'following';
    this.#follower.restart(isTrue);
    store.forward = (object, write) => this.#follower.forward(object, write);
    store.refuse(createError('WRITER_ELSEWHERE', 'another tab writes; transact() runs a transaction from any tab'));
    store.feed.keptUpTo(() => store.feed.sequence);
  }

  /** Tries to lead. `isFrozen`: whoever leads has not answered for long. */
  #elect(isFrozen: boolean): void {
    if (this.#election !== undefined || this.#role !== 'following') return;
    this.#isFreeAgain = false;
    this.#election = this.#tryToLead(isFrozen)
      .catch((error) => this.#fail(error))
      .finally(() => {
        this.#election = undefined;
        if (this.#isFreeAgain) this.#elect(false);
      });
  }

  async #tryToLead(isFrozen: boolean): Promise<void> {
    const { storage, name } = this.#options;
    const canTake = isFrozen && storage.takeOver !== undefined;
    const connection = canTake ? await storage.takeOver?.(name) : await this.#connect();
    if (connection !== undefined) {
      if (this.#role === 'following') await this.#lead(connection);
      else await connection.close();
      return;
    }
    if (isFrozen) {
      this.#opening?.reject(createError('STORAGE_LOCKED', 'a process has the database open that does not share it'));
      // Only one can have the storage: whoever says to lead now does, however its clock goes.
      this.#follower.forgetTerm();
    }
    // Whoever was faster leads by now.
    if (this.#role !== 'following') return;
    this.#send({ kind: 'who' });
    // What it was told of meanwhile is its own by now, and taken by the next attempt.
    if (!this.#isFreeAgain) this.#watch.awaitFree();
  }

  async #lead(connection: StorageConnection): Promise<void> {
    const { store, storage, name, durability, readers, onError, onProgress } = this.#options;
    this.#role = 'leading';
    this.#watch.stop();
    // Where no epoch is kept, the clock tells later leaders from earlier ones to tabs that have seen neither.
    this.#term = connection.epoch ?? Math.max(this.#follower.term + 1, store.environment.now());
    this.#announce();
    const beside = this.#follower.isFresh ? undefined : store.createEmpty();
    const journal = await openJournal(store, {
      storage: { kind: storage.kind, connect: async () => connection },
      name,
      durability,
      key: this.#key,
      beside: beside && { store: beside, adopt: () => adoptState(store, beside) },
      onStored: (parts) => this.#leader?.tell(parts),
      onFailure: ({ code }) => {
        if (code === 'STORAGE_LOCKED') this.#yield();
      },
      onError,
      onProgress,
    });
    this.#journal = journal;
    // Another has taken over meanwhile, or the database was closed.
    if (this.#role !== 'leading') return this.#letGo();
    store.forward = undefined;
    store.refuse(undefined);
    const term = this.#term;
    const leader = new Leader({ store, readers, journal, term, send: (message) => this.#send(message), onError });
    this.#leader = leader;
    this.#follower.ledAt(term);
    this.#announce();
    this.#opening?.resolve();
    this.#makeWaitingCalls(leader).catch(onError);
  }

  /** Makes the calls that were waiting for the leader before. */
  async #makeWaitingCalls(leader: Leader): Promise<void> {
    await Promise.all(
      this.#follower.waitingCalls().map(async (call) => {
        const outcome = await leader.take(call);
        if (outcome !== undefined) this.#follower.settle(call.call, outcome);
      }),
    );
    if (this.#leader === leader) this.#channel.hold(false);
  }

  /** Another tab leads. What was not stored here never was. */
  #yield(): void {
    if (this.#role !== 'leading') return;
    this.#letGo();
    this.#follow(false);
  }

  #letGo(): void {
    this.#leader?.retire();
    this.#leader = undefined;
    const journal = this.#journal;
    this.#journal = undefined;
    this.#options.store.settled = undefined;
    // Those who wait for it hear of its failure themselves.
    journal?.close().catch(() => undefined);
  }

  /** It can neither lead nor follow: what is held can be read, and nothing be written. */
  #fail(error: unknown): void {
    const { store, onError } = this.#options;
    const failure =
      error instanceof EngineError ? error : createError('STORAGE_FAILED', 'what another tab tells cannot be taken in');
    if (this.#role === 'closed') return;
    this.#role = 'failed';
    this.#failure = failure;
    this.#watch.stop();
    store.refuse(failure);
    store.forward = () => Promise.reject(failure);
    this.#follower.refuseAll(failure);
    this.#channel.hold(false);
    if (this.#opening === undefined) onError(error);
    else this.#opening.reject(failure);
  }

  get storedSequence(): number {
    return this.#journal?.storedSequence ?? this.#options.store.feed.sequence;
  }

  health(): StorageHealth {
    if (this.#journal !== undefined) return this.#journal.health();
    const { storage, durability, store } = this.#options;
    return {
      ...NOTHING_STORED,
      storage: storage.kind,
      durability,
      storedSequence: store.feed.sequence,
      pendingCommits: this.#follower.pendingCount,
      encrypted: this.#follower.ring !== undefined,
      failure: this.#failure?.code,
    };
  }

  /** Runs a transaction here, or has it done by the tab that writes. */
  transact<T>(work: () => T): T | Promise<T> {
    const { store } = this.#options;
    if (store.forward === undefined) return store.kept(store.transact(work));
    return this.#follower.transact(work) as Promise<T>;
  }

  settled(): Promise<void> {
    return this.#journal?.settled() ?? this.#follower.settled();
  }

  compact(onProgress?: ProgressListener): Promise<void> {
    if (this.#journal !== undefined) return this.#journal.compact(onProgress);
    return Promise.reject(createError('WRITER_ELSEWHERE', 'another tab writes, and sees to what is stored'));
  }

  /** The other tabs know the key of before: they follow on, and must be opened with the new one before they can lead. */
  async rotateKey(key: StorageKey): Promise<void> {
    if (this.#journal === undefined) throw createError('WRITER_ELSEWHERE', 'the key is rotated in the tab that writes');
    await this.#journal.rotateKey(key, () => {
      this.#key = key;
    });
  }

  /** Leads or follows anew, whichever it can. */
  reopen(): Promise<void> {
    this.#reopening ??= this.#reopen()
      .catch((error) => {
        this.#fail(error);
        throw error;
      })
      .finally(() => {
        this.#reopening = undefined;
      });
    return this.#reopening;
  }

  async #reopen(): Promise<void> {
    const isWell =
      this.#journal === undefined
        ? this.#role === 'following' && this.#follower.isJoined
        : this.#journal.health().failure === undefined;
    if (isWell || this.#role === 'closed') return;
    this.#failure = undefined;
    this.#leader?.retire();
    this.#leader = undefined;
    const journal = this.#journal;
    this.#journal = undefined;
    this.#options.store.settled = undefined;
    await journal?.close().catch(() => undefined);
    this.#watch.stop();
    this.#giveUp(false);
    const connection = await this.#connect();
    if (connection !== undefined) await this.#lead(connection);
    else await this.#followAtLast();
  }

  /** Follows, and resolves once it has joined, or leads after all. Rejects where the storage is held by one who does not share. */
  async #followAtLast(): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#opening = { resolve, reject };
        this.#follow(false);
        this.#follower.joined().then(resolve);
      });
    } finally {
      this.#opening = undefined;
    }
  }

  async createSealer(): Promise<BackupSealer | undefined> {
    if (this.#journal === undefined && this.#key !== undefined)
      throw createError('WRITER_ELSEWHERE', 'a backup is encrypted in the tab that writes');
    return this.#journal?.createSealer();
  }

  async close(): Promise<void> {
    if (this.#role === 'closed') return;
    this.#watch.stop();
    try {
      if (this.#journal !== undefined) {
        // What it still stores is told; what it is asked from now on is for the next.
        this.#leader?.retire();
        await this.#journal.close();
      } else if (this.#follower.pendingCount > 0) await this.#waitForAnswers();
    } finally {
      this.#send({ kind: 'bye' });
      this.#role = 'closed';
      this.#follower.refuseAll(createError('DATABASE_CLOSED', 'the database was closed before the write was answered'));
      await this.#election;
      this.#channel.close();
    }
  }

  #waitForAnswers(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#options.store.environment.wake(resolve, CLOSE_MS);
      this.#follower.settled().then(() => {
        stop();
        resolve();
      });
    });
  }
}
