import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freezeJson, isSameJson } from '../../../src/engine/record/record.ts';
import { createRecordShape } from '../../../src/engine/record/record-shape.ts';
import { lawOptions } from '../../instruments/law-options.ts';

const NAMES = ['Id', 'AgentId', 'x', 'A1_b__c', 'name', 'length', 'v', 'r'];
const FIELDS = NAMES.map((name) => ({ name }));

describe.each([true, false])('a record shape, compiled: %s', (compile) => {
  const shape = createRecordShape(FIELDS, compile);

  test('makes frozen records of the values in order and reads them back', () => {
    fc.assert(
      fc.property(fc.array(fc.anything(), { minLength: NAMES.length, maxLength: NAMES.length }), (values) => {
        const record = shape.make(values);
        expect(Object.isFrozen(record)).toBe(true);
        expect(Object.entries(record)).toEqual(NAMES.map((name, i) => [name, values[i]]));
        expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
        const into: unknown[] = [];
        shape.read(record, into);
        expect(into).toEqual(values);
      }),
      lawOptions(100),
    );
  });

  test('keeps nothing of the array it was given', () => {
    const values: unknown[] = NAMES.map(() => 1);
    const record = shape.make(values);
    values.fill(2);
    expect(record.Id).toBe(1);
  });
});

test('a name that is no identifier is never compiled', () => {
  for (const name of ['a b', '1a', 'a"', '', 'a.b', 'a);alert(1', 'a\u2028'])
    expect(() => createRecordShape([{ name }], true)).toThrow('plain identifier');
});

describe('JSON', () => {
  const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);

  test('is the same as its copy and as no other', () => {
    fc.assert(
      fc.property(json, json, (left, right) => {
        expect(isSameJson(left, structuredClone(left))).toBe(true);
        const sorted = (value: unknown): unknown =>
          typeof value !== 'object' || value === null
            ? value
            : Array.isArray(value)
              ? value.map(sorted)
              : Object.entries(value)
                  .map(([key, nested]) => [key, sorted(nested)])
                  .sort();
        expect(isSameJson(left, right)).toBe(
          JSON.stringify([sorted(left), Array.isArray(left)]) === JSON.stringify([sorted(right), Array.isArray(right)]),
        );
      }),
      lawOptions(300),
    );
    expect(isSameJson([], {})).toBe(false);
    expect(isSameJson({ a: undefined }, { b: 1 })).toBe(false);
    expect(isSameJson({ length: 0 }, [])).toBe(false);
    expect(isSameJson(null, {})).toBe(false);
  });

  test('is copied and frozen', () => {
    const given = { a: [{ b: 1 }] };
    const kept = freezeJson(given) as typeof given;
    (given.a[0] as { b: number }).b = 2;
    expect(kept).toEqual({ a: [{ b: 1 }] });
    expect([kept, kept.a, kept.a[0]].every(Object.isFrozen)).toBe(true);
  });
});
