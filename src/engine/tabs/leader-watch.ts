import type { Environment } from '../ground/environment.ts';

/** How often a tab asks whether the leader is there. */
const WATCH_MS = 500;
/** Unanswered so often, it tries to lead. */
const SILENT_TURNS = 1;
/** Unanswered so often, it takes the lead from a tab that holds it and does not move. */
const FROZEN_TURNS = 10;

export interface WatchParts {
  readonly environment: Environment;
  readonly ask: () => void;
  /** Calls what it is given once when the storage is free, and returns what calls that off; absent where nothing can tell. */
  readonly whenFree: ((tell: () => void) => () => void) | undefined;
  /** Hears that this tab should try to lead, as the leader does not answer: not for now, or not for long. */
  readonly onSilence: (isFrozen: boolean) => void;
  readonly onFree: () => void;
}

/** Looks after whether there is a leader, for a tab that follows one. */
export class LeaderWatch {
  readonly #parts: WatchParts;
  /** Asked in vain so often in a row. */
  #unanswered = 0;
  #stopTimer: (() => void) | undefined;
  #stopWaiting: (() => void) | undefined;
  #isWaiting = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.stop();
    this.#unanswered = 0;
    this.#parts.ask();
    this.#tick();
    this.awaitFree();
  }

  /** The leader is there. */
  heard(): void {
    this.#unanswered = 0;
  }

  /** Waits for the storage to be free, if it does not yet. */
  awaitFree(): void {
    if (this.#isWaiting || this.#parts.whenFree === undefined) return;
    this.#stopWaiting?.();
    this.#isWaiting = true;
    this.#stopWaiting = this.#parts.whenFree(() => {
      this.#isWaiting = false;
      this.#parts.onFree();
    });
  }

  #tick(): void {
    this.#stopTimer = this.#parts.environment.wake(() => {
      this.#unanswered++;
      this.#parts.ask();
      this.#tick();
      if (this.#unanswered > SILENT_TURNS) this.#parts.onSilence(this.#unanswered > FROZEN_TURNS);
    }, WATCH_MS);
  }

  /** What it was told of and did not take is given back as well. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    this.#isWaiting = false;
  }
}
