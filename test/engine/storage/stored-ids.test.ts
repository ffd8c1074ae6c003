import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../../../src/engine/storage/bytes.ts';
import { readColumn, writeColumn } from '../../../src/engine/storage/column-codec.ts';
import { indexIds } from '../../../src/engine/storage/stored-ids.ts';

function blockOf(ids: readonly string[]) {
  const writer = new ByteWriter();
  writeColumn(writer, ids, 'id');
  return { ids: readColumn(new ByteReader(writer.finish()), ids.length), count: ids.length };
}

const character = fc.constantFrom(...'0123456789ABCxyz-');
const fixed = (length: number) => fc.string({ unit: character, minLength: length, maxLength: length });
const idOf = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(15, 18, 36, 8).map(fixed) },
  { weight: 1, arbitrary: fc.constant(fc.string({ minLength: 1, maxLength: 20 })) },
);

test('every id is found in its slot and no other is, whatever form ids have', () => {
  const blocks = idOf.chain((id) =>
    fc.tuple(
      fc.uniqueArray(id, { minLength: 1, maxLength: 400 }),
      fc.array(fc.oneof(id, fc.string()), { maxLength: 20 }),
      fc.integer({ min: 1, max: 100 }),
    ),
  );
  fc.assert(
    fc.property(blocks, ([ids, others, size]) => {
      const parts: string[][] = [];
      for (let from = 0; from < ids.length; from += size) parts.push(ids.slice(from, from + size));
      const index = indexIds(parts.map(blockOf));
      expect(ids.map((id) => index.find(id))).toEqual(ids.map((_, slot) => slot));
      for (const other of others) if (!ids.includes(other)) expect(index.find(other)).toBe(undefined);
    }),
  );
});

test('what is no id is not found, nor an id whose characters are the same in their low bits alone', () => {
  const index = indexIds([blockOf(['0Nw5g0000000001AAA', '0Nw5g0000000002AAA'])]);
  expect(index.find('0Nw5g0000000002AAA')).toBe(1);
  expect(index.find('\u0130Nw5g0000000002AAA')).toBe(undefined);
  for (const id of [5, null, undefined, {}]) expect(index.find(id as never)).toBe(undefined);
});
