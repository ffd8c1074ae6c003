import { describe, expect, it, onTestFinished } from 'vitest';
import { defineObject, openDatabase } from '../../src/index.ts';
import { RemoteFailure } from '../../src/replication/remote.ts';
import { replicate } from '../../src/replication/replicate.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import { type ModelFaults, ModelServer, modelRemote } from '../instruments/model-remote.ts';

const Visit = defineObject({
  name: 'Visit',
  fields: {
    Name: {
      type: 'string',
      properties: 'Autonumber, Defaulted on create, Filter, idLookup, Sort',
      displayFormat: 'V-{0000}',
    },
    Subject: { type: 'string' },
    Priority: { type: 'int' },
    ParentId: { type: 'reference', referenceTo: ['Visit'], cascadeDelete: true },
  },
});

async function open(
  server: ModelServer,
  { faults = {}, streams = true, conflicts = undefined as never, paused = false } = {} as {
    faults?: ModelFaults;
    streams?: boolean;
    conflicts?: never;
    paused?: boolean;
  },
) {
  const db = await openDatabase({ name: 'desk', objects: [Visit, ...syncObjects] });
  const sync = replicate(db, {
    remote: modelRemote(server, faults, { streams }),
    objects: ['Visit'],
    conflicts,
    paused,
    retry: { baseMs: 1, maxMs: 5 },
    pollMs: 5,
  });
  onTestFinished(async () => {
    await sync.close();
    await db.close();
  });
  return { db, sync };
}

/** The id of a new record. */
async function create(
  db: Awaited<ReturnType<typeof open>>['db'],
  values: { Subject?: string; Priority?: number },
): Promise<string> {
  return (await db.Visit.create(values)).id as string;
}

describe('replicate', () => {
  it('sends what is written and takes in what others write', async () => {
    const server = new ModelServer();
    const { db, sync } = await open(server);
    const id = await create(db, { Subject: 'mine' });
    expect(db.Visit.get(id)?.Name).toBe(`~${id}`);
    expect(sync.stateOf('Visit', id)).toBe('pending');
    await sync.inSync();
    expect(server.get('Visit', id)).toMatchObject({ Subject: 'mine', Name: 'SRV-0001' });
    expect(db.Visit.get(id)?.Name).toBe('SRV-0001');
    expect(sync.stateOf('Visit', id)).toBe('synced');
    server.set('Visit', id, { Priority: 3 });
    await expect.poll(() => db.Visit.get(id)?.Priority).toBe(3);
    expect(sync.status).toMatchObject({ state: 'live', pending: 0, error: undefined });
  });

  it('merges what both have changed, field by field', async () => {
    const server = new ModelServer();
    const { db, sync } = await open(server);
    const id = await create(db, { Subject: 'first', Priority: 1 });
    await sync.inSync();
    sync.pause();
    await db.Visit.update({ Id: id, Subject: 'mine' });
    server.set('Visit', id, { Priority: 9 });
    sync.resume();
    await sync.inSync();
    expect(db.Visit.get(id)).toMatchObject({ Subject: 'mine', Priority: 9 });
    expect(server.get('Visit', id)).toMatchObject({ Subject: 'mine', Priority: 9 });
    expect(db.SyncConflict.size).toBe(0);
  });

  it('lets mine stand where both have changed the same field, and tells of it', async () => {
    const server = new ModelServer();
    const { db, sync } = await open(server);
    const id = await create(db, { Subject: 'first' });
    await sync.inSync();
    sync.pause();
    await db.Visit.update({ Id: id, Subject: 'mine' });
    server.set('Visit', id, { Subject: 'theirs' });
    const heard: string[] = [];
    sync.conflicts$.subscribe(({ fields, outcome }) => heard.push(`${fields.join()} ${outcome}`));
    sync.resume();
    await sync.inSync();
    expect(server.get('Visit', id)).toMatchObject({ Subject: 'mine' });
    expect(heard).toEqual(['Subject mine']);
    expect(db.SyncConflict.find({})[0]).toMatchObject({
      RecordId: id,
      Theirs: '{"Subject":"theirs"}',
      Base: '{"Subject":"first"}',
    });
  });

  it('keeps what the server refuses with the reason, and sends the rest', async () => {
    const server = new ModelServer();
    server.refuses = ({ newDocumentState }) => newDocumentState.Subject === 'bad';
    const { db, sync } = await open(server);
    const bad = await create(db, { Subject: 'bad' });
    const good = await create(db, { Subject: 'good' });
    await sync.inSync();
    expect(server.get('Visit', good)).toMatchObject({ Subject: 'good' });
    expect(sync.outbox.list()).toMatchObject([
      { id: bad, state: 'rejected', code: 'FIELD_INTEGRITY_EXCEPTION', kind: 'create' },
    ]);
    await db.Visit.update({ Id: bad, Subject: 'better' });
    await sync.inSync();
    expect(server.get('Visit', bad)).toMatchObject({ Subject: 'better' });
    expect(sync.outbox.size).toBe(0);
  });

  it('sends a push whose answer was lost once more, with one effect', async () => {
    const server = new ModelServer();
    let losses = 2;
    const { db, sync } = await open(server, {
      faults: {
        after: (what) => {
          if (what === 'push' && losses-- > 0) throw new RemoteFailure('retry', 'SYNC_UNREACHABLE', 'lost');
        },
      },
    });
    const id = await create(db, { Subject: 'once' });
    await sync.inSync();
    expect(server.applied).toHaveLength(1);
    expect(server.get('Visit', id)).toMatchObject({ Name: 'SRV-0001' });
    expect(sync.outbox.size).toBe(0);
  });

  it('takes deletes, undeletes and purges both ways', async () => {
    const server = new ModelServer();
    const { db, sync } = await open(server);
    const id = await create(db, { Subject: 'a' });
    await sync.inSync();
    await db.Visit.delete(id);
    await sync.inSync();
    expect(server.get('Visit', id)?._deleted).toBe(true);
    server.set('Visit', id, { _deleted: false });
    await expect.poll(() => db.Visit.get(id)?.Subject).toBe('a');
    await db.Visit.delete(id);
    await db.Visit.emptyRecycleBin([id]);
    await sync.inSync();
    expect(server.get('Visit', id)?._purged).toBe(true);
    expect(sync.outbox.size).toBe(0);
  });
});
