import { describe, expect, test } from 'vitest';
import { memoryStorage } from '../../src/index.ts';
import { getRxStorageSojourn, type RxStorageSojourn } from '../../src/rxdb/rxdb.ts';
import { codeOf } from '../instruments/any-database.ts';
import {
  type AnyRxInstance,
  byId,
  changed,
  hear,
  note,
  noteSchema,
  openNotes,
  put,
  write,
} from '../instruments/rx-documents.ts';
import type { AnyRxDocument } from '../instruments/rx-schemas.ts';

let names = 0;
const unique = () => ({ collectionName: `shared${names++}` });

/** Every call of an instance. */
const CALLS: Readonly<Record<string, (notes: AnyRxInstance) => unknown>> = {
  bulkWrite: (notes) => write(notes, [{ document: note('z') }]),
  findDocumentsById: (notes) => notes.findDocumentsById(['a'], true),
  cleanup: (notes) => notes.cleanup(0),
  changeStream: (notes) => notes.changeStream(),
  getChangedDocumentsSince: (notes) => notes.getChangedDocumentsSince?.(1, undefined as never),
  getAttachmentData: (notes) => notes.getAttachmentData('a', 'b', 'c'),
  remove: (notes) => notes.remove(),
};

const places: readonly (readonly [string, () => RxStorageSojourn])[] = [
  ['in memory', () => getRxStorageSojourn()],
  ['that are kept', () => getRxStorageSojourn({ storage: memoryStorage() })],
];

describe.each(places)('two instances of one collection %s', (_, createStorage) => {
  test('have the same documents and hear the same', async () => {
    const storage = createStorage();
    const params = unique();
    const [one, two] = await Promise.all([openNotes(storage, params), openNotes(storage, params)]);
    const [atOne, atTwo] = [hear(one), hear(two)];
    await put(one, note('a'));
    await put(two, note('b'));
    expect(await two.findDocumentsById(['a', 'b'], false)).toEqual(await one.findDocumentsById(['a', 'b'], false));
    expect(atOne.map(({ events }) => events.map(({ documentId }) => documentId))).toEqual([['a'], ['b']]);
    expect(atTwo).toEqual(atOne);
    await Promise.all([one.close(), two.close()]);
  });

  test('are closed one by one: the other goes on, and hears on', async () => {
    const storage = createStorage();
    const params = unique();
    const [one, two] = await Promise.all([openNotes(storage, params), openNotes(storage, params)]);
    const [atOne, atTwo] = [hear(one), hear(two)];
    await put(one, note('a'));
    await one.close();
    await one.close();
    await put(two, note('b'));
    expect([atOne.length, atTwo.length]).toEqual([1, 2]);
    for (const [name, call] of Object.entries(CALLS))
      expect([name, await codeOf(() => call(one))]).toEqual([name, 'DATABASE_CLOSED']);
    expect(await two.findDocumentsById(['a', 'b'], false)).toHaveLength(2);
    await two.close();
    const again = await openNotes(storage, params);
    expect(await again.findDocumentsById(['a', 'b'], false)).toHaveLength(2);
    await again.remove();
  });

  test('are gone with all documents when one is removed', async () => {
    const storage = createStorage();
    const params = unique();
    const [one, two] = await Promise.all([openNotes(storage, params), openNotes(storage, params)]);
    let completed = 0;
    two.changeStream().subscribe({ complete: () => completed++ });
    await put(one, note('a'));
    await one.remove();
    expect(completed).toBe(1);
    for (const instance of [one, two])
      for (const [name, call] of Object.entries(CALLS))
        expect([name, await codeOf(() => call(instance))]).toEqual([name, 'DATABASE_CLOSED']);
    await Promise.all([one.close(), two.close()]);
    const again = await openNotes(storage, params);
    expect(await again.findDocumentsById(['a'], true)).toEqual([]);
    await put(again, note('a'));
    await again.close();
  });

  test('are two collections where one is opened while the other is being removed', async () => {
    const storage = createStorage();
    const params = unique();
    const one = await openNotes(storage, params);
    await put(one, note('a'));
    const openLater = async () => {
      for (let turn = 0; turn < 4; turn++) await Promise.resolve();
      return openNotes(storage, params);
    };
    const [two, three] = await Promise.all([openNotes(storage, params), openLater(), one.remove()]);
    for (const instance of [two, three]) {
      // Whoever came before it was removed has what was removed, and whoever came later has a new one.
      const code = await codeOf(() => byId(instance, 'a'));
      for (const [name, call] of Object.entries(CALLS))
        if (code !== undefined) expect([name, await codeOf(() => call(instance))]).toEqual([name, 'DATABASE_CLOSED']);
      if (code === undefined) expect(await byId(instance, 'a')).toBeUndefined();
    }
    await put(three, note('b'));
    expect(await byId(three, 'b')).toBeDefined();
    await three.remove();
  });

  test('are closed and opened at once, over and over', async () => {
    const storage = createStorage();
    const params = unique();
    for (let i = 0; i < 10; i++) {
      const one = await openNotes(storage, params);
      await put(one, note(`${i}`));
      const [two] = await Promise.all([openNotes(storage, params), one.close(), one.close()]);
      expect(await two.findDocumentsById([`${i}`], false)).toHaveLength(1);
      void two.close();
    }
    const last = await openNotes(storage, params);
    expect(await last.findDocumentsById(['0', '9'], false)).toHaveLength(2);
    await last.remove();
  });
});

describe.each(places)('collections %s', (_, createStorage) => {
  test('never mix, however alike their names are', async () => {
    const storage = createStorage();
    const id = names++;
    const identities = [
      ['db', 'c', 0],
      ['db', 'c', 1],
      ['db', 'c-0', 0],
      ['db-c', '0', 0],
      ['db', 'C', 0],
      ['DB', 'c', 0],
      ['db.2d.c', '0', 0],
      ['d', 'b-c', 0],
      ['db', 'c.', 0],
      ['db', '\u00e7', 0],
      ['', 'db', 0],
      ['../db', 'c/..', 0],
    ] as const;
    const opened = await Promise.all(
      identities.map(([databaseName, collectionName, version]) =>
        openNotes(storage, {
          databaseName: `${databaseName}${id}`,
          collectionName,
          schema: noteSchema({ version }),
        }),
      ),
    );
    for (const [i, instance] of opened.entries()) await put(instance, note('same', { rank: i }));
    for (const [i, instance] of opened.entries()) expect((await byId(instance, 'same'))?.rank).toBe(i);
    for (const instance of opened) await instance.remove();
  });

  test('may have names of any length', async () => {
    const storage = createStorage();
    const long = `rx-replication-meta-${'0123456789abcdef'.repeat(4)}`;
    for (const collectionName of [long, `${long}-${long}`, `${long}-${long.toUpperCase()}`, 'x'.repeat(5_000)]) {
      const params = { databaseName: 'a database of some name', collectionName };
      const notes = await openNotes(storage, params);
      expect(await byId(notes, 'a')).toBeUndefined();
      await put(notes, note('a'));
      await notes.close();
      const again = await openNotes(storage, params);
      expect(await byId(again, 'a')).toBeDefined();
      await again.close();
    }
  });
});

test('collections of two storages have nothing in common', async () => {
  const params = unique();
  const one = await openNotes(getRxStorageSojourn({ storage: memoryStorage() }), params);
  const two = await openNotes(getRxStorageSojourn({ storage: memoryStorage() }), params);
  const three = await openNotes(getRxStorageSojourn(), params);
  await put(one, note('a'));
  for (const other of [two, three]) expect(await byId(other, 'a')).toBeUndefined();
  await put(three, note('a', { rank: 3 }));
  const same = await openNotes(getRxStorageSojourn(), params);
  expect((await byId(same, 'a'))?.rank).toBe(3);
  expect(await write(same, [changed((await byId(same, 'a')) as AnyRxDocument, { rank: 4 })])).toEqual([]);
  expect((await byId(three, 'a'))?.rank).toBe(4);
  for (const instance of [one, two, three]) await instance.remove();
});
