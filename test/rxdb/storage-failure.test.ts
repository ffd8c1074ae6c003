import { afterEach, expect, test } from 'vitest';
import { createError } from '../../src/engine/ground/errors.ts';
import type { Storage } from '../../src/engine/storage/storage.ts';
import { memoryStorage } from '../../src/index.ts';
import { getRxStorageSojourn } from '../../src/rxdb/rxdb.ts';
import { type AnyRxStorage, closeRx, openRx } from '../instruments/rx-databases.ts';

afterEach(closeRx);

const schema = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: { id: { type: 'string', maxLength: 20 }, note: { type: 'string' } },
  required: ['id'],
} as never;

/** A storage that refuses to keep anything while it is full. */
function fillable(): { readonly storage: Storage; isFull: boolean } {
  const inner = memoryStorage();
  const state = {
    isFull: false,
    storage: {
      ...inner,
      async connect(name: string) {
        const connection = await inner.connect(name);
        return {
          read: () => connection.read(),
          close: () => connection.close(),
          async write(...given: Parameters<typeof connection.write>) {
            if (state.isFull) throw createError('STORAGE_FULL', 'no more room');
            await connection.write(...given);
          },
        };
      },
    } satisfies Storage,
  };
  return state;
}

test.each([false, true])(
  'writes that could not be kept say so, and a reopen shows what was: multiInstance %s',
  async (multiInstance) => {
    const disk = fillable();
    const storage = getRxStorageSojourn({ storage: disk.storage }) as unknown as AnyRxStorage;
    const name = `full-${multiInstance}`;
    const database = await openRx(storage, { name, multiInstance });
    const { calls } = await database.addCollections({ calls: { schema } });
    const document = await calls?.insert({ id: 'a', note: 'kept' });
    disk.isFull = true;
    await expect(calls?.insert({ id: 'b' })).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await expect(document?.incrementalPatch({ note: 'lost' })).rejects.toMatchObject({
      code: expect.stringMatching(/STORAGE/),
    });
    disk.isFull = false;
    await expect(calls?.insert({ id: 'c' })).rejects.toMatchObject({ code: expect.stringMatching(/STORAGE/) });
    await database.close();
    const again = await openRx(storage, { name, multiInstance });
    const added = await again.addCollections({ calls: { schema } });
    expect((await added.calls?.find().exec())?.map((one) => one.toJSON())).toEqual([{ id: 'a', note: 'kept' }]);
    await added.calls?.insert({ id: 'c' });
    expect(await added.calls?.count().exec()).toBe(2);
  },
);
