import { expectTypeOf, test } from 'vitest';
import { salesforce } from '../../src/collections/catalog.ts';
import { openDatabase } from '../../src/index.ts';
import { http, replicate, type SyncStatus, syncObjects } from '../../src/replication/replication.ts';

test('what is synced is one of the objects of the database', async () => {
  const db = await openDatabase({ name: 'd', objects: [...salesforce, ...syncObjects] });
  const remote = http({ url: 'https://sync.example.com' });
  const sync = replicate(db, { remote, objects: ['LiveAgentSession', { name: 'SOSSession', where: {} }] });
  expectTypeOf(sync.status).toEqualTypeOf<SyncStatus>();
  expectTypeOf(sync.stateOf).returns.toEqualTypeOf<'synced' | 'pending' | 'conflict' | 'rejected' | undefined>();
  // @ts-expect-error the database has no such object
  replicate(db, { remote, objects: ['Nope'] });
  // @ts-expect-error a side is mine, theirs or ask
  replicate(db, { remote, objects: ['SOSSession'], conflicts: 'nobody' });
  replicate(db, {
    remote,
    objects: ['SOSSession'],
    conflicts: { SOSSession: ({ mine }) => ({ AppVersion: mine.AppVersion }) },
  });
});

test('the outbox is an object with typed fields', async () => {
  const db = await openDatabase({ name: 'd', objects: [...salesforce, ...syncObjects] });
  const change = db.SyncChange.find({ where: { State: 'rejected' } })[0];
  expectTypeOf(change?.State).toEqualTypeOf<'pending' | 'conflict' | 'rejected' | undefined>();
});
