import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { http } from '../../src/replication/http.ts';
import { replicate } from '../../src/replication/replicate.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import { createSyncHandler } from '../../src/server/create-sync-handler.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import { toNodeListener } from '../../src/server/node-listener.ts';
import { Step, Visit } from '../instruments/sync-fleet.ts';

test('two databases and a server agree over real HTTP', async () => {
  const master = await openDatabase({ name: 'server', objects: [Visit, Step, ...masterObjects] });
  const handler = createSyncHandler(master, { objects: ['Visit', 'Step'], authorize: () => ({ user: 'u' }) });
  const server = createServer(toNodeListener(handler)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const open = async () => {
    const db = await openDatabase({ name: 'd', objects: [Visit, Step, ...syncObjects] });
    return { db, sync: replicate(db, { remote: http({ url }), objects: ['Visit', 'Step'] }) };
  };
  const a = await open();
  const id = (await a.db.Visit.create({ Subject: 'hello' })).id as string;
  await a.sync.inSync();
  expect(master.Visit.get(id)).toMatchObject({ Subject: 'hello', Name: 'V-0001' });
  expect(a.db.Visit.get(id)).toEqual(master.Visit.get(id));
  const b = await open();
  await b.sync.inSync();
  expect(b.db.Visit.get(id)).toEqual(master.Visit.get(id));
  await b.db.Visit.update({ Id: id, Note: 'seen' });
  await expect.poll(() => a.db.Visit.get(id)?.Note).toBe('seen');
  await a.sync.close();
  await b.sync.close();
  await handler.close();
  server.close();
  server.closeAllConnections();
});
