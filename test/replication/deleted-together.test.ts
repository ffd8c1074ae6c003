import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { http } from '../../src/replication/http.ts';
import { replicate } from '../../src/replication/replicate.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import { createSyncHandler } from '../../src/server/create-sync-handler.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import { toNodeListener } from '../../src/server/node-listener.ts';
import { Step, Visit } from '../instruments/sync-fleet.ts';

test('an undelete on one client brings back what the delete on another took along', async () => {
  const master = await openDatabase({ name: 'server', objects: [Visit, Step, ...masterObjects] });
  const handler = createSyncHandler(master, { objects: ['Visit', 'Step'], authorize: () => ({ user: 'u' }) });
  const server = createServer(toNodeListener(handler)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    await handler.close();
    server.close();
    server.closeAllConnections();
  });
  const open = async () => {
    const db = await openDatabase({ name: 'd', objects: [Visit, Step, ...syncObjects] });
    const sync = replicate(db, { remote: http({ url }), objects: ['Visit', 'Step'] });
    onTestFinished(() => sync.close());
    return { db, sync };
  };
  const a = await open();
  const visit = (await a.db.Visit.create({ Subject: 'parent' })).id as string;
  const step = (await a.db.Step.create({ Subject: 'child', VisitId: visit })).id as string;
  await a.sync.inSync();
  await a.db.Visit.delete(visit);
  expect(a.db.Step.get(step)).toBeUndefined();
  await a.sync.inSync();
  const b = await open();
  await b.sync.inSync();
  await b.db.Visit.undelete(visit);
  expect(b.db.Step.get(step)).toMatchObject({ Subject: 'child', VisitId: visit });
  await b.sync.inSync();
  await expect.poll(() => a.db.Step.get(step)?.Subject).toBe('child');
});
