import { formatDate, formatDateTime } from '../ground/date-time.ts';
import type { AggregateOutput } from '../query/check-aggregate.ts';
import { isPlainField, type Key } from '../query/condition.ts';
import { SortedRun } from '../store/sorted-run.ts';

/** One computed value of one group, moved by the records that come and go. */
export interface Accumulator {
  add(key: Key | null, slot: number): void;
  remove(key: Key | null, slot: number): void;
  value(): unknown;
}

class Count implements Accumulator {
  #count = 0;

  add(key: Key | null): void {
    if (key !== null) this.#count++;
  }

  remove(key: Key | null): void {
    if (key !== null) this.#count--;
  }

  value(): number {
    return this.#count;
  }
}

class Sum implements Accumulator {
  readonly #average: boolean;
  #sum = 0;
  #count = 0;

  constructor(average: boolean) {
    this.#average = average;
  }

  add(key: Key | null): void {
    if (key === null) return;
    this.#sum += key as number;
    this.#count++;
  }

  remove(key: Key | null): void {
    if (key === null) return;
    this.#sum -= key as number;
    this.#count--;
  }

  value(): number | null {
    if (this.#count === 0) return null;
    return this.#average ? this.#sum / this.#count : this.#sum;
  }
}

class CountDistinct implements Accumulator {
  readonly #counts = new Map<Key, number>();

  add(key: Key | null): void {
    if (key !== null) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  remove(key: Key | null): void {
    if (key === null) return;
    const left = (this.#counts.get(key) ?? 0) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }

  value(): number {
    return this.#counts.size;
  }
}

/** All values in order, so that the next lowest is at hand when the lowest goes. */
class Extreme implements Accumulator {
  readonly #run = new SortedRun(true);
  readonly #highest: boolean;
  readonly #show: (key: number) => unknown;

  constructor(highest: boolean, show: (key: number) => unknown) {
    this.#highest = highest;
    this.#show = show;
  }

  add(key: Key | null, slot: number): void {
    if (key !== null) this.#run.insert(key as number, slot);
  }

  remove(key: Key | null, slot: number): void {
    if (key !== null) this.#run.remove(key as number, slot);
  }

  value(): unknown {
    if (this.#run.size === 0) return null;
    return this.#show(this.#highest ? this.#run.lastKey : this.#run.firstKey);
  }
}

/**
 * Makes the accumulators of an output; undefined where the value cannot be moved exactly: sums of fractions drift by
 * rounding, and the lowest text is not a number to keep in order.
 */
export function accumulatorMaker({ kind, target }: AggregateOutput): (() => Accumulator) | undefined {
  if (kind === 'count' || target === undefined) return () => new Count();
  if (kind === 'countDistinct') return () => new CountDistinct();
  const { type } = target.spec;
  if (kind === 'sum' || kind === 'avg') {
    // A field's ints are bounded; those inside nested values and lists are not and may lose digits on the way.
    return type === 'int' && isPlainField(target) ? () => new Sum(kind === 'avg') : undefined;
  }
  const highest = kind === 'max';
  if (type === 'int' || type === 'double') return () => new Extreme(highest, (key) => key);
  if (type === 'dateTime') return () => new Extreme(highest, formatDateTime);
  return type === 'date' ? () => new Extreme(highest, formatDate) : undefined;
}
