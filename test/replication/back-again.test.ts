import { expect, it } from 'vitest';
import { createAccount, openClient, openServer } from '../instruments/open-synced.ts';

it('a record put back by an import while its purge is on its way stays in the outbox, with the reason', async () => {
  const server = await openServer();
  const { db, sync } = await openClient(server);
  const id = await createAccount(db, { Note: 'a' });
  await sync.inSync();
  sync.pause();
  await db.Account.delete(id);
  await db.Account.emptyRecycleBin([id]);
  const own = server.line.answer;
  let isFirst = true;
  server.line.answer = async (request) => {
    if (new URL(request.url).pathname === '/push' && isFirst) {
      isFirst = false;
      await db.Account.import([{ Id: id, Note: 'back' }]);
    }
    return own(request);
  };
  sync.resume();
  await sync.inSync();
  await sync.inSync();
  expect(isFirst).toBe(false);
  expect(sync.outbox.export()).toContain('back');
  expect(sync.outbox.list()).toMatchObject([{ id, state: 'rejected', code: 'ENTITY_IS_DELETED' }]);
});
