import { beforeEach, describe, expect, test } from 'vitest';
import { defineObject, openDatabase } from '../../../src/index.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import {
  afterNoon,
  CHAT,
  idOf,
  issuesOf,
  NOON,
  openSessions,
  type SessionDatabase,
} from '../../instruments/session-database.ts';

let db: SessionDatabase;
let advance: (ms: number) => void;
const notInBin = { statusCode: 'UNDELETE_FAILED', message: 'Entity is not in the recycle bin', fields: [] };

beforeEach(async () => {
  const opened = await openSessions();
  db = opened.db;
  advance = opened.env.advance;
});

async function createActivity(SessionId: string): Promise<string> {
  return idOf(await db.SOSSessionActivity.create({ ActivityTime: NOON, SessionId, Type: 'AgentConnected' }));
}

describe('undelete', () => {
  test('gives an undelete result and the record as it was, with a new stamp', async () => {
    const id = idOf(await db.LiveAgentSession.create(CHAT));
    const before = db.LiveAgentSession.get(id);
    await db.LiveAgentSession.delete(id);
    advance(3000);
    expect(await db.LiveAgentSession.undelete(id.slice(0, 15))).toEqual({ id, success: true, errors: [] });
    expect(db.LiveAgentSession.get(id)).toEqual({ ...before, SystemModstamp: afterNoon(3000) });
    expect(db.LiveAgentSession.find({ where: { AgentId: CHAT.AgentId } })).toHaveLength(1);
  });

  test('brings back the children the deletion took, and no others', async () => {
    const id = idOf(await db.SOSSession.create({}));
    const [early, late] = [await createActivity(id), await createActivity(id)];
    await db.SOSSessionActivity.delete(early);
    await db.SOSSession.delete(id);
    await db.SOSSession.undelete(id);
    expect(db.SOSSessionActivity.find().map(({ Id }) => Id)).toEqual([late]);
    expect(db.SOSSessionFeed.size).toBe(1);
    expect(await db.SOSSessionActivity.undelete(early)).toMatchObject({ success: true });
  });

  test('refuses a child that went with its parent', async () => {
    const id = idOf(await db.SOSSession.create({}));
    const child = await createActivity(id);
    await db.SOSSession.delete(id);
    expect(await issuesOf(() => db.SOSSessionActivity.undelete(child))).toEqual([notInBin]);
    expect(db.SOSSessionActivity.size).toBe(0);
  });

  test('refuses a record in use, one nobody has and one purged', async () => {
    const [used, purged] = (await db.LiveAgentSession.create([CHAT, CHAT])).map(idOf) as [string, string];
    await db.LiveAgentSession.delete(purged);
    await db.LiveAgentSession.emptyRecycleBin([purged]);
    for (const id of [used, purged, '0HK000000000001'])
      expect(await issuesOf(() => db.LiveAgentSession.undelete(id))).toEqual([notInBin]);
    expect(await issuesOf(() => db.LiveAgentSession.undelete(7 as never))).toMatchObject([
      { statusCode: 'MALFORMED_ID' },
    ]);
  });

  test('of an array gives results in input order, and can be all or none', async () => {
    const ids = (await db.LiveAgentSession.create([CHAT, CHAT])).map(idOf);
    await db.LiveAgentSession.delete(ids);
    const whole = await db.LiveAgentSession.undelete([...ids, 'nobody'], { allOrNone: true });
    expect(whole.map((result) => result.errors[0]?.statusCode)).toEqual([
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'MALFORMED_ID',
    ]);
    expect(db.LiveAgentSession.size).toBe(0);
    const some = await db.LiveAgentSession.undelete(['nobody', ...ids]);
    expect(some.map(({ success }) => success)).toEqual([false, true, true]);
    expect(db.LiveAgentSession.size).toBe(2);
  });

  test('is refused where another record has taken the unique key meanwhile', async () => {
    const user = { Username: 'ada@example.com', LastName: 'Lovelace', Email: 'ada@example.com', Alias: 'ada' };
    const first = idOf(await db.User.create(user));
    await db.User.delete(first);
    const second = idOf(await db.User.create(user));
    expect(await issuesOf(() => db.User.undelete(first))).toEqual([
      {
        statusCode: 'DUPLICATE_VALUE',
        message: `duplicate value found: Username duplicates value on record with id: ${second}`,
        fields: ['Username'],
      },
    ]);
    expect(db.User.find().map(({ Id }) => Id)).toEqual([second]);
  });

  test('tells parents of two objects apart, though they may have one id', async () => {
    const key = { type: 'id', properties: 'Defaulted on create, Filter, Sort' } as const;
    const tree = { id: { kind: 'text' }, system: 'minimal', roles: { id: 'key' }, fields: { key } } as const;
    const Oak = defineObject({ name: 'Oak', ...tree });
    const Elm = defineObject({ name: 'Elm', ...tree });
    const Leaf = defineObject({
      name: 'Leaf',
      fields: {
        OakKey: { type: 'reference', referenceTo: ['Oak'], cascadeDelete: true },
        ElmKey: { type: 'reference', referenceTo: ['Elm'], cascadeDelete: true },
      },
    });
    const wood = await openDatabase({ name: 'wood', objects: [Oak, Elm, Leaf], env: createFakeEnvironment() });
    await wood.Oak.import([{ key: '1' }]);
    await wood.Elm.import([{ key: '1' }]);
    await wood.Leaf.create([{ OakKey: '1' }, { ElmKey: '1' }]);
    await wood.Oak.delete('1');
    await wood.Elm.delete('1');
    await wood.Oak.undelete('1');
    expect(wood.Leaf.find({ select: ['OakKey', 'ElmKey'] })).toEqual([{ OakKey: '1', ElmKey: null }]);
  });
});

describe('emptying the recycle bin', () => {
  test('takes the record out for good, with what its deletion took', async () => {
    const id = idOf(await db.SOSSession.create({}));
    const child = await createActivity(id);
    await db.SOSSession.delete(id);
    expect(await db.SOSSession.emptyRecycleBin([id])).toEqual([{ id, success: true, errors: [] }]);
    const window = [NOON, afterNoon(600_000), { unlimited: true }] as const;
    expect(db.SOSSession.getDeleted(...window).deletedRecords).toEqual([]);
    expect(db.SOSSessionActivity.getDeleted(...window).deletedRecords).toEqual([]);
    expect(await issuesOf(() => db.SOSSession.update({ Id: id }))).toMatchObject([
      { statusCode: 'INVALID_CROSS_REFERENCE_KEY' },
    ]);
    expect(await issuesOf(() => db.SOSSessionActivity.delete(child))).toMatchObject([
      { statusCode: 'INVALID_CROSS_REFERENCE_KEY' },
    ]);
  });

  test('refuses what is not in it, and can be all or none', async () => {
    const [used, binned] = (await db.LiveAgentSession.create([CHAT, CHAT])).map(idOf) as [string, string];
    await db.LiveAgentSession.delete(binned);
    const none = await db.LiveAgentSession.emptyRecycleBin([binned, used], { allOrNone: true });
    expect(none.map((result) => result.errors[0]?.statusCode)).toEqual([
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'UNDELETE_FAILED',
    ]);
    const some = await db.LiveAgentSession.emptyRecycleBin([used, binned, 'nobody', '0HK000000000001']);
    expect(some.map((result) => result.errors[0]?.statusCode)).toEqual([
      'UNDELETE_FAILED',
      undefined,
      'MALFORMED_ID',
      'INVALID_CROSS_REFERENCE_KEY',
    ]);
    expect(db.LiveAgentSession.size).toBe(1);
  });

  test('says from when on deletions can be told; a call that kept nothing says nothing', async () => {
    const [used, binned] = (await db.LiveAgentSession.create([CHAT, CHAT])).map(idOf) as [string, string];
    advance(60_000);
    await db.LiveAgentSession.delete(binned);
    advance(60_000);
    const told = (start: string) =>
      db.LiveAgentSession.getDeleted(start, afterNoon(600_000), { unlimited: true }).earliestDateAvailable;
    const earliest = () => told(NOON);
    expect(earliest()).toBe(afterNoon(60_000));
    advance(60_000);
    const { id: later } = await db.LiveAgentSession.delete(idOf(await db.LiveAgentSession.create(CHAT)));
    await db.LiveAgentSession.update({ Id: used, TimeIdle: 1 });
    await db.LiveAgentSession.emptyRecycleBin([binned, used], { allOrNone: true });
    expect(earliest()).toBe(afterNoon(60_000));
    await db.LiveAgentSession.emptyRecycleBin([later as string]);
    expect(earliest()).toBe(afterNoon(180_000));
    await db.LiveAgentSession.emptyRecycleBin([binned]);
    expect(earliest()).toBe(afterNoon(180_000));
  });

  test('leaves windows that begin after what it took, and refuses those that would hide it', async () => {
    const id = idOf(await db.LiveAgentSession.create(CHAT));
    advance(60_000);
    await db.LiveAgentSession.delete(id);
    advance(60_000);
    await db.LiveAgentSession.emptyRecycleBin([id]);
    const told = (start: number) => db.LiveAgentSession.getDeleted(afterNoon(start), afterNoon(600_000));
    expect(await issuesOf(() => told(60_000))).toMatchObject([{ statusCode: 'INVALID_REPLICATION_DATE' }]);
    expect(told(120_000)).toMatchObject({ deletedRecords: [], earliestDateAvailable: afterNoon(60_000) });
  });

  test('leaves no trace when it is taken back', async () => {
    const id = idOf(await db.LiveAgentSession.create(CHAT));
    await db.LiveAgentSession.delete(id);
    const before = db.LiveAgentSession.getDeleted(NOON, afterNoon(600_000));
    const emptied = () =>
      db.transaction(() => {
        void db.LiveAgentSession.emptyRecycleBin([id]);
        throw new RangeError('back');
      });
    expect(emptied).toThrow(RangeError);
    expect(db.LiveAgentSession.getDeleted(NOON, afterNoon(600_000))).toEqual(before);
  });

  test('says so for the children that went as well', async () => {
    const id = idOf(await db.SOSSession.create({}));
    await createActivity(id);
    advance(60_000);
    await db.SOSSession.delete(id);
    advance(60_000);
    await db.SOSSession.emptyRecycleBin([id]);
    const { earliestDateAvailable } = db.SOSSessionActivity.getDeleted(afterNoon(120_000), afterNoon(600_000));
    expect(earliestDateAvailable).toBe(afterNoon(60_000));
  });
});
