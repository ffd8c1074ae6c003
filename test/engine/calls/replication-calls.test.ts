import { beforeEach, describe, expect, test } from 'vitest';
import type { FakeEnvironment } from '../../instruments/fake-environment.ts';
import { NOON_MS } from '../../instruments/fake-environment.ts';
import {
  afterNoon,
  CHAT,
  errorOf,
  idOf,
  NOON,
  openSessions,
  type SessionDatabase,
} from '../../instruments/session-database.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const HOUR_ON = afterNoon(60 * MINUTE);

let db: SessionDatabase;
let env: FakeEnvironment;

beforeEach(async () => {
  ({ db, env } = await openSessions());
});

async function createChat(): Promise<string> {
  return idOf(await db.LiveAgentSession.create(CHAT));
}

describe('getUpdated', () => {
  test('gives the ids created or changed in the window, from its start up to its end', async () => {
    const early = await createChat();
    env.setNow(NOON_MS + MINUTE);
    const middle = await createChat();
    env.setNow(NOON_MS + 2 * MINUTE);
    const late = await createChat();
    env.setNow(NOON_MS + 9 * MINUTE);
    const window = (from: number, to: number) =>
      db.LiveAgentSession.getUpdated(afterNoon(from * MINUTE), afterNoon(to * MINUTE)).ids;
    expect(window(0, 5)).toEqual([early, middle, late]);
    expect(window(0, 2)).toEqual([early, middle]);
    expect(window(1, 2)).toEqual([middle]);
    expect(window(3, 5)).toEqual([]);
    await db.LiveAgentSession.update({ Id: early, TimeIdle: 1 });
    expect(window(0, 5)).toEqual([middle, late]);
    expect(window(9, 10)).toEqual([early]);
  });

  test('leaves deleted records out and takes undeleted ones in', async () => {
    const id = await createChat();
    await db.LiveAgentSession.delete(id);
    expect(db.LiveAgentSession.getUpdated(NOON, HOUR_ON).ids).toEqual([]);
    env.advance(MINUTE);
    await db.LiveAgentSession.undelete(id);
    env.advance(MINUTE);
    expect(db.LiveAgentSession.getUpdated(afterNoon(MINUTE), HOUR_ON).ids).toEqual([id]);
  });

  test('passes over views and references, which move no stamp', async () => {
    const id = await createChat();
    env.advance(5 * MINUTE);
    await db.LiveAgentSession.recordView(id);
    expect(db.LiveAgentSession.getUpdated(afterNoon(MINUTE), HOUR_ON).ids).toEqual([]);
  });

  test('ignores seconds, so a window of one minute is the shortest', async () => {
    const id = await createChat();
    env.advance(5 * MINUTE);
    expect(db.LiveAgentSession.getUpdated(afterNoon(59_999), afterNoon(MINUTE + 30_000)).ids).toEqual([id]);
    const error = await errorOf(() => db.LiveAgentSession.getUpdated(NOON, afterNoon(59_999)));
    expect(error.issues).toEqual([
      { statusCode: 'INVALID_REPLICATION_DATE', message: 'startDate must be before endDate', fields: [] },
    ]);
  });

  test('takes Dates and every accepted form of text', async () => {
    const id = await createChat();
    env.advance(5 * MINUTE);
    expect(db.LiveAgentSession.getUpdated(new Date(NOON_MS), '2026-01-12T13:05:00+0100').ids).toEqual([id]);
  });

  test('covers up to the end of the window, or up to now where that is earlier', async () => {
    env.setNow(NOON_MS + 10 * MINUTE + 1234);
    const covered = (end: string) => db.LiveAgentSession.getUpdated(NOON, end).latestDateCovered;
    expect(covered(afterNoon(5 * MINUTE))).toBe(afterNoon(5 * MINUTE));
    expect(covered(HOUR_ON)).toBe(afterNoon(10 * MINUTE));
  });

  test('misses nothing from window to window, each beginning where the last one ended', async () => {
    const told: string[] = [];
    let start = NOON;
    for (let step = 0; step < 12; step++) {
      await createChat();
      env.advance(17_000);
      const { ids, latestDateCovered } = db.LiveAgentSession.getUpdated(start, afterNoon(DAY));
      told.push(...ids);
      start = latestDateCovered;
    }
    env.advance(MINUTE);
    told.push(...db.LiveAgentSession.getUpdated(start, afterNoon(DAY)).ids);
    expect(new Set(told)).toEqual(new Set(db.LiveAgentSession.find().map(({ Id }) => Id)));
  });

  test('goes back 30 days and no further unless the limit is lifted', async () => {
    const id = await createChat();
    env.setNow(NOON_MS + 30 * DAY + 59_000);
    const from = (ms: number, options = {}) =>
      db.LiveAgentSession.getUpdated(afterNoon(ms), afterNoon(30 * DAY), options).ids;
    expect(from(0)).toEqual([id]);
    expect((await errorOf(() => from(-MINUTE))).issues).toEqual([
      { statusCode: 'INVALID_REPLICATION_DATE', message: 'startDate cannot be more than 30 days ago', fields: [] },
    ]);
    expect(from(-900 * DAY, { unlimited: true })).toEqual([id]);
  });
});

describe('getDeleted', () => {
  test('gives ids and dates of deletion, oldest first', async () => {
    const [first, second] = [await createChat(), await createChat()];
    env.advance(MINUTE);
    await db.LiveAgentSession.delete(second);
    env.advance(1500);
    await db.LiveAgentSession.delete(first);
    env.advance(5 * MINUTE);
    expect(db.LiveAgentSession.getDeleted(NOON, HOUR_ON)).toEqual({
      deletedRecords: [
        { id: second, deletedDate: afterNoon(MINUTE) },
        { id: first, deletedDate: afterNoon(MINUTE + 1500) },
      ],
      earliestDateAvailable: afterNoon(MINUTE),
      latestDateCovered: afterNoon(6 * MINUTE),
    });
    expect(db.LiveAgentSession.getDeleted(afterNoon(2 * MINUTE), HOUR_ON).deletedRecords).toEqual([]);
  });

  test('forgets what was undeleted or purged', async () => {
    const ids = [await createChat(), await createChat()] as const;
    await db.LiveAgentSession.delete(ids);
    await db.LiveAgentSession.undelete(ids[0]);
    await db.LiveAgentSession.emptyRecycleBin([ids[1]]);
    const window = db.LiveAgentSession.getDeleted(NOON, HOUR_ON, { unlimited: true });
    expect(window.deletedRecords).toEqual([]);
  });

  test('tells of children that went with their parent', async () => {
    const session = idOf(await db.SOSSession.create({}));
    const child = idOf(
      await db.SOSSessionActivity.create({ ActivityTime: NOON, SessionId: session, Type: 'AgentConnected' }),
    );
    await db.SOSSession.delete(session);
    expect(db.SOSSessionActivity.getDeleted(NOON, HOUR_ON).deletedRecords.map(({ id }) => id)).toEqual([child]);
  });

  test('needs a window of more than a minute', async () => {
    const message = 'startDate must be more than one minute before endDate';
    expect((await errorOf(() => db.LiveAgentSession.getDeleted(NOON, afterNoon(MINUTE + 59_999)))).issues).toEqual([
      { statusCode: 'INVALID_REPLICATION_DATE', message, fields: [] },
    ]);
    expect(db.LiveAgentSession.getDeleted(NOON, afterNoon(2 * MINUTE)).deletedRecords).toEqual([]);
  });

  test('goes back 15 days and no further unless the limit is lifted', async () => {
    const id = await createChat();
    await db.LiveAgentSession.delete(id);
    env.setNow(NOON_MS + 15 * DAY + 59_000);
    const from = (ms: number, options = {}) =>
      db.LiveAgentSession.getDeleted(afterNoon(ms), afterNoon(15 * DAY), options).deletedRecords;
    expect(from(0).map((record) => record.id)).toEqual([id]);
    expect((await errorOf(() => from(-MINUTE))).issues).toMatchObject([
      { statusCode: 'INVALID_REPLICATION_DATE', message: 'startDate cannot be more than 15 days ago' },
    ]);
    expect(from(-90 * DAY, { unlimited: true })).toHaveLength(1);
  });
});

describe('a window that is none', () => {
  const never = [
    undefined,
    null,
    '',
    'yesterday',
    5,
    Number.NaN,
    {},
    new Date(Number.NaN),
    '2026-01-12',
    '2026-02-30T00:00:00Z',
    new Date(8.64e15),
    new Date(-8.64e15),
  ];

  test.each(never)('is refused: %s', async (given) => {
    for (const name of ['getUpdated', 'getDeleted'] as const) {
      for (const [start, end] of [
        [given, HOUR_ON],
        [NOON, given],
      ]) {
        const error = await errorOf(() =>
          db.LiveAgentSession[name](start as string, end as string, { unlimited: true }),
        );
        expect(error.code).toBe('INVALID_REPLICATION_DATE');
      }
    }
  });

  test('is one whose end is its start or before it', async () => {
    for (const name of ['getUpdated', 'getDeleted'] as const) {
      expect((await errorOf(() => db.LiveAgentSession[name](NOON, NOON))).code).toBe('INVALID_REPLICATION_DATE');
      expect((await errorOf(() => db.LiveAgentSession[name](HOUR_ON, NOON))).code).toBe('INVALID_REPLICATION_DATE');
    }
  });
});
