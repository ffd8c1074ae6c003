import { describe, expect, test } from 'vitest';
import { defineObject, type EngineError, type Migration } from '../../../src/index.ts';
import { collectionOf, type Row } from '../../instruments/any-database.ts';
import { type CrashStorage, crashStorage, type Photo } from '../../instruments/crash-storage.ts';
import { textOf, withKept } from '../../instruments/kept-in-versions.ts';
import { errorOf } from '../../instruments/session-database.ts';

const REQUIRED = 'Create, Filter, Group, Sort, Update';
const Seat = defineObject({
  name: 'Seat',
  fields: { Code: { type: 'string', properties: REQUIRED }, Row: { type: 'string' }, Place: { type: 'int' } },
});

async function kept(compacts = false): Promise<{ storage: CrashStorage; rows: readonly Row[] }> {
  const storage = crashStorage();
  const rows = await withKept(storage, [Seat], async (db) => {
    const seats = collectionOf(db, 'Seat');
    await seats.create([1, 2, 3].map((n) => ({ Code: `secret ${n}`, Row: 'A', Place: n })));
    if (compacts) await db.compact();
    await seats.update({ Id: seats.find()[2]?.Id as string, Row: 'B' });
    return seats.find();
  });
  return { storage, rows };
}

/** What is said when a migration fails, having made sure that it has left every stored byte as it was. */
async function failureOf(
  migration: Migration,
  more: object = {},
  version = 2,
): Promise<{ error: EngineError; rows: readonly Row[] }> {
  const { storage, rows } = await kept(true);
  const before = textOf(storage.photos.at(-1) as Photo);
  const writes = storage.photos.length;
  const Later = defineObject({ ...Seat.spec, version, migrations: { 2: migration }, ...more } as never);
  const error = await errorOf(() => withKept(storage, [Later], () => undefined));
  expect(storage.photos.length).toBe(writes);
  expect(textOf(storage.photos.at(-1) as Photo)).toBe(before);
  // It is let go, and opens as it did.
  await withKept(storage, [Seat], (db) => expect(collectionOf(db, 'Seat').find()).toEqual(rows));
  return { error, rows };
}

const wordsOf = ({ rows, error }: { rows: readonly Row[]; error: EngineError }, at = 0, version = 2) => {
  expect(error.code).toBe('MIGRATION_FAILED');
  expect(error.message).not.toContain('secret');
  const start = `Seat: record ${rows[at]?.Id} cannot become one of version ${version}: `;
  expect(error.message.startsWith(start), error.message).toBe(true);
  return error.message.slice(start.length);
};

describe('a migration fails, and leaves every byte as it was, where a step', () => {
  test('throws, and what it threw is told as the cause', async () => {
    const thrown = new Error('secret 2 is wrong');
    const failure = await failureOf((record) => {
      if (record.Place === 2) throw thrown;
      return record;
    });
    expect(wordsOf(failure, 1)).toBe('the migration threw an error');
    expect(failure.error.cause).toBe(thrown);
  });

  test('changes what it is handed', async () => {
    const failure = await failureOf((record) => Object.assign(record, { Place: 5 }));
    expect(wordsOf(failure)).toBe('the migration threw an error');
    expect(failure.error.cause).toBeInstanceOf(TypeError);
  });

  test('gives no plain object', async () => {
    for (const given of [undefined, null, 5, 'secret', [], new Map(), Promise.resolve({}), new Date()])
      expect(wordsOf(await failureOf(() => given as never))).toBe('the migration gave no plain object');
  });

  test('gives an object that cannot be read', async () => {
    const given = Object.defineProperty({}, 'Code', {
      enumerable: true,
      get: () => {
        throw new Error('secret');
      },
    });
    expect(wordsOf(await failureOf(() => given))).toBe('the migration threw an error');
  });

  test('changes the id', async () => {
    expect(wordsOf(await failureOf((record) => ({ ...record, Id: `${record.Id}x` })))).toBe('the migration changed Id');
  });

  test('gives values that the fields may not hold', async () => {
    const failure = await failureOf(({ Code, ...rest }) => ({ ...rest, Code: null, Row: 5, Place: Code }));
    expect(wordsOf(failure)).toBe(
      'Row: value not of required type; Place: value not of required type; Required fields are missing: [Code]',
    );
    expect(failure.error.cause).toMatchObject({ code: 'INVALID_TYPE_ON_FIELD_IN_RECORD' });
    expect(wordsOf(await failureOf((record) => ({ ...record, Row: 'x'.repeat(256) })))).toContain('too large');
  });

  test('leaves out a field that must have a value', async () => {
    expect(wordsOf(await failureOf(() => ({ Row: 'A' })))).toBe('Required fields are missing: [Code]');
  });

  test('misspells a field', async () => {
    expect(wordsOf(await failureOf(({ Row, ...rest }) => ({ ...rest, Rwo: Row })))).toBe(
      "No such column 'Rwo' on sobject of type Seat",
    );
  });

  test('makes records that have a unique key in common', async () => {
    const failure = await failureOf((record) => record, { unique: ['Row'] });
    expect(wordsOf(failure, 1)).toBe('another has its Row');
    const pair = await failureOf((record) => ({ ...record, Place: 1 }), { unique: [['Row', 'Place']] });
    expect(wordsOf(pair, 1)).toBe('another has its Row, Place');
  });
});

test('the version named is that which the step makes, or that of today where a record does not fit it', async () => {
  const { storage, rows } = await kept();
  const open = (to3: Migration) => {
    const spec = { ...Seat.spec, version: 4, migrations: { 2: (record: object) => ({ ...record }), 3: to3 } };
    return errorOf(() => withKept(storage, [defineObject(spec as never)], () => undefined));
  };
  expect(wordsOf({ rows, error: await open(() => null as never) }, 0, 3)).toBe('the migration gave no plain object');
  expect(wordsOf({ rows, error: await open((record) => ({ ...record, Place: 'x' })) }, 0, 4)).toContain('Place');
});

test('a key is free to who is in the recycle bin, or has a null in it', async () => {
  const { storage } = await kept();
  await withKept(storage, [Seat], (db) =>
    collectionOf(db, 'Seat').delete(collectionOf(db, 'Seat').find()[0]?.Id as string),
  );
  const Later = defineObject({
    ...Seat.spec,
    version: 2,
    migrations: { 2: (record: Row) => ({ ...record, Row: record.Place === 3 ? null : 'A' }) },
    unique: ['Row'],
  } as never);
  await withKept(storage, [Later], async (db) => {
    const seats = collectionOf(db, 'Seat');
    expect(seats.find({ deleted: 'include' }).map(({ Row }) => Row)).toEqual(['A', 'A', null]);
    expect((await seats.create([{ Code: 'x', Row: 'A' }]))[0]?.errors[0]?.statusCode).toBe('DUPLICATE_VALUE');
  });
});

test('what a step gives for the bin and for stamps is not asked for', async () => {
  const { storage, rows } = await kept();
  const to2: Migration = (record) => ({
    ...record,
    IsDeleted: true,
    SystemModstamp: '',
    CreatedById: 5,
    LastModifiedDate: null,
  });
  const Later = defineObject({ ...Seat.spec, version: 2, migrations: { 2: to2 } } as never);
  await withKept(storage, [Later], (db) => expect(collectionOf(db, 'Seat').find()).toEqual(rows));
});

test('nested fields that are gone are dropped where a step lets the value be', async () => {
  const storage = crashStorage();
  const nested = (fields: object) => ({
    Box: { type: 'object', fields },
    All: { type: 'list', of: { type: 'object', fields } },
  });
  const text = { type: 'string' };
  const define = (version: number, fields: object, migrations: object = {}) =>
    defineObject({ name: 'Crate', version, migrations, fields: nested(fields) } as never);
  const value = { a: 'a', b: 'b' };
  await withKept(storage, [define(1, { a: text, b: text })], (db) =>
    collectionOf(db, 'Crate').create([{ Box: value, All: [value, value] }, {}]),
  );
  const objects = [define(2, { a: text, c: text }, { 2: (record: object) => record })];
  await withKept(storage, objects, (db) =>
    expect(collectionOf(db, 'Crate').find()).toMatchObject([
      {
        Box: { a: 'a', c: null },
        All: [
          { a: 'a', c: null },
          { a: 'a', c: null },
        ],
      },
      { Box: null, All: null },
    ]),
  );
  await withKept(storage, [define(3, { c: text })], (db) => {
    const [first] = collectionOf(db, 'Crate').find();
    expect(first).toMatchObject({ Box: { c: null }, All: [{ c: null }, { c: null }] });
    expect(Object.keys(first?.Box as object)).toEqual(['c']);
    expect(Object.isFrozen(first?.Box)).toBe(true);
  });
});
