import { describe, expect, it, onTestFinished } from 'vitest';
import { databaseMaster } from '../../src/server/database-master.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import type { SyncHandlerOptions } from '../../src/server/sync-options.ts';
import { openDatabase } from '../../src/soql/soql-database.ts';
import { Chair, Desk, MASTER_OBJECTS } from './master-checks.ts';
import { made, pull, push, readEvents, tryHandler } from './try-handler.ts';

const mine: SyncHandlerOptions['canRead'] = (user, _object, record) => record.Owner === user;

async function open(options: Partial<SyncHandlerOptions> = {}) {
  const tried = await tryHandler(options);
  onTestFinished(() => tried.end());
  return tried;
}

describe('a user', () => {
  it('is not told how many records there are that he may not see', async () => {
    const { db, post } = await open({ canRead: mine });
    for (let i = 0; i < 7; i++) await db.Desk.create({ Owner: 'bob' });
    await db.Desk.create({ Owner: 'ann' });
    const lines = await (await post('/pull', pull(), 'ann', { accept: 'application/x-ndjson' })).text();
    const header = JSON.parse(lines.split('\n')[0] as string) as { total?: number };
    expect(header.total).toBeUndefined();
  });

  it('has no more commits taken in one push than rows', async () => {
    const { post } = await open({ limits: { pushRows: 10 } });
    const response = await post('/push', push(Array.from({ length: 5_000 }, () => [])));
    expect(response.status).toBe(413);
  });

  it('who is nobody all of a sudden loses his own streams, and no one else’s', async () => {
    let gone = '';
    const { db, post } = await open({
      authorize: (request) => {
        const user = request.headers.get('authorization') as string;
        return (user === gone ? null : { user }) as { user: string } | undefined;
      },
      heartbeatMs: 20,
    });
    const ann = readEvents(await post('/stream', pull(), 'ann'));
    const bob = readEvents(await post('/stream', pull(), 'bob'));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    gone = 'ann';
    await ann.ended;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await db.Desk.create({ Title: 'later' });
    await expect.poll(() => JSON.stringify(bob.events)).toContain('later');
    await bob.cancel();
  });

  it('who makes records go to the bin with each other makes nothing go round for ever', async () => {
    const { db, post } = await open();
    await post('/push', push([[made({ Id: 'a' }), made({ Id: 'b' })]]));
    const binned = (Id: string, root: string) => ({
      object: 'Desk',
      assumedMasterState: { Id, _deleted: false },
      newDocumentState: { Id, _deleted: true, _deletedWith: ['Desk', root] },
    });
    const answer = await post('/push', push([[binned('a', 'b'), binned('b', 'a')]]));
    expect(JSON.stringify(await answer.json())).not.toContain('refused');
    await db.Desk.undelete(['a']);
    await db.Desk.delete(['a']);
    await db.Desk.emptyRecycleBin(['a']);
    expect(db.Desk.get('a')).toBeUndefined();
  });

  it('is not told of a record of an object that is not offered, as that which took another along', async () => {
    const { db, post } = await open({ objects: ['Chair'] });
    const { id } = await db.Desk.create({ Title: 'secret' });
    const chair = (await db.Chair.create({ DeskId: id as string, Title: 'x' })).id;
    await db.Desk.delete([id as string]);
    const ask = pull(null, { objects: [{ name: 'Chair', version: 1 }] });
    const { documents } = (await (await post('/pull', ask)).json()) as { documents: [number, object][] };
    expect(documents).toMatchObject([[0, { Id: chair, _deleted: true }]]);
    expect(documents[0]?.[1]).not.toHaveProperty('_deletedWith');
  });

  it('who asks for little at a time does not have the server look at one record at a time', async () => {
    const { db, post, handler } = await open({ canRead: mine });
    await db.Desk.create(Array.from({ length: 3_000 }, () => ({ Owner: 'bob' })));
    for (let i = 0; i < 400; i++) await db.Desk.create({ Owner: 'bob' });
    await db.Desk.create({ Owner: 'ann', Title: 'one' });
    await db.Desk.create({ Owner: 'ann', Title: 'two' });
    const { master } = { master: handler };
    expect(master).toBeDefined();
    const first = (await (await post('/pull', pull(null, { limit: 1 }))).json()) as {
      documents: [number, object][];
      checkpoint: string;
    };
    expect(first.documents).toMatchObject([[0, { Title: 'one' }]]);
    const second = (await (await post('/pull', pull(first.checkpoint, { limit: 1 }))).json()) as typeof first;
    expect(second.documents).toMatchObject([[0, { Title: 'two' }]]);
  });
});

describe('a reader', () => {
  it('that is overtaken by what is forgotten is told so, and passes nothing over', async () => {
    const db = await openDatabase({ name: 'served', objects: [Desk, Chair, ...masterObjects] as const });
    const master = await databaseMaster(db, { retentionMs: 0 });
    onTestFinished(async () => {
      await master.close();
      await db.close();
    });
    const { id } = await db.Desk.create({ Title: 'a' });
    const { sequence } = await master.position();
    await db.Desk.delete([id as string]);
    await db.Desk.emptyRecycleBin([id as string]);
    await db.Desk.create({ Title: 'b' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await master.purge();
    const request = { objects: MASTER_OBJECTS, after: sequence, limit: 10, withBefore: false, heldOnly: false };
    await expect(master.read(request)).rejects.toMatchObject({ code: 'SYNC_CHECKPOINT' });
  });
});
