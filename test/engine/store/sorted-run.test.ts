import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SortedRun } from '../../../src/engine/store/sorted-run.ts';
import { lawOptions } from '../../instruments/law-options.ts';

type Entry = readonly [key: number, slot: number];

/** Entries in a plain array, sorted anew after each step. */
class Model {
  entries: Entry[] = [];

  insert(...added: readonly Entry[]): void {
    this.entries = [...this.entries, ...added].sort((left, right) =>
      left[0] < right[0] ? -1 : left[0] > right[0] ? 1 : left[1] - right[1],
    );
  }

  remove(slot: number): Entry {
    const at = this.entries.findIndex((entry) => entry[1] === slot);
    return this.entries.splice(at, 1)[0] as Entry;
  }
}

function read(run: SortedRun, from: number, to: number, backward: boolean): Entry[] {
  const read: Entry[] = [];
  run.visit(from, to, backward, (slot, key) => read.push([key, slot]) > 0);
  return read;
}

const KEYS = [Number.NEGATIVE_INFINITY, -1.5, 0, 1, 2, 3, 1e12];

function expectSame(run: SortedRun, model: Model, keyed: boolean, from: number, to: number): void {
  const { entries } = model;
  const shown = keyed ? entries : entries.map(([, slot]): Entry => [0, slot]);
  expect(run.size).toBe(entries.length);
  expect(read(run, 0, run.size, false)).toEqual(shown);
  expect(read(run, 0, run.size, true)).toEqual([...shown].reverse());
  expect(read(run, from, to, false)).toEqual(shown.slice(from, to));
  expect(read(run, from, to, true)).toEqual(shown.slice(from, to).reverse());
  const copied = new Int32Array(to - from + 2).fill(-9);
  expect(run.copy(from, to, copied, 1)).toBe(1 + to - from);
  const reversed = new Int32Array(copied.length);
  expect(run.copyBackward(from, to, reversed, 1)).toBe(1 + to - from);
  expect([...reversed.subarray(1, 1 + to - from)].reverse()).toEqual([...copied.subarray(1, 1 + to - from)]);
  expect([...copied]).toEqual([-9, ...entries.slice(from, to).map(([, slot]) => slot), -9]);
  if (!keyed) return;
  for (const key of KEYS) {
    expect(run.lowerRank(key)).toBe(entries.filter(([other]) => other < key).length);
    expect(run.upperRank(key)).toBe(entries.filter(([other]) => other <= key).length);
  }
  for (const [i, [key, slot]] of entries.entries()) if (i % 7 === 0) expect(run.rank(key, slot)).toBe(i);
}

type Step =
  | { readonly kind: 'insert' | 'insertMany'; readonly keys: readonly number[]; readonly rising: boolean }
  | { readonly kind: 'remove'; readonly places: readonly number[] };

const key = fc.oneof(fc.constantFrom(...KEYS), fc.integer({ min: -5, max: 5 }));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), keys: fc.array(key, { maxLength: 40 }), rising: fc.boolean() }),
  fc.record({
    kind: fc.constant('insertMany' as const),
    keys: fc.array(key, { maxLength: 1500, size: 'max' }),
    rising: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('remove' as const), places: fc.array(fc.nat(), { maxLength: 600, size: 'max' }) }),
);

describe.each([true, false])('a sorted run with keys: %s', (keyed) => {
  test('holds what a plain sorted array holds, whatever is put in and taken out', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 7 }), fc.nat(), fc.nat(), (steps, a, b) => {
        const run = new SortedRun(keyed);
        const model = new Model();
        let nextSlot = 0;
        for (const each of steps) {
          if (each.kind === 'remove') {
            for (const place of each.places) {
              if (model.entries.length === 0) break;
              const [key, slot] = model.remove((model.entries[place % model.entries.length] as Entry)[1]);
              run.remove(key, slot);
            }
            continue;
          }
          const slots = each.keys.map(() => nextSlot++);
          if (!each.rising) slots.reverse();
          const added = each.keys.map((key, i): Entry => [keyed ? key : 0, slots[i] as number]);
          model.insert(...added);
          if (each.kind === 'insert') for (const [key, slot] of added) run.insert(key, slot);
          else {
            const sorted = new Model();
            sorted.insert(...added);
            const keys = keyed ? Float64Array.from(sorted.entries, ([key]) => key) : undefined;
            run.insertSorted(
              keys,
              Int32Array.from(sorted.entries, ([, slot]) => slot),
            );
          }
        }
        const [from, to] = [a % (model.entries.length + 1), b % (model.entries.length + 1)].sort((x, y) => x - y) as [
          number,
          number,
        ];
        expectSame(run, model, keyed, from, to);
      }),
      lawOptions(60),
    );
  });

  test('stays right over many pages, filled from the end, from the beginning and in between', () => {
    for (const order of ['rising', 'falling', 'scattered'] as const) {
      const run = new SortedRun(keyed);
      const model = new Model();
      const count = 3000;
      for (let i = 0; i < count; i++) {
        const at = order === 'rising' ? i : order === 'falling' ? count - 1 - i : (i * 1787) % count;
        run.insert(keyed ? at % 97 : 0, at);
        model.entries.push([keyed ? at % 97 : 0, at]);
      }
      model.insert();
      expectSame(run, model, keyed, 700, 1900);
      for (let i = 0; i < count; i += 2) {
        const [key, slot] = model.remove(i);
        run.remove(key, slot);
      }
      expectSame(run, model, keyed, 10, 1300);
      for (const [key, slot] of model.entries) run.remove(key, slot);
      expect(run.size).toBe(0);
      run.insert(5, 1);
      expect(read(run, 0, 1, false)).toEqual([[keyed ? 5 : 0, 1]]);
    }
  });
});

describe('a visit', () => {
  const run = new SortedRun(true);
  for (let slot = 0; slot < 1200; slot++) run.insert(slot, slot);

  test('ends when it is told to', () => {
    const seen: number[] = [];
    run.visit(500, 1200, false, (slot) => seen.push(slot) < 20);
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => 500 + i));
    const back: number[] = [];
    run.visit(0, 520, true, (slot) => back.push(slot) < 20);
    expect(back).toEqual(Array.from({ length: 20 }, (_, i) => 519 - i));
  });

  test('of nothing visits nothing', () => {
    const never = () => {
      throw new Error('visited');
    };
    run.visit(5, 5, false, never);
    run.visit(7, 3, true, never);
    new SortedRun(true).visit(0, 0, false, never);
    expect(new SortedRun(true).lowerRank(3)).toBe(0);
  });
});

test('an entry that is not there cannot be taken out', () => {
  const run = new SortedRun(true);
  run.insert(1, 1);
  expect(() => run.remove(1, 2)).toThrow('an entry to remove is in its run');
  expect(() => run.remove(2, 1)).toThrow('an entry to remove is in its run');
  expect(run.size).toBe(1);
});
