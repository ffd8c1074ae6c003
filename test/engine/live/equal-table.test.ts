import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineObject } from '../../../src/engine/definition/define-object.ts';
import { EqualTable } from '../../../src/engine/live/equal-table.ts';
import type { Key, Target } from '../../../src/engine/query/condition.ts';
import type { StoredRecord } from '../../../src/engine/record/record.ts';

const definition = defineObject({
  name: 'Thing',
  label: 'Thing',
  id: { kind: 'uuid' },
  fields: { A: { type: 'int' }, B: { type: 'string', caseSensitive: true }, C: { type: 'int' } },
} as never);

function targetOf(path: string): Target {
  const field = definition.fieldsByName.get(path);
  if (field === undefined) throw new Error(path);
  return { field, path, steps: [], spec: field, caseSensitive: true };
}

const keyArbitrary = fc.constantFrom<Key | null>(null, 0, 1, Number.NaN);
const textArbitrary = fc.constantFrom<Key | null>(null, '', 'x', '1');
const keysArbitrary = fc.tuple(keyArbitrary, textArbitrary, keyArbitrary);
const stepArbitrary = fc.record({ add: fc.boolean(), keys: keysArbitrary, value: fc.nat({ max: 3 }) });

const isSame = (left: readonly unknown[], right: readonly unknown[]) =>
  left.every((key, at) => Object.is(key, right[at]));

test.each([1, 2, 3])('queries are found by the values of %i fields, after any adding and taking out', (width) => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 40 }), fc.array(keysArbitrary), (steps, asked) => {
      const values = [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }];
      const table = new EqualTable<object>(['A', 'B', 'C'].slice(0, width).map(targetOf));
      let held: { keys: readonly (Key | null)[]; value: object }[] = [];
      for (const { add, keys: all, value: at } of steps) {
        const keys = all.slice(0, width);
        const value = values[at] as object;
        const isIt = (entry: { keys: readonly unknown[]; value: object }) =>
          isSame(entry.keys, keys) && entry.value === value;
        if (add) {
          table.add(keys, value);
          if (!held.some(isIt)) held.push({ keys, value });
        } else {
          table.remove(keys, value);
          held = held.filter((entry) => !isIt(entry));
        }
        expect(table.isEmpty).toBe(held.length === 0);
      }
      for (const keys of [...asked, ...steps.map((step) => step.keys)]) {
        const [A, B, C] = keys;
        const bucket = table.find({ A, B, C } as StoredRecord);
        const found = bucket instanceof Set ? [...bucket] : bucket === undefined ? [] : [bucket];
        const expected = held.filter((entry) => isSame(entry.keys, keys.slice(0, width))).map(({ value }) => value);
        expect(new Set(found)).toEqual(new Set(expected));
      }
    }),
    { numRuns: 500 },
  );
});
