import { createError } from '../ground/errors.ts';
import { Listeners } from '../ground/listeners.ts';
import type { Batch } from '../write/change.ts';

/** A listener that answers each batch with a write of its own makes a chain; this long, it is a loop. */
const CHAIN_MAX = 100;
/** Listeners that each answer with two writes never get that deep, as their batches double at every step. */
const ANSWERS_MAX = 100_000;

/** A batch that listeners have made while another was announced, and how long the chain is that led to it. */
interface Waiting {
  readonly batch: Batch;
  readonly depth: number;
}

/**
 * The numbered stream of commits. Every listener hears every batch, in order, after it is true: a write made by a
 * listener is committed at once and announced after the batch being announced.
 */
export class ChangeFeed {
  readonly #followers: ((batch: Batch) => void)[] = [];
  readonly #announcers: ((batch: Batch) => void)[] = [];
  readonly #listeners: Listeners<Batch>;
  readonly #keepMax: number;
  readonly #waiting: Waiting[] = [];
  /** Where in `#waiting` the batch stands that is announced next. */
  #next = 0;
  #kept: Batch[] = [];
  /** Where in `#kept` the oldest batch stands that `since` still gives. */
  #head = 0;
  /** How many changes came before each batch kept. */
  #starts: number[] = [];
  #changeCount = 0;
  #sequence = 0;
  /** How long the chain of answers is that leads to what is being told now. */
  #depth = 0;
  #announcing = false;
  /** The sequence of the last batch that is kept, where something keeps them. */
  #storedSequence: (() => number) | undefined;
  /** How much listeners of live queries have yet to be told. */
  backlog = 0;

  /** `keepMax`: how many changes, in whole batches, `since` can go back. */
  constructor(keepMax: number, onError: (error: unknown) => void) {
    this.#keepMax = keepMax;
    this.#listeners = new Listeners(onError);
  }

  /** The sequence of the last batch; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /** From now on batches tell whether they are kept. */
  keptUpTo(storedSequence: () => number): void {
    this.#storedSequence = storedSequence;
  }

  #handOut(batch: Batch): Batch {
    const frozen = freezeBatch(batch);
    if (this.#storedSequence === undefined) return frozen;
    return Object.freeze({ ...frozen, durable: batch.sequence <= this.#storedSequence() });
  }

  /** Goes on after a sequence reached before, or from one that the commits told before do not lead to. */
  resume(sequence: number): void {
    this.#sequence = sequence;
    this.#kept = [];
    this.#starts = [];
    this.#head = 0;
  }

  subscribe(listener: (batch: Batch) => void): () => void {
    return this.#listeners.add(listener);
  }

  /**
   * Adds a part of the engine that keeps step with the tables: it is called within the commit, before anyone is told,
   * even while an earlier batch is still being announced. It must not throw nor call foreign code. Returns what ends it.
   */
  follow(follower: (batch: Batch) => void): () => void {
    this.#followers.push(follower);
    return () => {
      const at = this.#followers.indexOf(follower);
      if (at >= 0) this.#followers.splice(at, 1);
    };
  }

  /** Adds a part of the engine that tells listeners of its own, in turn with those of the feed and before them. */
  announceBy(announcer: (batch: Batch) => void): void {
    this.#announcers.push(announcer);
  }

  /** Throws `LISTENER_LOOP` when a write from inside a listener has been answered by another for too long. */
  assertNotLooping(): void {
    if (this.#depth >= CHAIN_MAX)
      throw createError('LISTENER_LOOP', `listeners have answered each other's writes ${CHAIN_MAX} times in a row`);
    // Those already told count as well: if each of them let in another, there would be no end.
    if (this.#waiting.length + this.backlog >= ANSWERS_MAX)
      throw createError('LISTENER_LOOP', `listeners have answered one write with ${ANSWERS_MAX} of theirs`);
  }

  /** How long the chain is that a commit made now would be the end of. */
  get nextDepth(): number {
    return this.#depth + 1;
  }

  /**
   * Tells listeners of something at the end of a chain of answers, for those who are told outside a commit: later, by the
   * clock, or one after another. What they write in answer makes the chain longer.
   */
  tellAt(depth: number, tell: () => void): void {
    const outer = this.#depth;
    this.#depth = Math.max(outer, depth);
    try {
      tell();
    } finally {
      this.#depth = outer;
    }
  }

  publish(batch: Batch): void {
    this.#sequence = batch.sequence;
    this.#keep(batch);
    for (const follower of this.#followers) follower(batch);
    const outer = this.#depth;
    if (this.#announcing) {
      this.#waiting.push({ batch, depth: outer + 1 });
      return;
    }
    this.#announcing = true;
    try {
      this.#announce(batch, outer + 1);
      // Read by place: taking the first off a long list moves all the others.
      for (; this.#next < this.#waiting.length; this.#next++) {
        const { batch: waited, depth } = this.#waiting[this.#next] as Waiting;
        this.#announce(waited, depth);
      }
    } finally {
      // Setting the length of a list costs 0.1 us, even where it stays what it was.
      if (this.#waiting.length > 0) this.#waiting.length = 0;
      this.#next = 0;
      this.#depth = outer;
      this.#announcing = false;
    }
  }

  #announce(batch: Batch, depth: number): void {
    this.#depth = depth;
    for (const announcer of this.#announcers) announcer(batch);
    if (this.#listeners.count > 0) this.#listeners.call(this.#handOut(batch));
  }

  #keep(batch: Batch): void {
    // Counted beside the batches: what leaves is long out of the cache, and need not be read to be let go.
    this.#starts.push(this.#changeCount);
    this.#kept.push(batch);
    this.#changeCount += batch.changes.length;
    const earliest = this.#changeCount - this.#keepMax;
    while ((this.#starts[this.#head] as number) < earliest) this.#head++;
    // The arrays are cut once most of them is out of use, so that keeping the feed short costs next to nothing a commit.
    if ((this.#head > 64 && this.#head * 2 > this.#kept.length) || this.#head === this.#kept.length) {
      this.#kept = this.#kept.slice(this.#head);
      this.#starts = this.#starts.slice(this.#head);
      this.#head = 0;
    }
  }

  /**
   * The batches after `sequence`, oldest first. Throws `SEQUENCE_TRIMMED` when some of them are no longer kept, or the
   * sequence has not been reached.
   */
  since(sequence: number): readonly Batch[] {
    // A number of another database, or of one that was not kept: what followed it is not known here.
    if (sequence > this.#sequence)
      throw createError('SEQUENCE_TRIMMED', `sequence ${sequence} has not been reached; the last is ${this.#sequence}`);
    if (sequence === this.#sequence) return [];
    const oldest = this.#kept[this.#head]?.sequence ?? this.#sequence + 1;
    if (sequence + 1 < oldest)
      throw createError('SEQUENCE_TRIMMED', `changes up to sequence ${oldest - 1} are no longer kept`);
    return this.#kept.slice(this.#head + sequence + 1 - oldest).map((batch) => this.#handOut(batch));
  }

  close(): void {
    this.#listeners.clear();
    this.#followers.length = 0;
    this.#announcers.length = 0;
    this.#waiting.length = 0;
  }
}

/** Freezing takes 1.5 us a commit, so it is done when a batch first leaves the engine: most are heard by no one. */
function freezeBatch(batch: Batch): Batch {
  if (Object.isFrozen(batch)) return batch;
  for (const change of batch.changes) Object.freeze(change);
  Object.freeze(batch.changes);
  return Object.freeze(batch);
}
