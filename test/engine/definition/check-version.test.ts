import { describe, expect, test } from 'vitest';
import { defineObject, type EngineError, openDatabase } from '../../../src/index.ts';

function problemsOf(spec: object): readonly string[] {
  try {
    defineObject({ name: 'Visit', fields: { Note: { type: 'string' } }, ...spec } as never);
    return [];
  } catch (error) {
    expect((error as EngineError).code).toBe('INVALID_DEFINITION');
    return (error as EngineError).issues.map(({ message }) => message);
  }
}

const step = (record: object) => record;

describe('a definition', () => {
  test('is of version 1 unless it says another', () => {
    const fields = { Note: { type: 'string' } } as const;
    expect(defineObject({ name: 'Visit', fields }).version).toBe(1);
    expect(defineObject({ name: 'Visit', version: 7, fields }).version).toBe(7);
  });

  test('has a whole number from 1 as its version', () => {
    for (const version of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(problemsOf({ version })).toEqual(['Visit: a version is a whole number from 1']);
    expect(problemsOf({ version: '2' })).toEqual(['Visit: an object: version is a number']);
  });

  test('migrates to versions from 2 up to its own, by functions', () => {
    expect(problemsOf({ version: 3, migrations: { 2: step, 3: step } })).toEqual([]);
    expect(problemsOf({ version: 3, migrations: { 3: step, 2: undefined } })).toEqual([]);
    for (const [version, to] of [
      [3, '4'],
      [3, '1'],
      [3, '0'],
      [3, '02'],
      [3, '2.5'],
      [3, 'two'],
      [undefined, '2'],
    ])
      expect(problemsOf({ version, migrations: { [to as string]: step } })).toEqual([
        `Visit: there is no version ${to} to migrate to: versions go from 2 up to that of the object, ${version ?? 1}`,
      ]);
    expect(problemsOf({ version: 2, migrations: { 2: 'rename' } })).toEqual([
      'Visit: the migration to 2 is a function',
    ]);
    expect(problemsOf({ version: 2, migrations: [step] })).toEqual(['Visit: an object: migrations is a object']);
  });

  test('is described as it was', async () => {
    const describe = async (spec: object) => {
      const Visit = defineObject({ name: 'Visit', fields: { Note: { type: 'string' } }, ...spec } as const);
      const db = await openDatabase({ name: 'x', objects: [Visit] });
      return [db.Visit.describe(), db.describeGlobal()];
    };
    expect(await describe({ version: 2, migrations: { 2: step } })).toEqual(await describe({}));
  });
});
