import { beforeEach, describe, expect, test } from 'vitest';
import { salesforce } from '../../../src/collections/catalog.ts';
import { collectionOf, openAny } from '../../instruments/any-database.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import {
  afterNoon,
  CHAT,
  errorOf,
  idOf,
  NOON,
  OTHER_USER,
  openSessions,
  type SessionDatabase,
  USER,
} from '../../instruments/session-database.ts';

let db: SessionDatabase;
let advance: (ms: number) => void;

beforeEach(async () => {
  const opened = await openSessions();
  db = opened.db;
  advance = opened.env.advance;
});

describe('creating one record', () => {
  test('gives a save result in Salesforce’s shape', async () => {
    const result = await db.LiveAgentSession.create(CHAT);
    expect(result).toEqual({ id: expect.stringMatching(/^0HK[A-Za-z0-9]{15}$/), success: true, errors: [] });
  });

  test('keeps every field of the definition, what was not given being null', async () => {
    const id = idOf(await db.LiveAgentSession.create({ ...CHAT, TimeIdle: 40 }));
    expect(db.LiveAgentSession.get(id)).toEqual({
      Id: id,
      IsDeleted: false,
      CreatedDate: NOON,
      CreatedById: USER,
      LastModifiedDate: NOON,
      LastModifiedById: USER,
      SystemModstamp: NOON,
      AgentId: USER,
      ChatReqAssigned: null,
      ChatReqDeclined: null,
      ChatReqEngaged: null,
      ChatReqTimedOut: null,
      LastReferencedDate: null,
      LastViewedDate: null,
      LoginTime: CHAT.LoginTime,
      LogoutTime: CHAT.LogoutTime,
      Name: '00000001',
      NumFlagLoweredAgent: null,
      NumFlagLoweredSupervisor: null,
      NumFlagRaised: null,
      OwnerId: USER,
      TimeAtCapacity: null,
      TimeIdle: 40,
      TimeInAwayStatus: null,
      TimeInChats: null,
      TimeInOnlineStatus: null,
    });
  });

  test('is in effect before the promise settles', () => {
    const made = db.LiveAgentSession.create(CHAT);
    expect(db.LiveAgentSession.size).toBe(1);
    return made;
  });

  test('gives a frozen record that later changes of the input do not reach', async () => {
    const input = { ...CHAT, LoginTime: new Date(0) };
    const id = idOf(await db.LiveAgentSession.create(input));
    input.LoginTime.setTime(5);
    expect(Object.isFrozen(db.LiveAgentSession.get(id))).toBe(true);
    expect(db.LiveAgentSession.get(id)?.LoginTime).toBe('1970-01-01T00:00:00.000Z');
  });

  test('rejects with everything that is wrong and keeps nothing', async () => {
    const error = await errorOf(() => db.LiveAgentSession.create({ TimeIdle: 'long' } as never));
    expect(error.code).toBe('INVALID_TYPE_ON_FIELD_IN_RECORD');
    expect(error.issues.map((issue) => issue.statusCode)).toEqual([
      'INVALID_TYPE_ON_FIELD_IN_RECORD',
      'REQUIRED_FIELD_MISSING',
    ]);
    expect(db.LiveAgentSession.size).toBe(0);
  });

  test('is one commit', async () => {
    const before = db.sequence;
    await db.LiveAgentSession.create(CHAT);
    expect(db.sequence).toBe(before + 1);
  });
});

describe('creating an array', () => {
  const bad = { ...CHAT, AgentId: 'nobody' };

  test('gives results in input order and keeps the good ones', async () => {
    const results = await db.LiveAgentSession.create([CHAT, bad, { ...CHAT, TimeIdle: 2 }]);
    expect(results.map(({ success }) => success)).toEqual([true, false, true]);
    expect(results[1]).toEqual({
      id: null,
      success: false,
      errors: [{ statusCode: 'MALFORMED_ID', message: 'User ID: id value of incorrect type', fields: ['AgentId'] }],
    });
    expect(db.LiveAgentSession.get(results[2]?.id ?? '')?.TimeIdle).toBe(2);
    expect(db.LiveAgentSession.size).toBe(2);
  });

  test.each(['LiveAgentSession', 'SOSSession'] as const)(
    'keeps none of %s when one is bad and the call is all or none',
    async (name) => {
      const good = name === 'LiveAgentSession' ? CHAT : {};
      const results = await collectionOf(db, name).create([good, { ...good, OwnerId: 'nobody' }, good], {
        allOrNone: true,
      });
      const rolledBack = {
        id: null,
        success: false,
        errors: [
          {
            statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
            message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
            fields: [],
          },
        ],
      };
      expect(results[0]).toEqual(rolledBack);
      expect(results[1]?.errors.map((issue) => issue.statusCode)).toEqual(['MALFORMED_ID']);
      expect(results[2]).toEqual(rolledBack);
      expect(db[name].size).toBe(0);
      expect(db.SOSSessionFeed.size).toBe(0);
      expect(db.sequence).toBe(0);
    },
  );

  test('keeps all when all are good and the call is all or none', async () => {
    const results = await db.LiveAgentSession.create([CHAT, CHAT], { allOrNone: true });
    expect(results.every(({ success }) => success)).toBe(true);
    expect(db.sequence).toBe(1);
  });

  test('of nothing gives nothing and commits nothing', async () => {
    expect(await db.LiveAgentSession.create([])).toEqual([]);
    expect(db.sequence).toBe(0);
  });

  test('has a result for every place, holes too', async () => {
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tried
    const holes = [CHAT, , CHAT] as unknown as readonly (typeof CHAT)[];
    const results = await db.LiveAgentSession.create(holes);
    expect(results.map((result) => result.success)).toEqual([true, false, true]);
    expect(results[1]?.errors[0]?.statusCode).toBe('INVALID_TYPE_ON_FIELD_IN_RECORD');
    const updates = await db.LiveAgentSession.update(holes as never[]);
    expect(updates.map((result) => result.errors[0]?.statusCode)).toEqual([
      'MALFORMED_ID',
      'MALFORMED_ID',
      'MALFORMED_ID',
    ]);
  });

  test('sees a duplicate within itself', async () => {
    const user = { Username: 'ada@example.com', LastName: 'Lovelace', Email: 'ada@example.com', Alias: 'ada' };
    const results = await db.User.create([
      user,
      { ...user, Username: 'ADA@example.com' },
      { ...user, Username: 'b@example.com' },
    ]);
    expect(results.map(({ success }) => success)).toEqual([true, false, true]);
    expect(results[1]?.errors[0]).toEqual({
      statusCode: 'DUPLICATE_VALUE',
      message: `duplicate value found: Username duplicates value on record with id: ${results[0]?.id}`,
      fields: ['Username'],
    });
  });
});

describe('ids and names', () => {
  test('begin with the key prefix of the object', async () => {
    const session = idOf(await db.SOSSession.create({}));
    const activity = idOf(
      await db.SOSSessionActivity.create({ ActivityTime: NOON, SessionId: session, Type: 'AgentConnected' }),
    );
    const contact = idOf(await db.Contact.create({ LastName: 'Lovelace' }));
    expect([session, activity, contact].map((id) => id.slice(0, 3))).toEqual(['0NX', '0NZ', '003']);
  });

  test('rise by one from record to record of an object', async () => {
    await db.LiveAgentSession.create([CHAT, CHAT]);
    await db.SOSSession.create({});
    await db.LiveAgentSession.create(CHAT);
    expect(db.LiveAgentSession.find().map(({ Name }) => Name)).toEqual(['00000001', '00000002', '00000003']);
    expect(db.SOSSession.find().map(({ Name }) => Name)).toEqual(['00000001']);
  });

  test('are not given again after a delete', async () => {
    const id = idOf(await db.LiveAgentSession.create(CHAT));
    await db.LiveAgentSession.delete(id);
    await db.LiveAgentSession.emptyRecycleBin([id]);
    const next = idOf(await db.LiveAgentSession.create(CHAT));
    expect(db.LiveAgentSession.get(next)?.Name).toBe('00000002');
    expect(next).not.toBe(id);
  });

  test('differ between databases that share nothing', async () => {
    const ids = await Promise.all(
      Array.from({ length: 50 }, async (_, seed) => {
        const other = await openAny({ objects: salesforce, env: createFakeEnvironment({ seed }) });
        return (await collectionOf(other, 'SOSSession').create({})).id;
      }),
    );
    expect(new Set(ids).size).toBe(50);
  });
});

describe('the stamps', () => {
  test('are the moment of the commit and the user of the database', async () => {
    advance(1500);
    const id = idOf(await db.SOSSession.create({ OwnerId: OTHER_USER }));
    expect(db.SOSSession.get(id)).toMatchObject({
      CreatedDate: afterNoon(1500),
      LastModifiedDate: afterNoon(1500),
      SystemModstamp: afterNoon(1500),
      CreatedById: USER,
      OwnerId: OTHER_USER,
    });
  });

  test('never go back, though the clock may', async () => {
    advance(5000);
    await db.SOSSession.create({});
    advance(-5000);
    const id = idOf(await db.SOSSession.create({}));
    expect(db.SOSSession.get(id)?.CreatedDate).toBe(afterNoon(5000));
  });
});
