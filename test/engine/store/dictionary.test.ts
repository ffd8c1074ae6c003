import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldCase } from '../../../src/engine/ground/fold-case.ts';
import { Dictionary } from '../../../src/engine/store/dictionary.ts';
import { lawOptions } from '../../instruments/law-options.ts';

const text = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'A',
    'ab',
    'AB',
    'aB',
    'ß',
    'ss',
    'SS',
    'é',
    'É',
    'ﬁ',
    'fi',
    '__proto__',
    'constructor',
    '\uffff',
    '\u{1f600}',
  ),
  fc.string(),
);

describe.each([true, false])('a dictionary, case-sensitive: %s', (caseSensitive) => {
  const fold = (value: string) => (caseSensitive ? value : foldCase(value));

  test('gives equal texts one code, others another, and keeps to it', () => {
    fc.assert(
      fc.property(fc.array(text), fc.array(text), (stored, others) => {
        const dictionary = new Dictionary(caseSensitive);
        const codes = new Map<string, number>();
        for (const each of stored) {
          const code = dictionary.encode(each);
          expect(code).toBe(codes.get(fold(each)) ?? codes.size);
          codes.set(fold(each), code);
        }
        expect(dictionary.size).toBe(codes.size);
        for (const each of [...stored, ...others]) expect(dictionary.find(each)).toBe(codes.get(fold(each)) ?? -1);
        for (const [folded, code] of codes) {
          expect(dictionary.folded[code]).toBe(folded);
          expect(dictionary.texts[code]).toBe(stored.find((each) => fold(each) === folded));
        }
      }),
      lawOptions(200),
    );
  });

  test('has its codes in the order of their texts, after every new text', () => {
    fc.assert(
      fc.property(fc.array(fc.array(text, { maxLength: 12 }), { maxLength: 5 }), text, (rounds, sought) => {
        const dictionary = new Dictionary(caseSensitive);
        for (const round of rounds) {
          for (const each of round) dictionary.encode(each);
          const texts = [...dictionary.ordered()].map((code) => dictionary.folded[code] as string);
          expect(texts).toEqual(
            [...dictionary.folded].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0)),
          );
          expect(dictionary.lowerBound(fold(sought))).toBe(texts.filter((each) => each < fold(sought)).length);
        }
        expect(dictionary.ordered()).toBe(dictionary.ordered());
      }),
      lawOptions(200),
    );
  });
});

test('asking does not store', () => {
  const dictionary = new Dictionary(false);
  expect(dictionary.find('a')).toBe(-1);
  expect(dictionary.size).toBe(0);
  expect([...dictionary.ordered()]).toEqual([]);
  expect(dictionary.lowerBound('A')).toBe(0);
});
