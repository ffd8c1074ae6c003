import { beforeEach, expect, test } from 'vitest';
import { CHAT, idOf, issuesOf, openSessions, type SessionDatabase } from '../instruments/session-database.ts';

let db: SessionDatabase;

beforeEach(async () => {
  ({ db } = await openSessions());
});

test('the calls of a transaction see what it has written', () => {
  db.transaction((tx) => {
    const id = idOf(tx.SOSSession.create({ AppVersion: '1' }));
    expect(tx.SOSSession.findOne({ where: { AppVersion: '1' } })?.Id).toBe(id);
    expect(tx.SOSSession.findOne({ where: { AppVersion: '2' } })).toBeUndefined();
    expect(tx.SOSSession.explain({ where: { AppVersion: '1' } })).toMatchObject({ returned: 1 });
    const [first, second] = tx.SOSSession.upsert('Id', [{ Id: id, AppVersion: '3' }, { AppVersion: '4' }]);
    expect([first?.created, second?.created]).toEqual([false, true]);
    tx.SOSSession.delete(id);
    expect(tx.SOSSession.count({ deleted: 'only' })).toBe(1);
    expect(tx.SOSSession.emptyRecycleBin([id])).toEqual([{ id, success: true, errors: [] }]);
    expect(tx.SOSSession.count({ deleted: 'include' })).toBe(1);
  });
  expect(db.SOSSession.find({ select: ['AppVersion'] })).toEqual([{ AppVersion: '4' }]);
});

test('an array of a transaction is all or none, and what is wrong is thrown', () => {
  const upsert = () =>
    db.transaction((tx) => tx.SOSSession.upsert('Id', [{ AppVersion: '1' }, { AppVersion: 'x'.repeat(300) }]));
  expect(upsert).toThrow(/too large/);
  const empty = () => db.transaction((tx) => tx.SOSSession.emptyRecycleBin(['0NX5g0000000001']));
  expect(empty).toThrow();
  expect(db.SOSSession.size).toBe(0);
});

test('records cannot be exported while they may yet be taken back', async () => {
  await db.LiveAgentSession.create(CHAT);
  const issues = await issuesOf(() => db.transaction(() => db.LiveAgentSession.export()));
  expect(issues).toMatchObject([
    { statusCode: 'TRANSACTION_OPEN', message: 'records cannot be exported while writes are under way' },
  ]);
});

test('what is no function is refused', async () => {
  for (const work of [undefined, null, 5, {}])
    expect(await issuesOf(() => db.transaction(work as never))).toMatchObject([{ statusCode: 'INVALID_OPTION' }]);
});
