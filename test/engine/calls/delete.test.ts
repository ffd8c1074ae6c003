import { beforeEach, describe, expect, test } from 'vitest';
import { defineObject, openDatabase } from '../../../src/index.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import {
  afterNoon,
  CHAT,
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

beforeEach(async () => {
  const opened = await openSessions();
  db = opened.db;
  advance = opened.env.advance;
});

describe('deleting one record', () => {
  test('gives a delete result and takes the record out of every ordinary read', async () => {
    const id = idOf(await db.LiveAgentSession.create(CHAT));
    expect(await db.LiveAgentSession.delete(id.slice(0, 15))).toEqual({ id, success: true, errors: [] });
    expect(db.LiveAgentSession.get(id)).toBeUndefined();
    expect(db.LiveAgentSession.find()).toEqual([]);
    expect(db.LiveAgentSession.count()).toBe(0);
    expect(db.LiveAgentSession.size).toBe(0);
    expect(db.LiveAgentSession.aggregate({ select: { n: { $count: '*' } } })).toEqual([{ n: 0 }]);
    expect(await db.LiveAgentSession.retrieve([id])).toEqual([null]);
  });

  test('moves the flag and the system’s stamp, and nothing else', async () => {
    const id = idOf(await db.LiveAgentSession.create(CHAT));
    const before = db.LiveAgentSession.get(id);
    advance(2000);
    await db.LiveAgentSession.delete(id);
    const change = db.changesSince(1)[0]?.changes[0];
    expect(change?.after).toEqual({ ...before, IsDeleted: true, SystemModstamp: afterNoon(2000) });
    expect(change?.before).toBe(before);
  });

  test('tells ids apart that cannot be deleted', async () => {
    const id = idOf(await db.LiveAgentSession.create(CHAT));
    await db.LiveAgentSession.delete(id);
    const codeOf = async (given: unknown) =>
      (await issuesOf(() => db.LiveAgentSession.delete(given as string)))[0]?.statusCode;
    expect(await codeOf(id)).toBe('ENTITY_IS_DELETED');
    expect(await codeOf('0HK000000000001')).toBe('INVALID_CROSS_REFERENCE_KEY');
    expect(await codeOf(USER)).toBe('MALFORMED_ID');
    for (const given of ['', 'nobody', null, undefined, 5, {}, { Id: id }, Number.NaN, Symbol('x')])
      expect(await codeOf(given)).toBe('MALFORMED_ID');
  });
});

describe('deleting an array', () => {
  test('gives results in input order; of an id twice the second fails', async () => {
    const id = idOf(await db.LiveAgentSession.create(CHAT));
    const results = await db.LiveAgentSession.delete(['nobody', id, id, 5 as never]);
    expect(results.map((result) => result.errors[0]?.statusCode)).toEqual([
      'MALFORMED_ID',
      undefined,
      'ENTITY_IS_DELETED',
      'MALFORMED_ID',
    ]);
    expect(results.map((result) => result.id)).toEqual(['nobody', id, id, null]);
  });

  test('takes all back when one is bad and the call is all or none', async () => {
    const id = idOf(await db.SOSSession.create({}));
    const before = db.SOSSession.get(id);
    const results = await db.SOSSession.delete([id, 'nobody'], { allOrNone: true });
    expect(results.map((result) => result.errors[0]?.statusCode)).toEqual([
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'MALFORMED_ID',
    ]);
    expect(db.SOSSession.get(id)).toBe(before);
    expect(db.SOSSessionFeed.size).toBe(1);
    expect(db.SOSSession.getDeleted(NOON, afterNoon(600_000)).deletedRecords).toEqual([]);
  });
});

describe('what hangs on a record', () => {
  async function createWithChildren(activities: number): Promise<string> {
    const id = idOf(await db.SOSSession.create({}));
    await db.SOSSession.update({ Id: id, StartTime: NOON });
    await db.SOSSessionShare.create({ ParentId: id, UserOrGroupId: OTHER_USER, AccessLevel: 'Read' });
    await db.SOSSessionActivity.create(
      Array.from({ length: activities }, () => ({ ActivityTime: NOON, SessionId: id, Type: 'AgentConnected' })),
    );
    await db.Case.create({ SourceId: id });
    return id;
  }

  // Few children are found by looking, many by an index.
  test.each([3, 200])('goes with it: history, feed, shares and %i activities, in one commit', async (activities) => {
    const other = await createWithChildren(activities);
    const id = await createWithChildren(activities);
    const before = db.sequence;
    await db.SOSSession.delete(id);
    expect(db.sequence).toBe(before + 1);
    expect(db.SOSSessionActivity.size).toBe(activities);
    expect([db.SOSSessionHistory.size, db.SOSSessionFeed.size, db.SOSSessionShare.size]).toEqual([1, 2, 1]);
    for (const record of db.SOSSessionActivity.find()) expect(record.SessionId).toBe(other);
  });

  test('stays where the parent only is named', async () => {
    const id = await createWithChildren(1);
    await db.SOSSession.delete(id);
    expect(db.Case.find().map(({ SourceId }) => SourceId)).toEqual([id]);
  });

  test('tells in the feed of changes with whom it went', async () => {
    const id = await createWithChildren(1);
    await db.SOSSession.delete(id);
    const changes = db.changesSince(db.sequence - 1)[0]?.changes ?? [];
    expect(changes.find((change) => change.object === 'SOSSession')).not.toHaveProperty('deletedWith');
    const others = changes.filter((change) => change.object !== 'SOSSession');
    expect(others.length).toBe(5);
    for (const change of others) expect(change.deletedWith).toEqual({ object: 'SOSSession', id });
  });

  test('goes to any depth, through rings too, and with a parent that has its own id text', async () => {
    const Box = defineObject({
      name: 'Box',
      id: { kind: 'text' },
      system: 'minimal',
      roles: { id: 'key' },
      fields: {
        key: { type: 'id', properties: 'Defaulted on create, Filter, Sort' },
        inside: { type: 'reference', referenceTo: ['Box'], cascadeDelete: true },
      },
    });
    const Label = defineObject({
      name: 'Label',
      id: { kind: 'text' },
      system: 'minimal',
      roles: { id: 'key' },
      fields: {
        key: { type: 'id', properties: 'Defaulted on create, Filter, Sort' },
        on: { type: 'reference', referenceTo: ['Box'], cascadeDelete: true },
      },
    });
    const boxes = await openDatabase({ name: 'boxes', objects: [Box, Label], env: createFakeEnvironment() });
    await boxes.Box.import([
      { key: 'a', inside: 'c' },
      { key: 'b', inside: 'a' },
      { key: 'c', inside: 'b' },
      { key: 'd' },
    ]);
    await boxes.Label.import([
      { key: 'a', on: 'a' },
      { key: 'x', on: 'c' },
    ]);
    await boxes.Box.delete('a');
    expect(boxes.Box.find().map(({ key }) => key)).toEqual(['d']);
    expect(boxes.Label.size).toBe(0);
    await boxes.Box.undelete('a');
    expect(boxes.Box.find().map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd']);
    expect(boxes.Label.find().map(({ key }) => key)).toEqual(['a', 'x']);
  });
});
