import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import type { Connectivity } from '../../src/replication/connectivity.ts';
import { type PullPage, type Remote, RemoteFailure } from '../../src/replication/remote.ts';
import { replicate } from '../../src/replication/replicate.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import type { SyncStatus } from '../../src/replication/sync-status.ts';
import { untilAborted } from '../../src/replication/until-aborted.ts';
import { Account } from '../instruments/open-synced.ts';

const PAGE: PullPage = { documents: [], checkpoint: 'c', done: false };

/** A remote whose pulls fail while `isDown`, and hold after a first page until `finish` is called. */
function openRemote() {
  const line = { isDown: true, finish: () => {} };
  const held = new Promise<void>((resolve) => {
    line.finish = resolve;
  });
  const remote: Remote = {
    async *pull(_request, signal) {
      if (line.isDown) throw new RemoteFailure('retry', 'SYNC_UNREACHABLE', 'down');
      yield PAGE;
      await untilAborted(() => held, signal);
      yield { ...PAGE, checkpoint: 'd', done: true };
    },
    push: async ({ push, commits }) => ({
      push,
      commits: commits.map((rows) => rows.map(() => ({ status: 'applied' as const }))),
    }),
  };
  return { line, remote };
}

async function open() {
  const { line, remote } = openRemote();
  const network = { isOnline: true, tell: (_event: 'online' | 'offline') => {} };
  const connectivity: Connectivity = {
    isOnline: () => network.isOnline,
    subscribe(listener) {
      network.tell = (event) => {
        network.isOnline = event === 'online';
        listener(event);
      };
      return () => {};
    },
  };
  const db = await openDatabase({ name: 'desk', objects: [Account, ...syncObjects] });
  const sync = replicate(db, { remote, objects: ['Account'], retry: { baseMs: 1, maxMs: 5 }, connectivity });
  const heard: SyncStatus[] = [];
  sync.status$.subscribe((status) => heard.push(status));
  onTestFinished(async () => {
    await sync.close();
    await db.close();
  });
  await expect.poll(() => sync.status.error?.code).toBe('SYNC_UNREACHABLE');
  return { line, network, sync, heard };
}

it('is gone as soon as the server gives anything again, and with it in every status of a sync that is live', async () => {
  const { line, sync, heard } = await open();
  line.isDown = false;
  sync.resync();
  await expect.poll(() => [sync.status.state, sync.status.error]).toEqual(['pulling', undefined]);
  line.finish();
  await sync.inSync();
  expect(sync.status).toMatchObject({ state: 'live', error: undefined });
  expect(heard.filter(({ state, error }) => state === 'live' && error !== undefined)).toEqual([]);
});

it('is none of a sync that is paused or offline, which is the reason itself', async () => {
  const { network, sync } = await open();
  sync.pause();
  await expect.poll(() => [sync.status.state, sync.status.error]).toEqual(['paused', undefined]);
  sync.resume();
  await expect.poll(() => sync.status.error?.code).toBe('SYNC_UNREACHABLE');
  network.tell('offline');
  await expect.poll(() => [sync.status.state, sync.status.error]).toEqual(['offline', undefined]);
});
