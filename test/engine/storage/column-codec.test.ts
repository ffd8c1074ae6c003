import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../../../src/engine/storage/bytes.ts';
import { readColumn, writeColumn } from '../../../src/engine/storage/column-codec.ts';

function roundTrip(values: readonly unknown[], type: string) {
  const writer = new ByteWriter();
  writeColumn(writer, values, type);
  const bytes = writer.finish();
  const column = readColumn(new ByteReader(bytes), values.length);
  return { values: values.map((_, row) => column.at(row)), size: bytes.length };
}

const moments = fc
  .date({ min: new Date('1700-01-01T00:00:00.000Z'), max: new Date('4000-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const list = <T>(values: fc.Arbitrary<T>) => fc.array(fc.option(values), { minLength: 1, maxLength: 300 });
const numbers = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.maxSafeInteger(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);

test.each<[string, fc.Arbitrary<readonly unknown[]>]>([
  ['dateTime', list(moments)],
  [
    'dateTime',
    list(fc.constantFrom('2026-11-25T08:00:00.000Z', '1699-12-31T23:59:59.999Z', '2026-11-25T08:00:00.001Z')),
  ],
  ['int', list(numbers)],
  ['int', list(fc.integer({ min: -3, max: 250 }))],
  ['double', list(numbers)],
  ['string', list(fc.string({ unit: 'binary' }))],
  ['string', list(fc.constantFrom('Open', 'Closed', ''))],
  ['boolean', list(fc.boolean())],
  ['object', list(fc.json({ maxDepth: 3 }).map((text) => ({ nested: JSON.parse(text) ?? null })))],
  ['anyType', list(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant([1, 'two', null])))],
])('a column of %s is read as it was written', (type, arbitrary) => {
  fc.assert(
    fc.property(arbitrary, (values) => {
      // -0 is stored as 0, as in JSON.
      const plain = JSON.parse(JSON.stringify(values));
      expect(JSON.parse(JSON.stringify(roundTrip(values, type).values))).toEqual(plain);
    }),
  );
});

test('nested values come back frozen', () => {
  const [value] = roundTrip([{ list: [{}] }, null], 'object').values as [{ list: readonly object[] }];
  expect(Object.isFrozen(value) && Object.isFrozen(value.list) && Object.isFrozen(value.list[0])).toBe(true);
});

test('a column takes no more bytes than its values need', () => {
  const many = (value: (at: number) => unknown) => Array.from({ length: 4096 }, (_, at) => value(at));
  expect(
    roundTrip(
      many(() => 'same'),
      'string',
    ).size,
  ).toBeLessThan(20);
  expect(
    roundTrip(
      many((at) => at % 200),
      'int',
    ).size,
  ).toBeLessThan(4096 + 20);
  expect(
    roundTrip(
      many((at) => at * 7),
      'int',
    ).size,
  ).toBeLessThan(4096 * 2 + 20);
  expect(
    roundTrip(
      many((at) => `agent ${at % 500}`),
      'string',
    ).size,
  ).toBeLessThan(4096 * 2 + 500 * 12 + 20);
  const start = Date.UTC(2026, 0, 1);
  expect(
    roundTrip(
      many((at) => new Date(start + at * 900_000).toISOString()),
      'dateTime',
    ).size,
  ).toBeLessThan(4096 * 4 + 20);
});
