import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defineObject, openDatabase } from '../../src/index.ts';
import { levelStorage } from '../../src/level/level-storage.ts';
import { codeOf } from '../instruments/any-database.ts';
import { Call } from '../instruments/call-object.ts';

const Later = defineObject({
  ...Call.spec,
  version: 2,
  migrations: { 2: ({ Note, ...rest }) => ({ ...rest, Words: String(Note).split(' ') }) },
  fields: { Name: Call.spec.fields.Name, Turn: Call.spec.fields.Turn, Words: { type: 'list', of: { type: 'string' } } },
});

test('what is kept in LevelDB is migrated once, and closed to a program of before', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sojourn-migration-'));
  try {
    const options = { name: 'calls', storage: levelStorage(folder) };
    const db = await openDatabase({ ...options, objects: [Call] });
    for (let turn = 0; turn < 5; turn++)
      await db.Call.create(Array.from({ length: 1000 }, (_, at) => ({ Turn: turn, Note: `call ${at}` })));
    await db.compact();
    await db.Call.update({ Id: db.Call.find()[0]?.Id ?? '', Note: 'changed since' });
    const ids = db.Call.find().map(({ Id }) => Id);
    await db.close();
    for (let opening = 0; opening < 2; opening++) {
      const later = await openDatabase({ ...options, objects: [Later] });
      expect(later.Call.find().map(({ Id }) => Id)).toEqual(ids);
      expect(later.Call.find({ limit: 2 }).map(({ Words }) => Words)).toEqual([
        ['changed', 'since'],
        ['call', '1'],
      ]);
      await later.close();
      expect(await codeOf(() => openDatabase({ ...options, objects: [Call] }))).toBe('STORAGE_NEWER');
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
