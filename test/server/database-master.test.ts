import { describe, expect, it } from 'vitest';
import { type Environment, systemEnvironment } from '../../src/engine/ground/environment.ts';
import { createError } from '../../src/engine/ground/errors.ts';
import { restoreBackup } from '../../src/engine/restore-backup.ts';
import { memoryStorage } from '../../src/engine/storage/memory-storage.ts';
import type { Storage } from '../../src/engine/storage/storage.ts';
import { databaseMaster } from '../../src/server/database-master.ts';
import type { Master } from '../../src/server/master.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import { openDatabase } from '../../src/soql/soql-database.ts';
import {
  Chair,
  checkMaster,
  Desk,
  MASTER_OBJECTS,
  type MasterTrial,
  RETENTION_MS,
  row,
  write,
} from './master-checks.ts';

const objects = [Desk, Chair, ...masterObjects] as const;

async function createTrial(): Promise<MasterTrial> {
  let passed = 0;
  const env: Environment = { ...systemEnvironment(), now: () => Date.now() + passed };
  let storage = memoryStorage();
  const open = async () => {
    const opened = await openDatabase({ name: 'trial', objects, storage, env });
    return { db: opened, master: await databaseMaster(opened, { retentionMs: RETENTION_MS }) };
  };
  let running = await open();
  let saved: Uint8Array[] = [];
  const end = async () => {
    await running.master.close();
    await running.db.close();
  };
  const begin = async (): Promise<Master> => {
    running = await open();
    return running.master;
  };
  return {
    master: running.master,
    pass: (ms) => {
      passed += ms;
    },
    restart: async () => {
      await end();
      return begin();
    },
    save: async () => {
      saved = [];
      for await (const piece of running.db.backup()) saved.push(piece);
    },
    restore: async () => {
      await end();
      storage = memoryStorage();
      await restoreBackup(
        storage,
        'trial',
        (async function* () {
          yield* saved;
        })(),
      );
      return begin();
    },
    end,
  };
}

checkMaster('a database as a master', createTrial);

const read = (master: Master, after = 0) =>
  master.read({ objects: MASTER_OBJECTS, after, limit: 100, withBefore: true, heldOnly: false });

describe('a database that is a master', () => {
  it('must have been opened with the objects of a master', async () => {
    await using db = await openDatabase({ name: 'plain', objects: [Desk] });
    await expect(databaseMaster(db)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    await expect(databaseMaster({})).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('tells what its own program writes as well', async () => {
    await using db = await openDatabase({ name: 'own', objects });
    const master = await databaseMaster(db);
    const { id } = await db.Desk.create({ Title: 'made here' });
    const { entries } = await read(master);
    expect(entries).toMatchObject([{ object: 'Desk', id, record: { Title: 'made here' } }]);
    await db.Desk.delete(id as string);
    await db.Desk.emptyRecycleBin([id as string]);
    expect((await read(master)).entries).toMatchObject([{ id, record: undefined }]);
    await master.close();
  });

  it('gives a place in its history to the records that it had before', async () => {
    const storage = memoryStorage();
    const before = await openDatabase({ name: 'lived', objects: [Desk], storage });
    await before.Desk.create(Array.from({ length: 1_500 }, (_, at) => ({ Title: `desk ${at}` })));
    await before.close();
    await using db = await openDatabase({ name: 'lived', objects, storage });
    const master = await databaseMaster(db);
    const first = await read(master);
    expect(first.entries.length).toBe(1_000);
    const second = await read(master, first.sequence);
    expect(second.entries.length).toBe(500);
    expect(second.done).toBe(true);
    expect(await master.check(await master.position())).toBe('known');
    await master.close();
  });

  it('takes out for good what has been in the bin for long', async () => {
    let passed = 0;
    const env: Environment = { ...systemEnvironment(), now: () => Date.now() + passed };
    await using db = await openDatabase({ name: 'bins', objects, env });
    const master = await databaseMaster(db, { purgeDeletedMs: 1_000 });
    await write(master, [[row('Desk', { Id: 'a' }), row('Desk', { Id: 'b' })]]);
    await write(master, [[row('Desk', { Id: 'a', _deleted: true }, { _deleted: false })]]);
    await master.purge();
    expect(db.Desk.count({ deleted: 'include' })).toBe(2);
    passed = 5_000;
    await master.purge();
    const { entries } = await read(master);
    expect(entries.map(({ id, record }) => [id, record === undefined])).toEqual([
      ['b', false],
      ['a', true],
    ]);
    await master.close();
  });

  it('knows no place any more that was reached by commits which its storage did not keep', async () => {
    const inner = memoryStorage();
    let isFull = false;
    const storage: Storage = {
      kind: 'cramped',
      async connect(name) {
        const connection = await inner.connect(name);
        return {
          read: () => connection.read(),
          close: () => connection.close(),
          async write(change, durable) {
            if (isFull) throw createError('STORAGE_FULL', 'the disk has no room left');
            await connection.write(change, durable);
          },
        };
      },
    };
    await using db = await openDatabase({ name: 'cramped', objects, storage, onError: () => undefined });
    const master = await databaseMaster(db);
    await write(master, [[row('Desk', { Id: 'kept' })]]);
    const kept = await master.position();
    isFull = true;
    await expect(write(master, [[row('Desk', { Id: 'lost' })]])).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    const lost = await master.position();
    isFull = false;
    await db.reopen();
    expect(await master.check(lost)).toBe('lost');
    expect(await master.check(kept)).toBe('known');
    await write(master, [[row('Desk', { Id: 'later' })]], { client: 'other' });
    expect(await master.check(lost)).toBe('lost');
    expect((await read(master)).entries.map(({ id }) => id)).toEqual(['kept', 'later']);
    await master.close();
  });

  it('answers nothing once its master has been closed', async () => {
    await using db = await openDatabase({ name: 'closed', objects });
    const master = await databaseMaster(db);
    await master.close();
    await expect(master.position()).rejects.toMatchObject({ code: 'DATABASE_CLOSED' });
  });
});
