import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createIdFormat, normalizeSalesforceId } from '../../../src/engine/ground/ids.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { lawOptions } from '../../instruments/law-options.ts';

/** Ids met in public, with the three characters Salesforce gave them. */
const REAL = [
  ['0030Z00003cAkZb', 'QAK'],
  ['00Qd000000aaSv2', 'EAE'],
  ['003q000000KvQ1t', 'AAF'],
  ['a00D0000008pQRA', 'IA2'],
  ['701E0000000JuFH', 'IA0'],
  ['012000000000000', 'AAA'],
] as const;

const BASE_62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const short = fc
  .array(fc.constantFrom(...BASE_62), { minLength: 15, maxLength: 15 })
  .map((characters) => characters.join(''));

/** The check characters by the rule as it is written: bits of capitals, five at a time, the first lowest. */
function checkOf(id: string): string {
  return [0, 5, 10]
    .map((from) =>
      [...id.slice(from, from + 5)].reduce((sum, character, i) => sum + (/[A-Z]/.test(character) ? 2 ** i : 0), 0),
    )
    .map((bits) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'[bits])
    .join('');
}

describe('a Salesforce id', () => {
  test.each(REAL)('%s ends in %s', (id, check) => {
    expect(normalizeSalesforceId(id)).toBe(id + check);
    expect(normalizeSalesforceId(id + check)).toBe(id + check);
  });

  test('of 15 characters gets the check characters of the rule, whatever they are', () => {
    fc.assert(
      fc.property(short, (id) => {
        expect(normalizeSalesforceId(id)).toBe(id + checkOf(id));
      }),
      lawOptions(500),
    );
  });

  test('of 18 characters is none once a letter changes its case', () => {
    fc.assert(
      fc.property(short, fc.nat(14), (id, at) => {
        const turned = /[a-z]/.test(id[at] as string) ? id[at]?.toUpperCase() : id[at]?.toLowerCase();
        fc.pre(turned !== id[at]);
        expect(normalizeSalesforceId(id.slice(0, at) + turned + id.slice(at + 1) + checkOf(id))).toBeUndefined();
      }),
      lawOptions(500),
    );
  });

  test.each([
    '',
    '0030Z00003cAkZ',
    '0030Z00003cAkZbQA',
    '0030Z00003cAkZbQAKK',
    '0030Z00003cAkZbqak',
    '0030Z00003cAk-b',
    '0030Z00003cAkZb   ',
    ' 0030Z00003cAkZ',
  ])('is not %j', (text) => {
    expect(normalizeSalesforceId(text)).toBeUndefined();
  });
});

describe('new ids', () => {
  const make = (kind: 'salesforce' | 'uuid' | 'sid' | 'text', prefix: string, seed = 1) =>
    createIdFormat(kind, prefix, createFakeEnvironment({ seed }));

  test.each([
    ['salesforce', '0HK', /^0HK[A-Za-z0-9]{15}$/],
    ['uuid', '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ['sid', 'KC', /^KC[0-9a-f]{32}$/],
    ['text', 'box-', /^box-[0-9a-f-]{36}$/],
  ] as const)('of the kind %s have its form, are owned and are well formed', (kind, prefix, form) => {
    const format = make(kind, prefix);
    for (let i = 0; i < 100; i++) {
      const id = format.next();
      expect(id).toMatch(form);
      expect(format.normalize(id)).toBe(id);
      expect(format.owns(id)).toBe(true);
    }
  });

  test('of one source never come twice, drawn anew when the counter is through', () => {
    const format = make('salesforce', '0NX');
    const ids = new Set<string>();
    const count = 62 ** 3 + 1000;
    for (let i = 0; i < count; i++) ids.add(format.next());
    expect(ids.size).toBe(count);
    expect(new Set([...ids].map((id) => id.slice(3, 12))).size).toBe(2);
  });

  test('of many sources that count side by side do not meet', () => {
    const ids = new Set<string>();
    for (let seed = 0; seed < 300; seed++) {
      const format = make('salesforce', '0NX', seed);
      for (let i = 0; i < 20; i++) ids.add(format.next());
    }
    expect(ids.size).toBe(6000);
  });

  test('use each character about as often as any other', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++)
      for (const character of make('salesforce', '0NX', seed).next().slice(3, 12))
        counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // 18,000 draws over 62 characters: 290 each, give or take 17.
    for (const count of counts.values()) expect(Math.abs(count - 290)).toBeLessThan(100);
  });
});

describe('ids of other kinds', () => {
  const environment = createFakeEnvironment();

  test('a uuid is brought to small letters', () => {
    const uuids = createIdFormat('uuid', '', environment);
    expect(uuids.normalize('0F8FAD5B-D9CB-469F-A165-70867728950E')).toBe('0f8fad5b-d9cb-469f-a165-70867728950e');
    for (const text of [
      '',
      '0f8fad5bd9cb469fa16570867728950e',
      '{0f8fad5b-d9cb-469f-a165-70867728950e}',
      '0f8fad5b-d9cb-469f-a165-70867728950g',
    ])
      expect(uuids.normalize(text)).toBeUndefined();
  });

  test('a SID has two letters of its own and 32 digits', () => {
    const sids = createIdFormat('sid', 'KC', environment);
    const digits = '0123456789abcdef0123456789abcdef';
    expect(sids.normalize(`KC${digits}`)).toBe(`KC${digits}`);
    expect(sids.owns(`KC${digits}`)).toBe(true);
    expect(sids.owns(sids.normalize(`KS${digits}`) as string)).toBe(false);
    for (const text of ['', digits, `KC${digits}0`, `K1${digits}`, `KC${digits.slice(1)}g`])
      expect(sids.normalize(text)).toBeUndefined();
  });

  test('a text can be any of up to 255 characters', () => {
    const texts = createIdFormat('text', '', environment);
    expect(texts.normalize('x')).toBe('x');
    expect(texts.normalize('x'.repeat(255))).toBeDefined();
    expect([texts.normalize(''), texts.normalize('x'.repeat(256))]).toEqual([undefined, undefined]);
  });
});
