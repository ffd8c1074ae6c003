import { beforeEach, describe, expect, test } from 'vitest';
import { CHAT, idOf, issuesOf, openSessions, type SessionDatabase, USER } from '../../instruments/session-database.ts';

let db: SessionDatabase;
let ids: string[];

beforeEach(async () => {
  db = (await openSessions()).db;
  ids = (await db.LiveAgentSession.create([0, 1, 2].map((TimeIdle) => ({ ...CHAT, TimeIdle })))).map(idOf);
});

describe('retrieve', () => {
  test('gives records in the order of the ids, null for those not to be had', async () => {
    const [first, second, third] = ids as [string, string, string];
    await db.LiveAgentSession.delete(second);
    const records = await db.LiveAgentSession.retrieve([third, second, '0HK000000000001', first, first.slice(0, 15)]);
    expect(records.map((record) => record?.TimeIdle ?? null)).toEqual([2, null, null, 0, 0]);
    expect(records[0]).toBe(db.LiveAgentSession.get(third));
  });

  test('gives the fields asked for and no others', async () => {
    expect(await db.LiveAgentSession.retrieve([ids[1] as string], ['TimeIdle', 'Name'])).toEqual([
      { TimeIdle: 1, Name: '00000002' },
    ]);
    expect(await db.LiveAgentSession.retrieve([], ['TimeIdle'])).toEqual([]);
  });

  test('refuses a field that is none, one asked for twice, and too many ids', async () => {
    const told = (given: readonly string[], fields?: readonly string[]) =>
      issuesOf(() => db.LiveAgentSession.retrieve(given, fields as never));
    expect(await told(ids, ['Nope'])).toMatchObject([{ statusCode: 'INVALID_FIELD', fields: ['Nope'] }]);
    expect(await told(ids, ['__proto__'])).toMatchObject([{ statusCode: 'INVALID_FIELD' }]);
    expect(await told(ids, ['Name', 'Name'])).toEqual([
      { statusCode: 'INVALID_FIELD', message: 'duplicate field selected: Name', fields: ['Name'] },
    ]);
    expect(await told(new Array(2001).fill(ids[0]))).toMatchObject([{ statusCode: 'EXCEEDED_ID_LIMIT' }]);
    expect(await told(new Array(2000).fill(ids[0]))).toEqual([]);
  });

  test('refuses ids that are none or of another object', async () => {
    for (const id of ['nobody', USER, 5, null, undefined, {}]) {
      expect(await issuesOf(() => db.LiveAgentSession.retrieve([id as string]))).toMatchObject([
        { statusCode: 'MALFORMED_ID' },
      ]);
    }
    for (const list of ['0HK000000000001', 5, null, undefined, {}]) {
      expect(await issuesOf(() => db.LiveAgentSession.retrieve(list as never)), String(list)).toMatchObject([
        { statusCode: 'MALFORMED_ID' },
      ]);
    }
  });
});
