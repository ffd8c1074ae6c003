import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldSpec } from '../../../src/engine/definition/definition.ts';
import { type WriteOptions, writeRows } from '../../../src/engine/transfer/write-rows.ts';
import { bytesOf, cut, readRecords, TRIMMED_VISIT, VISIT } from './sample-objects.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Texts made of what breaks readers of CSV and lines, and of any characters there are. */
const TEXT = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({
    unit: fc.constantFrom(
      '"',
      '""',
      ',',
      ';',
      '\n',
      '\r',
      '\r\n',
      '\t',
      ' ',
      "'",
      '=',
      'a',
      'ß',
      '🎈',
      '\u2028',
      '\u0000',
      '\uFEFF',
    ),
    maxLength: 12,
  }),
  fc.constantFrom('', ' ', 'null', 'true', '0', '1e5', '""', '",', '\\', '{', '[', '-', '\u00a0x\u00a0'),
);

const DOUBLE = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));

const KEY = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).filter((key) => !(key in Object.prototype));

const JSON_VALUE: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    TEXT,
    DOUBLE,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(KEY, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** Values as records hold them; those whose empty text is nothing are never empty. */
function arbitraryOf(spec: FieldSpec, emptyText: boolean): fc.Arbitrary<unknown> {
  const text = emptyText ? TEXT : TEXT.filter((value) => value !== '');
  switch (spec.type) {
    case 'boolean':
      return fc.boolean();
    case 'int':
      return fc.integer();
    case 'double':
      return DOUBLE;
    case 'dateTime':
      return fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date('3000-01-01') })
        .map((date) => date.toISOString());
    case 'date':
      return fc.constantFrom('2026-01-12', '1999-12-31');
    case 'anyType':
      return JSON_VALUE.filter((value) => value !== null);
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(spec.fields ?? {}).map(([name, field]) => [name, orNull(arbitraryOf(field, true))]),
        ),
        { noNullPrototype: true },
      );
    case 'list':
      return fc.array(orNull(arbitraryOf(spec.of ?? { type: 'anyType' }, true)), { maxLength: 4 });
    case 'map':
      return fc.dictionary(KEY, orNull(arbitraryOf(spec.of ?? { type: 'anyType' }, true)), {
        maxKeys: 4,
        noNullPrototype: true,
      });
    case 'id':
    case 'reference':
    case 'email':
      return TEXT.filter((value) => value !== '');
    default:
      return (spec.properties ?? '').includes('Restricted') ? fc.constantFrom(...(spec.values ?? [])) : text;
  }
}

function orNull(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.option(value, { nil: null, freq: 4 });
}

function recordOf(definition: typeof VISIT): fc.Arbitrary<Record<string, unknown>> {
  const emptyText = definition.spec.text === 'verbatim';
  const fields = definition.fields.map((field): [string, fc.Arbitrary<unknown>] => [
    field.name,
    orNull(arbitraryOf(field, emptyText)),
  ]);
  return fc.record(Object.fromEntries(fields), { noNullPrototype: true }) as fc.Arbitrary<Record<string, unknown>>;
}

const FORMATS = ['ndjson', 'json', 'csv'] as const;

describe(`what is written reads back equal (SEED=${SEED})`, () => {
  for (const format of FORMATS) {
    for (const [kind, definition] of [
      ['verbatim', VISIT],
      ['trimmed', TRIMMED_VISIT as unknown as typeof VISIT],
    ] as const) {
      test(`as ${format}, text ${kind}, told by itself, in chunks of bytes of any size`, async () => {
        const records = fc.array(recordOf(definition), { maxLength: 6 });
        await fc.assert(
          fc.asyncProperty(records, fc.integer({ min: 1, max: 300 }), async (rows, size) => {
            const text = [...writeRows(rows, definition, { format })].join('');
            expect(await readRecords(text, { definition })).toEqual(rows);
            expect(await readRecords(cut(bytesOf(text), size), { definition })).toEqual(rows);
          }),
          { seed: SEED, numRuns: 60 },
        );
      });
    }

    test(`as ${format}, with some of the fields`, async () => {
      const names = VISIT.fields.map((field) => field.name);
      const some = fc.subarray(names, { minLength: 1 });
      await fc.assert(
        fc.asyncProperty(fc.array(recordOf(VISIT), { maxLength: 4 }), some, async (rows, fields) => {
          const options: WriteOptions = { format, fields };
          const text = [...writeRows(rows, VISIT, options)].join('');
          const expected = rows.map((row) => Object.fromEntries(fields.map((name) => [name, row[name]])));
          expect(await readRecords(text, { format })).toEqual(expected);
        }),
        { seed: SEED, numRuns: 60 },
      );
    });
  }
});
