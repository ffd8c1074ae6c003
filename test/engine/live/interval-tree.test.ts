import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IntervalTree } from '../../../src/engine/live/interval-tree.ts';
import type { Range } from '../../../src/engine/query/condition.ts';
import { lawOptions } from '../../instruments/law-options.ts';

const bound = fc.option(fc.integer({ min: -4, max: 12 }), { nil: undefined });
const range: fc.Arbitrary<Range> = fc
  .record({ lower: bound, lowerOpen: fc.boolean(), upper: bound, upperOpen: fc.boolean() })
  .map((ends) => ({ op: 'range' as const, ...ends }));
const step = fc.oneof(
  { weight: 3, arbitrary: range },
  { weight: 1, arbitrary: fc.record({ remove: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ find: fc.integer({ min: -6, max: 14 }) }) },
);

function holds({ lower, lowerOpen, upper, upperOpen }: Range, key: number): boolean {
  const [from, to] = [(lower ?? Number.NEGATIVE_INFINITY) as number, (upper ?? Number.POSITIVE_INFINITY) as number];
  return (lowerOpen ? key > from : key >= from) && (upperOpen ? key < to : key <= to);
}

describe('an interval tree', () => {
  test('finds the ranges that a key is in, after ranges have come and gone', () => {
    const law = fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const tree = new IntervalTree<number>();
      const there = new Map<number, { range: Range; takeOut: () => void }>();
      for (const [at, each] of steps.entries()) {
        if ('remove' in each) {
          const [id, entry] = [...there][each.remove % Math.max(1, there.size)] ?? [];
          entry?.takeOut();
          entry?.takeOut();
          if (id !== undefined) there.delete(id);
        } else if ('find' in each) {
          const found: number[] = [];
          tree.visit(each.find, (id) => found.push(id));
          const expected = [...there].filter(([, entry]) => holds(entry.range, each.find)).map(([id]) => id);
          expect(found.sort((left, right) => left - right)).toEqual(expected);
        } else there.set(at, { range: each, takeOut: tree.add(each, at) });
        expect(tree.size).toBe(there.size);
      }
    });
    fc.assert(law, lawOptions(300));
  });

  test('orders texts as texts, and takes thousands in order without losing its balance', () => {
    const texts = new IntervalTree<string>();
    texts.add({ op: 'range', lower: 'AN', lowerOpen: false, upper: 'AO', upperOpen: true }, 'an');
    const found: string[] = [];
    for (const key of ['AM', 'AN', 'ANNA', 'AO']) texts.visit(key, (value) => found.push(`${value} ${key}`));
    expect(found).toEqual(['an AN', 'an ANNA']);
    const tree = new IntervalTree<number>();
    for (let at = 0; at < 20_000; at++)
      tree.add({ op: 'range', lower: at, lowerOpen: false, upper: at + 1, upperOpen: true }, at);
    const hits: number[] = [];
    tree.visit(12_345.5, (value) => hits.push(value));
    expect(hits).toEqual([12_345]);
  });
});
