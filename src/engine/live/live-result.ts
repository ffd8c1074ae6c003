import type { StoredRecord } from '../record/record.ts';
import type { Keyed } from './delta.ts';
import type { Span } from './replaced-span.ts';

/** A record of the object watched: where its table keeps it and what it was and is. Equal where only a parent changed. */
export interface RecordChange {
  readonly slot: number;
  readonly before: StoredRecord | undefined;
  readonly after: StoredRecord | undefined;
}

/** What keeps a result in step with its table. */
export interface LiveResult<T> {
  /** Takes in one change that may concern it. Returns whether the rows may differ for it. */
  apply(change: RecordChange): boolean;
  /**
   * The rows now; the very same entries where nothing changed. `reuse`: whether the list given last may be given again with
   * rows in it replaced where they stood, as nobody looks at what it was: `replaced` tells which.
   */
  rows(reuse?: boolean): readonly Keyed<T>[];
  /** Called after `rows`: the rows that were replaced where they stood since the last time, where that is all there was. */
  replaced?(): Span | undefined;
  /**
   * Called before anything else: the rows of another result, in whose place this one is shown. What says the same is to be
   * the same object.
   */
  adopt?(rows: readonly Keyed<T>[]): void;
  /** Forgets what depends on the moment, where something does: `rows` tells what is so by now. */
  expire?(): void;
}
