import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldSpec } from '../../../src/engine/definition/definition.ts';
import type { Issue } from '../../../src/engine/ground/errors.ts';
import { checkJson } from '../../../src/engine/record/check-json.ts';
import { lawOptions } from '../../instruments/law-options.ts';

function check(spec: FieldSpec, value: unknown): { readonly kept: unknown; readonly problems: readonly string[] } {
  const issues: Issue[] = [];
  const kept = checkJson(value, spec, 'Field', 'The Field', issues);
  for (const issue of issues) expect(issue.fields).toEqual(['Field']);
  return { kept, problems: issues.map(({ statusCode, message }) => `${statusCode} ${message}`) };
}

const device: FieldSpec = {
  type: 'object',
  fields: {
    name: { type: 'string', length: 5 },
    width: { type: 'int' },
    scale: { type: 'double' },
    on: { type: 'boolean' },
    since: { type: 'dateTime' },
    day: { type: 'date' },
    screens: { type: 'list', of: { type: 'object', fields: { dots: { type: 'int' } } } },
    tags: { type: 'map', of: { type: 'string' } },
  },
};

const nothing = { name: null, width: null, scale: null, on: null, since: null, day: null, screens: null, tags: null };

describe('a nested object', () => {
  test('is kept with every field, those not given being null', () => {
    expect(check(device, {}).kept).toEqual(nothing);
    expect(check(device, { name: 'a', width: undefined }).kept).toEqual({ ...nothing, name: 'a' });
    expect(Object.keys(check(device, { tags: {}, name: 'a' }).kept as object)).toEqual(Object.keys(nothing));
  });

  test('has its moments and days brought to the stored form', () => {
    const noon = new Date(Date.UTC(2026, 0, 12, 12));
    expect(check(device, { since: '2026-01-12T13:00:00+0100', day: '2026-01-12' }).kept).toMatchObject({
      since: noon.toISOString(),
      day: '2026-01-12',
    });
    expect(check(device, { since: noon, day: noon })).toEqual({
      kept: { ...nothing, since: noon.toISOString(), day: '2026-01-12' },
      problems: [],
    });
  });

  test('tells where each of its values is wrong', () => {
    const wrong = {
      name: 'too long',
      width: 1.5,
      scale: '1',
      on: 1,
      since: 'now',
      day: 5,
      screens: [{ dots: 'x' }, 5],
      tags: { a: 1 },
      extra: 1,
    };
    expect(check(device, wrong).problems).toEqual([
      'STRING_TOO_LONG Field.name: data value too large (max length=5)',
      'INVALID_TYPE_ON_FIELD_IN_RECORD Field.width: value not of required type',
      'INVALID_TYPE_ON_FIELD_IN_RECORD Field.scale: value not of required type',
      'INVALID_TYPE_ON_FIELD_IN_RECORD Field.on: value not of required type',
      'INVALID_TYPE_ON_FIELD_IN_RECORD Field.since: value not of required type',
      'INVALID_TYPE_ON_FIELD_IN_RECORD Field.day: value not of required type',
      'INVALID_TYPE_ON_FIELD_IN_RECORD Field.screens[].dots: value not of required type',
      'INVALID_TYPE_ON_FIELD_IN_RECORD Field.screens[]: value not of required type',
      'INVALID_TYPE_ON_FIELD_IN_RECORD Field.tags[]: value not of required type',
      "INVALID_FIELD The Field: no such nested field 'extra'",
    ]);
  });

  test('is a plain one', () => {
    for (const value of [
      [],
      'x',
      5,
      true,
      new Date(0),
      new Map(),
      new (class Device {})(),
      Object.create({ name: 'x' }),
    ])
      expect(check(device, value).problems).toEqual([
        'INVALID_TYPE_ON_FIELD_IN_RECORD The Field: value not of required type',
      ]);
    expect(check(device, Object.assign(Object.create(null), { name: 'a' })).problems).toEqual([]);
  });
});

describe('any JSON', () => {
  const json = fc.jsonValue({ maxDepth: 6 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  const usable = (value: unknown): boolean =>
    typeof value !== 'object' ||
    value === null ||
    Object.entries(value).every(([key, nested]) => !(key in Object.prototype) && usable(nested));

  test('is kept as it is: equal, apart and frozen to its depths', () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    fc.assert(
      fc.property(json.filter(usable), (value) => {
        const { kept, problems } = check({ type: 'anyType' }, value);
        expect(problems).toEqual([]);
        expect(JSON.stringify(kept)).toBe(JSON.stringify(value));
        expect(frozen(kept)).toBe(true);
        if (typeof value === 'object' && value !== null) expect(kept).not.toBe(value);
      }),
      lawOptions(300),
    );
  });

  test('has no key that every object inherits', () => {
    for (const key of Object.getOwnPropertyNames(Object.prototype)) {
      const value = JSON.parse(`{"good":1,"${key}":{"x":1}}`);
      expect(check({ type: 'anyType' }, [value]).problems).toEqual([
        'INVALID_FIELD Field[]: a key of the map cannot be used',
      ]);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('limits', () => {
  const nest = (depth: number): unknown => (depth === 0 ? 1 : [nest(depth - 1)]);

  test('are 32 in depth', () => {
    expect(check({ type: 'anyType' }, nest(32)).problems).toEqual([]);
    expect(check({ type: 'anyType' }, nest(33)).problems).toMatchObject([
      expect.stringContaining('nested deeper than 32'),
    ]);
  });

  test('are 10,000 elements of a list, entries of a map, 100,000 values in all', () => {
    const list = (length: number) => new Array(length).fill(1);
    expect(check({ type: 'anyType' }, list(10_000)).problems).toEqual([]);
    expect(check({ type: 'anyType' }, list(10_001)).problems).toEqual([
      'STRING_TOO_LONG The Field: more than 10000 elements',
    ]);
    expect(check({ type: 'anyType' }, Object.fromEntries(list(10_001).map((_, i) => [`k${i}`, 1]))).problems).toEqual([
      'STRING_TOO_LONG The Field: more than 10000 entries',
    ]);
    const table = (rows: number) => Array.from({ length: rows }, () => list(1000));
    expect(check({ type: 'anyType' }, table(99)).problems).toEqual([]);
    expect(check({ type: 'anyType' }, table(101)).problems).toEqual([
      'STRING_TOO_LONG Field[][]: more than 100000 nested values',
    ]);
  });
});
