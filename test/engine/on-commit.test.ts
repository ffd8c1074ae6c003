import { describe, expect, it } from 'vitest';
import { defineObject, memoryStorage, type ObjectSpec, openDatabase } from '../../src/index.ts';

type OpenCommit = Parameters<NonNullable<ObjectSpec['onCommit']>>[0];

const Visit = defineObject({ name: 'Visit', fields: { Subject: { type: 'string' }, Size: { type: 'int' } } });

/** An object that counts the commits which touch each visit. */
function createLedger(onCommit?: (commit: OpenCommit) => void) {
  return defineObject({
    name: 'Ledger',
    system: 'minimal',
    roles: { id: 'Id' },
    id: { kind: 'text' },
    calls: ['query'],
    fields: {
      Id: { type: 'id', properties: 'Filter' },
      Count: { type: 'int' },
      Sequence: { type: 'double' },
      Kind: { type: 'string' },
    },
    onCommit(commit) {
      onCommit?.(commit);
      for (const { object, id, before, after } of commit.changes) {
        if (object !== 'Visit') continue;
        const Count = ((commit.find('Ledger', id)?.Count as number | undefined) ?? 0) + 1;
        const Kind = before === undefined ? 'create' : after === undefined ? 'purge' : 'update';
        commit.put('Ledger', id, { Count, Kind, Sequence: commit.sequence });
      }
    },
  });
}

describe('an object that keeps book of commits', () => {
  it('writes in the commit that it notes', async () => {
    const db = await openDatabase({ name: 'l', objects: [Visit, createLedger()] });
    const batches: number[] = [];
    db.changes$.subscribe(({ changes }) => batches.push(changes.length));
    const id = (await db.Visit.create({ Subject: 'a' })).id as string;
    await db.Visit.update({ Id: id, Size: 2 });
    expect(batches).toEqual([2, 2]);
    expect(db.Ledger.get(id)).toMatchObject({ Count: 2, Kind: 'update', Sequence: 2 });
    await db.Visit.delete(id);
    await db.Visit.emptyRecycleBin([id]);
    expect(db.Ledger.get(id)).toMatchObject({ Count: 4, Kind: 'purge' });
  });

  it('takes the commit back with what it throws, whoever wrote', async () => {
    const Ledger = createLedger(({ changes }) => {
      if (changes.some(({ after }) => after?.Subject === 'bad')) throw new RangeError('no');
    });
    const db = await openDatabase({ name: 'l', objects: [Visit, Ledger] });
    await expect(db.Visit.create({ Subject: 'bad' })).rejects.toThrow(RangeError);
    expect(() => db.transaction((tx) => tx.Visit.create({ Subject: 'bad' }))).toThrow(RangeError);
    expect([db.Visit.size, db.Ledger.size, db.sequence]).toEqual([0, 0, 0]);
    await db.Visit.create({ Subject: 'good' });
    expect(db.Ledger.size).toBe(1);
  });

  it('sees one change a record, and a transaction as one commit', async () => {
    const seen: OpenCommit[] = [];
    const db = await openDatabase({ name: 'l', objects: [Visit, createLedger((commit) => seen.push(commit))] });
    db.transaction((tx) => {
      const id = tx.Visit.create({ Subject: 'a' }).id as string;
      tx.Visit.update({ Id: id, Subject: 'b' });
      tx.Visit.create({ Subject: 'c' });
    });
    expect(seen.map(({ changes }) => changes.map(({ before, after }) => [before, after?.Subject]))).toEqual([
      [
        [undefined, 'b'],
        [undefined, 'c'],
      ],
    ]);
    expect(seen[0]).toMatchObject({ sequence: 1, source: undefined });
  });

  it('is told what an import brings, and not what a storage hands over', async () => {
    const storage = memoryStorage();
    const sources: unknown[] = [];
    const objects = [Visit, createLedger(({ source }) => sources.push(source))] as const;
    const db = await openDatabase({ name: 'l', objects, storage });
    await db.Visit.import([{ Id: 'a0X000000000001AAA', Subject: 'x' }]);
    await db.Visit.import([{ Subject: 'y' }]);
    const before = db.Ledger.size;
    await db.close();
    const again = await openDatabase({ name: 'l', objects, storage });
    expect(again.Ledger.size).toBe(before);
    expect(new Set(sources)).toEqual(new Set(['import']));
    await again.close();
  });
});
