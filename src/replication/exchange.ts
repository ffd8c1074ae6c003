import type { Environment } from '../engine/ground/environment.ts';
import { EngineError } from '../engine/ground/errors.ts';
import { RemoteFailure } from './remote.ts';
import { aborted } from './until-aborted.ts';

/** What may be waited for within one request, and what ends all of it: the caller's signal, silence, or being closed. */
export class Exchange {
  readonly #env: Environment;
  readonly #outer: AbortSignal;
  readonly #controller = new AbortController();
  readonly #abort = () => this.#controller.abort();
  #isSilent = false;

  /** Throws `ABORTED` where the signal is raised already. */
  constructor(env: Environment, outer: AbortSignal) {
    if (outer.aborted) throw aborted();
    this.#env = env;
    this.#outer = outer;
    outer.addEventListener('abort', this.#abort);
  }

  /** Raised when the exchange is over. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Waits `silenceMs` at most, and no longer than the signal lets it, even for a promise that heeds neither. What the promise
   * rejects with becomes a failure `SYNC_UNREACHABLE`, unless it is an error of ours.
   */
  wait<T>(promise: PromiseLike<T>, silenceMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const { signal } = this.#controller;
      const stop = () => settle(() => reject(this.#ending(undefined)));
      const disarm = this.#env.wake(() => {
        this.#isSilent = true;
        this.#controller.abort();
      }, silenceMs);
      const settle = (act: () => void) => {
        disarm();
        signal.removeEventListener('abort', stop);
        act();
      };
      promise.then(
        (value) => settle(() => resolve(value)),
        (error) => settle(() => reject(this.#ending(error))),
      );
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop);
    });
  }

  #ending(cause: unknown): EngineError {
    if (this.#outer.aborted) return aborted();
    if (this.#isSilent)
      return new RemoteFailure(
        'retry',
        'SYNC_UNREACHABLE',
        'the server did not answer in time, or stopped in the middle of an answer',
      );
    if (cause instanceof EngineError) return cause;
    return new RemoteFailure('retry', 'SYNC_UNREACHABLE', 'the server cannot be reached: the connection failed', {
      cause,
    });
  }

  /** Lets go of the caller's signal, and of the connection unless all has been read: it then serves the next request. */
  close(isRead = false): void {
    this.#outer.removeEventListener('abort', this.#abort);
    if (!isRead) this.#controller.abort();
  }
}
