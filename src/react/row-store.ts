import { EngineError } from '../engine/ground/errors.ts';
import type { LiveQuery } from '../engine/live/live-query.ts';
import type { Question, Row } from './question.ts';
import { SteadyRows } from './steady-rows.ts';

/**
 * One question of one component, as `useSyncExternalStore` wants it. A live query is open exactly while there is a
 * subscription: rendering leaves nothing behind.
 *
 * Until then `getSnapshot` reads: it opens the live query, takes its rows and closes it again before it returns, and
 * does so anew only when something has been committed since. The rows are thus those of the live query itself, order,
 * frozenness and errors included, at the price of reading twice when a component is mounted; where an equal live query
 * is open already, both readings share its result.
 *
 * Rejected: to open in render and keep it open. A render may be thrown away without a word (a suspended or interrupted
 * one, the second of StrictMode), and what it opened would have to be collected by a timer, which is either too early
 * for a render that waits or a leak for a while. Rejected too: to read once and trust the subscription to correct it.
 * React asks again just before it shows what it rendered in pieces, and a stale answer there is a torn frame. And a
 * grace between the last subscriber and closing: StrictMode would reopen less in development, but nobody could say
 * any more when a page has let go of its queries. And to move the window of an open live query: `setWindow` makes the new
 * window's result as opening does, and in render it would move rows that are on the screen.
 */
export class RowStore {
  readonly #question: Question;
  readonly #rows: SteadyRows<Row>;
  #live: LiveQuery<Row> | undefined;
  /** The commit at which the rows were read last. */
  #readAt: number | undefined;

  /** `before`: the store of what the component asked before, whose rows go on where they are rows of this one too. */
  constructor(question: Question, before?: RowStore) {
    this.#question = question;
    this.#rows = new SteadyRows(before === undefined ? undefined : before.#rows);
  }

  /** The rows by now; the same array until they change. */
  readonly getSnapshot = (): readonly Row[] => {
    if (this.#live !== undefined) return this.#rows.follow(this.#live);
    const sequence = this.#question.sequence();
    if (sequence !== this.#readAt) {
      const live = this.#open();
      if (live !== undefined) this.#rows.adopt(live);
      live?.close();
      this.#readAt = sequence;
    }
    return this.#rows.shown;
  };

  /** Opens the live query and calls `listener` when its rows have changed. Returns what closes it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    const live = this.#open();
    if (live === undefined) return () => undefined;
    // What was committed since the render is in these rows, and React compares them with those that it has shown.
    this.#rows.adopt(live);
    this.#live = live;
    live.subscribe(listener);
    return () => {
      if (this.#live === live) {
        this.#rows.follow(live);
        this.#readAt = this.#question.sequence();
        this.#live = undefined;
      }
      live.close();
    };
  };

  /** A database that has been closed has no newer rows than those already shown. */
  #open(): LiveQuery<Row> | undefined {
    try {
      return this.#question.open();
    } catch (error) {
      const isClosed = error instanceof EngineError && error.code === 'DATABASE_CLOSED';
      if (isClosed && this.#readAt !== undefined) return undefined;
      throw error;
    }
  }
}
