import { beforeEach, describe, expect, test } from 'vitest';
import {
  afterNoon,
  CHAT,
  errorOf,
  idOf,
  issuesOf,
  NOON,
  OTHER_USER,
  openSessions,
  type SessionDatabase,
  USER,
} from '../../instruments/session-database.ts';

let db: SessionDatabase;
let advance: (ms: number) => void;
let id: string;

beforeEach(async () => {
  const opened = await openSessions();
  db = opened.db;
  advance = opened.env.advance;
  id = idOf(await db.LiveAgentSession.create({ ...CHAT, TimeIdle: 40, TimeInChats: 5 }));
});

describe('updating one record', () => {
  test('gives a save result with its id', async () => {
    expect(await db.LiveAgentSession.update({ Id: id, TimeIdle: 41 })).toEqual({ id, success: true, errors: [] });
  });

  test('changes what is given, leaves the rest and stamps who did it and when', async () => {
    const before = db.LiveAgentSession.get(id);
    advance(1000);
    await db.LiveAgentSession.update({ Id: id, TimeIdle: 41, TimeInChats: null, ChatReqAssigned: undefined });
    expect(db.LiveAgentSession.get(id)).toEqual({
      ...before,
      TimeIdle: 41,
      TimeInChats: null,
      LastModifiedDate: afterNoon(1000),
      LastModifiedById: USER,
      SystemModstamp: afterNoon(1000),
    });
    expect(before).toMatchObject({ TimeIdle: 40, SystemModstamp: NOON });
  });

  test('takes an id of 15 characters and gives back the one of 18', async () => {
    expect(await db.LiveAgentSession.update({ Id: id.slice(0, 15), TimeIdle: 1 })).toEqual({
      id,
      success: true,
      errors: [],
    });
    expect(db.LiveAgentSession.get(id)?.TimeIdle).toBe(1);
  });

  test('needs an id', async () => {
    const nameless = [{}, { Id: null }, { Id: undefined }, null, undefined, 5, 'text', []];
    for (const input of nameless) {
      expect(await issuesOf(() => db.LiveAgentSession.update(input as never)), JSON.stringify(input)).toMatchObject(
        Array.isArray(input) ? [] : [{ statusCode: 'MALFORMED_ID', fields: ['Id'] }],
      );
    }
  });

  test('tells an id that is none, one of another object, one nobody has and one in the bin apart', async () => {
    const binned = idOf(await db.LiveAgentSession.create(CHAT));
    await db.LiveAgentSession.delete(binned);
    const told = async (given: unknown) =>
      (await issuesOf(() => db.LiveAgentSession.update({ Id: given } as never)))[0];
    expect(await told('nobody')).toEqual({ statusCode: 'MALFORMED_ID', message: 'malformed id', fields: ['Id'] });
    expect(await told(USER)).toEqual({
      statusCode: 'MALFORMED_ID',
      message: 'Chat Session: id value of incorrect type',
      fields: ['Id'],
    });
    expect(await told('0HK000000000001')).toEqual({
      statusCode: 'INVALID_CROSS_REFERENCE_KEY',
      message: 'invalid cross reference id',
      fields: [],
    });
    expect(await told(binned)).toEqual({ statusCode: 'ENTITY_IS_DELETED', message: 'entity is deleted', fields: [] });
  });

  test('refuses null for fields that must have a value, all in one issue', async () => {
    const issues = await issuesOf(() =>
      db.LiveAgentSession.update({ Id: id, AgentId: null, LoginTime: null, OwnerId: ' ' } as never),
    );
    expect(issues).toEqual([
      {
        statusCode: 'REQUIRED_FIELD_MISSING',
        message: 'Required fields are missing: [AgentId, LoginTime, OwnerId]',
        fields: ['AgentId', 'LoginTime', 'OwnerId'],
      },
    ]);
  });

  test('refuses fields that cannot be updated, all in one issue', async () => {
    const error = await errorOf(() =>
      db.LiveAgentSession.update({ Id: id, Name: 'x', CreatedDate: NOON, LastViewedDate: NOON } as never),
    );
    expect(error.issues).toEqual([
      {
        statusCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
        message:
          'Unable to create/update fields: Name, CreatedDate, LastViewedDate. Please check the security settings of this ' +
          'field and verify that it is read/write for your profile or permission set.',
        fields: ['Name', 'CreatedDate', 'LastViewedDate'],
      },
    ]);
  });
});

describe('updating an array', () => {
  test('gives results in input order, with the id as given where it failed', async () => {
    const results = await db.LiveAgentSession.update([
      { Id: id, TimeIdle: 1 },
      { Id: '0HK000000000001', TimeIdle: 2 },
      { Id: id, TimeIdle: 'x' as never },
      { Id: 5 as never },
    ]);
    expect(results.map(({ success }) => success)).toEqual([true, false, false, false]);
    expect(results.map((result) => result.id)).toEqual([id, '0HK000000000001', id, null]);
    expect(results[2]?.errors).toEqual([
      {
        statusCode: 'INVALID_TYPE_ON_FIELD_IN_RECORD',
        message: 'Time Idle: value not of required type',
        fields: ['TimeIdle'],
      },
    ]);
    expect(db.LiveAgentSession.get(id)?.TimeIdle).toBe(1);
  });

  test('takes back the good ones when one is bad and the call is all or none', async () => {
    const before = db.LiveAgentSession.get(id);
    const results = await db.LiveAgentSession.update([{ Id: id, TimeIdle: 1 }, { Id: id, AgentId: null } as never], {
      allOrNone: true,
    });
    expect(results.map((result) => result.errors[0]?.statusCode)).toEqual([
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'REQUIRED_FIELD_MISSING',
    ]);
    expect(db.LiveAgentSession.get(id)).toBe(before);
  });

  test('may name one record several times; the last word stands', async () => {
    const results = await db.LiveAgentSession.update([
      { Id: id, TimeIdle: 1 },
      { Id: id, TimeIdle: 2, OwnerId: OTHER_USER },
    ]);
    expect(results.every(({ success }) => success)).toBe(true);
    expect(db.LiveAgentSession.get(id)).toMatchObject({ TimeIdle: 2, OwnerId: OTHER_USER });
    const changes = db.changesSince(db.sequence - 1)[0]?.changes ?? [];
    expect(changes.filter((change) => change.object === 'LiveAgentSession')).toHaveLength(1);
  });
});
