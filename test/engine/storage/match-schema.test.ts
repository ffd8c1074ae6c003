import { describe, expect, test } from 'vitest';
import { HEAD_KEY, logKey } from '../../../src/engine/storage/block-keys.ts';
import { openBlock, sealBlock } from '../../../src/engine/storage/envelope.ts';
import { decodeJson, encodeJson } from '../../../src/engine/storage/json-bytes.ts';
import type { StoredSchema } from '../../../src/engine/storage/stored-schema.ts';
import { defineObject } from '../../../src/index.ts';
import { collectionOf } from '../../instruments/any-database.ts';
import { type CrashStorage, crashStorage, type Photo } from '../../instruments/crash-storage.ts';
import { textOf, withKept } from '../../instruments/kept-in-versions.ts';
import { errorOf } from '../../instruments/session-database.ts';

const TEXT = { type: 'string' };
const NAME = { type: 'string', properties: 'Autonumber, Defaulted on create, Filter', displayFormat: '{000}/2026' };
const box = (fields: object, version = 1, more: object = {}) =>
  defineObject({ name: 'Box', version, fields, ...more } as never);
const identity = { migrations: { 2: (record: object) => record } };

async function kept(definition: unknown, record: object, compacts = false): Promise<CrashStorage> {
  const storage = crashStorage();
  await withKept(storage, [definition], async (db) => {
    await collectionOf(db, 'Box').create(record as never);
    if (compacts) await db.compact();
  });
  return storage;
}

/** Why what is kept cannot be opened, having made sure that nothing was written in trying. */
async function refusal(storage: CrashStorage, ...objects: unknown[]): Promise<string> {
  const [writes, before] = [storage.photos.length, textOf(storage.photos.at(-1) as Photo)];
  const error = await errorOf(() => withKept(storage, objects, () => undefined));
  expect([storage.photos.length, textOf(storage.photos.at(-1) as Photo)]).toEqual([writes, before]);
  return `${error.code}: ${error.message}`;
}

const rowsOf = (storage: CrashStorage, ...objects: unknown[]) =>
  withKept(storage, objects, (db) => collectionOf(db, 'Box').find());

describe.each([false, true])('an opening, of a log or of columns (%s), touches nothing and refuses', (compacts) => {
  test('a version that is higher than the program’s', async () => {
    const storage = await kept(box({ A: TEXT }, 3), { A: 'a' }, compacts);
    for (const version of [1, 2])
      expect(await refusal(storage, box({ A: TEXT }, version))).toBe(
        `STORAGE_NEWER: Box is stored in version 3, and this program knows it up to version ${version}`,
      );
  });

  test('a field or an object that is gone, in the same version', async () => {
    const storage = await kept(box({ A: TEXT, B: { type: 'object', fields: { x: TEXT } } }), { A: 'a' }, compacts);
    expect(await refusal(storage, box({ A: TEXT }))).toBe(
      'STORAGE_NEWER: the field B of Box is stored, and not defined: a later program has written it, or the version of the object must be raised, with a migration',
    );
    expect(await refusal(storage, box({ A: TEXT, B: { type: 'object', fields: { y: TEXT } } }))).toBe(
      'STORAGE_NEWER: the field B.x of Box is stored, and not defined: a later program has written it, or the version of the object must be raised, with a migration',
    );
    expect(await refusal(storage, defineObject({ name: 'Bag', fields: { A: { type: 'string' } } }))).toBe(
      'STORAGE_NEWER: the object Box is stored, and not among those that were given',
    );
  });

  test('a field that has become of another type, in the same version or in one with no step', async () => {
    const storage = await kept(box({ A: TEXT, L: { type: 'list', of: TEXT } }), { A: 'a' }, compacts);
    expect(await refusal(storage, box({ A: { type: 'int' }, L: { type: 'list', of: TEXT } }))).toBe(
      'INVALID_DEFINITION: Box: A is stored as string and defined as int: raise the version of the object and give a migration',
    );
    expect(await refusal(storage, box({ A: TEXT, L: { type: 'list', of: { type: 'int' } } }, 2))).toBe(
      'INVALID_DEFINITION: Box: L[] is stored as string and defined as int: the new version must give a migration',
    );
  });
});

describe('new fields', () => {
  test('of several openings are all there for a later step, with the defaults that they had', async () => {
    const storage = await kept(box({ Name: NAME, A: TEXT }), { A: 'a' });
    const grown = {
      Name: NAME,
      A: TEXT,
      On: { type: 'boolean', properties: 'Create, Defaulted on create' },
      B: { ...TEXT, defaultValue: 'b' },
    };
    await withKept(storage, [box(grown)], async (db) => {
      const boxes = collectionOf(db, 'Box');
      const [first] = boxes.find();
      expect(first).toMatchObject({ On: false, B: 'b' });
      await boxes.create({ A: 'second', On: true });
      await boxes.update({ Id: first?.Id as string, B: 'changed' });
      await boxes.delete(first?.Id as string);
    });
    await withKept(storage, [box({ ...grown, C: TEXT })], (db) => collectionOf(db, 'Box').create({ C: 'c' }));
    const seen: unknown[] = [];
    const migrations = {
      2: (record: Readonly<Record<string, unknown>>) => {
        seen.push([record.A, record.On, record.B, record.C]);
        return { All: JSON.stringify(seen.at(-1)) };
      },
    };
    await withKept(storage, [box({ Name: NAME, All: { type: 'textarea' } }, 2, { migrations })], async (db) => {
      expect(seen).toEqual([
        ['a', false, 'changed', null],
        ['second', true, 'b', null],
        [null, false, 'b', 'c'],
      ]);
      await collectionOf(db, 'Box').create({});
      const rows = collectionOf(db, 'Box').find({ deleted: 'include' });
      expect(rows.map(({ Name, IsDeleted }) => [Name, IsDeleted])).toEqual([
        ['001/2026', true],
        ['002/2026', false],
        ['003/2026', false],
        ['004/2026', false],
      ]);
    });
  });

  test('that came midway take no number and no deletion by cascade away from those before', async () => {
    const parent = { type: 'reference', referenceTo: ['Box'], cascadeDelete: true };
    const fields = { Name: NAME, A: TEXT, ParentId: parent };
    const storage = await kept(box(fields), { A: 'a' });
    const [top, below] = await withKept(storage, [box(fields)], async (db) => {
      const boxes = collectionOf(db, 'Box');
      const first = boxes.find()[0]?.Id as string;
      const made = await boxes.create([{ A: 'below', ParentId: first }, { A: 'other' }, { A: 'gone' }]);
      await boxes.delete([first, made[2]?.id as string]);
      await boxes.emptyRecycleBin([made[2]?.id as string]);
      return [first, made[0]?.id as string];
    });
    await withKept(storage, [box({ ...fields, B: TEXT })], (db) => {
      const boxes = collectionOf(db, 'Box');
      return boxes.update({ Id: boxes.find()[0]?.Id as string, B: 'b' });
    });
    await withKept(storage, [box({ ...fields, B: TEXT }, 2, identity)], async (db) => {
      const boxes = collectionOf(db, 'Box');
      await boxes.undelete(top as string);
      expect(boxes.get(below as string)).toMatchObject({ A: 'below' });
      await boxes.create({ A: 'new' });
      expect(boxes.find().map(({ Name, B }) => [Name, B])).toEqual([
        ['001/2026', null],
        ['002/2026', null],
        ['003/2026', 'b'],
        ['005/2026', null],
      ]);
    });
  });

  test('and objects that came midway in the log are migrated by themselves', async () => {
    const Bag = (version: number) =>
      defineObject({
        name: 'Bag',
        version,
        migrations: version === 2 ? identity.migrations : {},
        fields: { A: TEXT },
      } as never);
    const storage = await kept(box({ A: TEXT }), { A: 'a' });
    await withKept(storage, [box({ A: TEXT }), Bag(1)], async (db) => {
      await collectionOf(db, 'Bag').create({ A: 'bag' });
      await collectionOf(db, 'Box').create({ A: 'b' });
    });
    await withKept(storage, [box({ A: TEXT }), Bag(2)], (db) => {
      expect(collectionOf(db, 'Bag').find()).toMatchObject([{ A: 'bag' }]);
      expect(collectionOf(db, 'Box').find()).toMatchObject([{ A: 'a' }, { A: 'b' }]);
    });
    expect(await refusal(storage, box({ A: TEXT }), Bag(1))).toMatch(/^STORAGE_NEWER: Bag is stored in version 2/);
  });
});

describe('a database of old, whose schema says names alone,', () => {
  const old = async (compacts: boolean) => {
    const storage = await kept(box({ Name: NAME, A: TEXT }), { A: 'a' }, compacts);
    const { blocks, mark } = storage.photos.at(-1) as Photo;
    const strip = ({ objects }: StoredSchema): StoredSchema => ({
      objects: objects.map(({ name, fields }) => ({ name, fields })),
    });
    const photo = new Map(blocks);
    let previous = 0;
    for (const [key, bytes] of [...blocks].sort(([left], [right]) => (left < right ? -1 : 1))) {
      const block = openBlock(key, bytes, 0);
      let { payload } = block;
      if (block.kind === 'schema') payload = encodeJson(strip(decodeJson(payload) as StoredSchema));
      if (key === HEAD_KEY) {
        const head = decodeJson(payload) as { schema: StoredSchema };
        payload = encodeJson({ ...head, schema: strip(head.schema) });
      }
      const sealed = sealBlock({ ...block, previous: key >= logKey(0) ? previous : block.previous, payload });
      previous = sealed.checksum;
      photo.set(key, sealed.bytes);
    }
    return crashStorage({ blocks: photo, mark });
  };

  test.each([false, true])('is read, and migrated, of a log or of columns (%s)', async (compacts) => {
    const storage = await old(compacts);
    expect(await rowsOf(storage, box({ Name: NAME, A: TEXT }))).toMatchObject([{ A: 'a', Name: '001/2026' }]);
    const migrations = { 2: ({ A, ...rest }: Record<string, unknown>) => ({ ...rest, B: A }) };
    const Later = box({ Name: NAME, B: TEXT }, 2, { migrations });
    await withKept(storage, [Later], async (db) => {
      await collectionOf(db, 'Box').create({});
      expect(
        collectionOf(db, 'Box')
          .find()
          .map(({ Name, B }) => [Name, B]),
      ).toEqual([
        ['001/2026', 'a'],
        ['002/2026', null],
      ]);
    });
    expect(await refusal(storage, box({ Name: NAME, A: TEXT }))).toMatch(/^STORAGE_NEWER/);
  });
});

test('a log whose schema is of another version midway was not written by us', async () => {
  const storage = await kept(box({ A: TEXT }), { A: 'a' });
  await withKept(storage, [box({ A: TEXT, B: TEXT })], (db) => collectionOf(db, 'Box').create({ B: 'b' }));
  const { blocks } = storage.photos.at(-1) as Photo;
  const photo = new Map(blocks);
  let previous = 0;
  for (const [key, bytes] of [...blocks].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const block = openBlock(key, bytes, 0);
    let { payload } = block;
    if (block.kind === 'schema' && block.number > 1) {
      const { objects } = decodeJson(payload) as StoredSchema;
      payload = encodeJson({ objects: objects.map((object) => ({ ...object, version: 2 })) });
    }
    const sealed = sealBlock({ ...block, previous, payload });
    previous = sealed.checksum;
    photo.set(key, sealed.bytes);
  }
  const forged = crashStorage({ blocks: photo, mark: undefined });
  expect(await refusal(forged, box({ A: TEXT, B: TEXT }, 2, identity))).toMatch(
    /^STORAGE_CORRUPT: block .* does not fit/,
  );
});
