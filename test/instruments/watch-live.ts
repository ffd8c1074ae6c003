import type { Subscription } from 'rxjs';
import { expect } from 'vitest';
import { applyDelta, type Delta, type LiveQuery } from '../../src/index.ts';
import type { Row } from './any-database.ts';
import { expectEqual } from './expect-rows.ts';

/** A delta applied as its description says, by hand: out by old places, in by new ones from the lowest up, then changed. */
export function applyByHand(rows: readonly Row[], delta: Delta<Row>): readonly Row[] {
  const next: (Row | undefined)[] = [...rows];
  for (const { index } of delta.removed) next[index] = undefined;
  for (const { from } of delta.moved) next[from] = undefined;
  const kept = next.filter((row) => row !== undefined);
  const placed = [...delta.added, ...delta.moved].sort((left, right) => left.index - right.index);
  for (const { index, record } of placed) kept.splice(index, 0, record);
  for (const { index, record } of delta.changed) kept[index] = record;
  return kept;
}

/** Hears everything a live query says and checks that it agrees with itself. */
export class LiveWatch {
  readonly live: LiveQuery<Row>;
  /** What the deltas add up to. */
  summed: readonly Row[] = [];
  /** What `result$` said last. */
  heard: readonly Row[] = [];
  deltaCount = 0;
  resultCount = 0;
  noticeCount = 0;
  completions = 0;
  /** What was found wrong while listening, where throwing would reach nobody. */
  readonly faults: unknown[] = [];
  readonly #subscriptions: Subscription[];

  constructor(live: LiveQuery<Row>) {
    this.live = live;
    this.#subscriptions = [
      live.delta$.subscribe({ next: (delta) => this.#take(delta), complete: () => this.completions++ }),
      live.result$.subscribe({
        next: (rows) => {
          this.heard = rows;
          this.resultCount++;
        },
        complete: () => this.completions++,
      }),
    ];
    live.subscribe(() => this.noticeCount++);
  }

  #take(delta: Delta<Row>): void {
    const before = this.summed;
    this.summed = applyDelta(before, delta);
    this.deltaCount++;
    try {
      expectSameRows(this.summed, applyByHand(before, delta));
      expectEqual(this.summed.length, delta.total);
    } catch (error) {
      this.faults.push(error);
    }
  }

  /** Checks that deltas, results and snapshot are one: the very same rows. */
  expectOne(): void {
    const snapshot = this.live.getSnapshot();
    expectEqual(this.faults, []);
    expectSameRows(this.summed, snapshot);
    expectSameRows(this.heard, snapshot);
    expectEqual(this.resultCount, this.deltaCount);
    expectEqual(this.noticeCount, this.deltaCount - 1);
  }

  stop(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }
}

/** The same objects in the same order, told without printing thousands of them. */
export function expectSameRows(rows: readonly Row[], wanted: readonly Row[]): void {
  if (rows.length === wanted.length && rows.every((row, at) => row === wanted[at])) return;
  expect(rows).toEqual(wanted);
  expect(
    rows.findIndex((row, at) => row !== wanted[at]),
    'the place of a row that is equal and yet another object',
  ).toBe(-1);
}
