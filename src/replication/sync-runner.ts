import { createError, EngineError } from '../engine/ground/errors.ts';
import { backoffMs } from './backoff.ts';
import type { Connectivity } from './connectivity.ts';
import { newClient } from './open-sync.ts';
import { RemoteFailure } from './remote.ts';
import type { RetryBudget } from './retry-budget.ts';
import { applyPage, pullRequestOf, runPull } from './run-pull.ts';
import { type PushPace, runPush } from './run-push.ts';
import { StreamQueue } from './stream-queue.ts';
import { nextState, type SyncEvent, type SyncState } from './sync-machine.ts';
import type { SyncParts } from './sync-parts.ts';
import { inFlightOf } from './sync-scope.ts';

export interface RunnerOptions {
  readonly parts: SyncParts;
  readonly connectivity: Connectivity;
  readonly retry: { readonly baseMs: number; readonly maxMs: number };
  readonly budget: RetryBudget;
  /** Between two looks at a server that has no stream, in milliseconds. */
  readonly pollMs: number;
  readonly leads: () => boolean;
  /** Whether others may lead at another time. */
  readonly isShared: boolean;
  readonly isPaused: boolean;
  /** Called whenever what is told by the getters has changed. */
  readonly onChange: () => void;
}

/** After so many failures of a push in a row, what the server has is looked at before it is tried again. */
const PUSHES_MAX = 3;
const LEAD_POLL_MS = 500;
/** Where work is under way. */
const WORKING: ReadonlySet<SyncState> = new Set(['pulling', 'pushing']);
/** Where no failure is what it waits for. */
const UNTROUBLED: ReadonlySet<SyncState> = new Set(['live', 'offline', 'paused', 'following']);
const CONNECTED: ReadonlySet<SyncState> = new Set(['ready', 'pulling', 'pushing', 'live', 'waiting']);

/**
 * Carries a sync from state to state: each has one thing to do, whose end is an event. What a state began is called off when it is
 * left, and what it still says after that is not heard.
 */
export class SyncRunner {
  readonly #options: RunnerOptions;
  #state: SyncState = 'ready';
  #isPaused: boolean;
  /** Of the work of the present state. */
  #work: AbortController | undefined;
  #stream: AbortController | undefined;
  readonly #queue: StreamQueue;
  readonly #stops: (() => void)[] = [];
  #cancelTimer: (() => void) | undefined;
  #cancelPoll: (() => void) | undefined;
  #isHinted = false;
  /** How long the next failure is waited out, in milliseconds. */
  #waitMs = 0;
  #attempts = 0;
  readonly #pace: PushPace;
  #isDispatching = false;
  readonly #events: SyncEvent[] = [];
  /** Of the work that may still be winding up. */
  #last: Promise<void> = Promise.resolve();
  /** How often all was pulled that the server had. */
  pulls = 0;
  inFlight = 0;
  lastPullAt: number | undefined;
  lastPushAt: number | undefined;
  error: EngineError | undefined;
  retryAt: number | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#isPaused = options.isPaused;
    this.#queue = new StreamQueue();
    const onPush = (rows: number) => {
      this.inFlight = rows;
      if (rows > 0) options.onChange();
    };
    const onShort = () => this.#endStream();
    this.#pace = { rows: options.parts.pushRows, failures: 0, onPush, stream: undefined, onShort };
    this.#stops.push(
      options.connectivity.subscribe((event) => {
        if (event !== 'visible') this.dispatch(event);
        else if (this.#state === 'live') this.dispatch('hint');
        else if (this.#state === 'waiting') this.dispatch('timer');
      }),
    );
  }

  get name(): string {
    return this.#options.parts.name;
  }

  /** Resolves when nothing that was begun runs any more. */
  settled(): Promise<void> {
    return this.#last;
  }

  get state(): SyncState {
    return this.#state;
  }

  start(): void {
    if (this.#options.isShared) this.#watchLead();
    this.#enter();
  }

  /** Has an event happen. Those that happen in the course of another come after it. */
  dispatch(event: SyncEvent): void {
    if (event === 'pause') this.#isPaused = true;
    if (event === 'resume') this.#isPaused = false;
    if (event === 'resync' || event === 'online' || event === 'resume') this.#attempts = 0;
    this.#events.push(event);
    if (this.#isDispatching) return;
    this.#isDispatching = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) this.#move(next);
    } finally {
      this.#isDispatching = false;
    }
    this.#options.onChange();
  }

  #move(event: SyncEvent): void {
    // What is under way may be past the place that this is about.
    if (WORKING.has(this.#state) && (event === 'hint' || event === 'resync')) this.#isHinted = true;
    const state = nextState(this.#state, event);
    if (state === this.#state) return;
    this.#leave();
    this.#state = state;
    if (UNTROUBLED.has(state)) this.error = undefined;
    this.#enter();
  }

  #leave(): void {
    this.#work?.abort();
    this.#work = undefined;
    this.#cancelTimer?.();
    this.#cancelPoll?.();
    this.#cancelTimer = undefined;
    this.#cancelPoll = undefined;
    this.retryAt = undefined;
  }

  #enter(): void {
    if (!CONNECTED.has(this.#state)) this.#endStream();
    if (this.#state === 'ready') return this.dispatch(this.#firstStep());
    if (this.#state === 'pulling') return this.#run((signal) => this.#pull(signal), 'pulled');
    if (this.#state === 'pushing') return this.#run((signal) => this.#push(signal), 'pushed');
    if (this.#state === 'live') return this.#beLive();
    if (this.#state === 'waiting') return this.#wait();
    if (this.#state === 'closed') for (const stop of this.#stops.splice(0)) stop();
  }

  /** What is in the way, or what is done first. */
  #firstStep(): SyncEvent {
    const { leads, connectivity, parts } = this.#options;
    if (!leads()) return 'follow';
    if (this.#isPaused) return 'pause';
    if (!connectivity.isOnline()) return 'offline';
    const state = parts.at.state(parts.name);
    const isUnanswered = state !== undefined && inFlightOf(state) !== undefined;
    return isUnanswered && this.#pace.failures < PUSHES_MAX ? 'work' : 'go';
  }

  #run(work: (signal: AbortSignal) => Promise<void>, end: SyncEvent): void {
    const controller = new AbortController();
    this.#work = controller;
    const isCurrent = () => this.#work === controller;
    this.#last = work(controller.signal).then(
      () => {
        if (!isCurrent()) return;
        this.#attempts = 0;
        this.error = undefined;
        this.dispatch(end);
      },
      (error: unknown) => {
        if (isCurrent()) this.#fail(error);
      },
    );
  }

  async #pull(signal: AbortSignal): Promise<void> {
    const { parts } = this.#options;
    this.#isHinted = false;
    const onProgress: typeof parts.onProgress = (progress) => {
      // All that there is may take long to come: the server is known to answer again with the first of it.
      this.error = undefined;
      parts.onProgress(progress);
    };
    await runPull({ ...parts, onProgress }, signal);
    this.pulls++;
    this.lastPullAt = parts.env.now();
  }

  async #push(signal: AbortSignal): Promise<void> {
    const { parts } = this.#options;
    // Before anything is sent, so that what is made need not come back.
    if (this.#stream === undefined && parts.remote.stream !== undefined && this.hasWork()) this.#openStream();
    await runPush(parts, this.#pace, signal);
    this.lastPushAt = parts.env.now();
  }

  #fail(error: unknown): void {
    const failure = asFailure(error);
    this.error = failure;
    if (failure.kind === 'unauthorized') return this.dispatch('unauthorized');
    if (failure.kind === 'outdated') return this.dispatch('outdated');
    const { parts, retry, budget } = this.#options;
    this.#waitMs = Math.max(backoffMs(parts.env, retry, this.#attempts++, failure.retryAfterMs), budget.take());
    this.dispatch('failed');
  }

  /** The clock is set where the state is entered: what failed may have done so in the middle of another event. */
  #wait(): void {
    const { env } = this.#options.parts;
    this.retryAt = env.now() + this.#waitMs;
    this.#cancelTimer = env.wake(() => this.dispatch('timer'), this.#waitMs);
  }

  /** All is exchanged: what came by the stream meanwhile is taken in, and what was written or hinted at is seen to. */
  #beLive(): void {
    const { parts, pollMs } = this.#options;
    if (this.#stream === undefined && parts.remote.stream !== undefined) this.#openStream();
    if (parts.remote.stream === undefined) this.#cancelPoll = parts.env.wake(() => this.dispatch('hint'), pollMs);
    this.#drain();
    if (this.#state !== 'live') return;
    if (this.#isHinted) this.dispatch('hint');
    else if (this.hasWork()) this.dispatch('work');
  }

  /** Whether anything waits to be sent that could be. */
  hasWork(): boolean {
    const { at, objects } = this.#options.parts;
    const names = objects.map(({ name }) => name);
    return at.hasSendable(names);
  }

  #openStream(): void {
    const controller = new AbortController();
    this.#stream = controller;
    this.#queue.clear();
    // Another for each: what reaches the server late, of an earlier one, leaves nothing out of this.
    this.#pace.stream = newClient(this.#options.parts.env.random(new Uint8Array(16)));
    this.#follow(controller, this.#pace.stream).then(
      () => this.#streamEnded(controller, undefined),
      (error: unknown) => this.#streamEnded(controller, error),
    );
  }

  async #follow(controller: AbortController, stream: string): Promise<void> {
    const { parts } = this.#options;
    const messages = parts.remote.stream?.({ ...pullRequestOf(parts), stream }, controller.signal);
    if (messages === undefined) return;
    for await (const message of messages) {
      if (controller.signal.aborted) return;
      this.#queue.add(message);
      if (this.#state !== 'live') continue;
      this.#drain();
      if (this.#isHinted) this.dispatch('hint');
    }
  }

  /** Takes in what the stream has brought, where it goes on from what is here. */
  #drain(): void {
    const { parts } = this.#options;
    try {
      for (;;) {
        const next = this.#queue.next(parts.at.state(parts.name)?.Checkpoint as string | null);
        if (next === undefined) return;
        if (next === 'gap') {
          this.#isHinted = true;
          return;
        }
        applyPage(parts, next);
        this.lastPullAt = parts.env.now();
        this.#options.onChange();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A stream that ends is opened again after a pull, at once the first time. */
  #streamEnded(controller: AbortController, error: unknown): void {
    if (this.#stream !== controller) return;
    this.#stream = undefined;
    this.#pace.stream = undefined;
    if (controller.signal.aborted || !CONNECTED.has(this.#state)) return;
    if (this.#state === 'live')
      this.#fail(error ?? new RemoteFailure('retry', 'SYNC_UNREACHABLE', 'the server has ended the stream'));
    else this.#isHinted = true;
  }

  #endStream(): void {
    this.#stream?.abort();
    this.#stream = undefined;
    this.#pace.stream = undefined;
    this.#queue.clear();
  }

  /** Tabs change places without a word to those above the engine, so the place is looked at from time to time. */
  #watchLead(): void {
    const { parts, leads } = this.#options;
    let cancel: (() => void) | undefined;
    const look = () => {
      if (this.#state === 'closed') return;
      const isFollowing = this.#state === 'following';
      if (leads() === isFollowing) this.dispatch(isFollowing ? 'lead' : 'follow');
      cancel = parts.env.wake(look, LEAD_POLL_MS);
    };
    cancel = parts.env.wake(look, LEAD_POLL_MS);
    this.#stops.push(() => cancel?.());
  }
}

function asFailure(error: unknown): RemoteFailure {
  if (error instanceof RemoteFailure) return error;
  const known =
    error instanceof EngineError
      ? error
      : createError('SYNC_UNREACHABLE', 'a function of the remote threw: the error has it as its cause');
  return new RemoteFailure('retry', known.code, known.message, { cause: error });
}
