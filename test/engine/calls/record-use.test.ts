import { beforeEach, describe, expect, test } from 'vitest';
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
let id: string;

beforeEach(async () => {
  const opened = await openSessions();
  db = opened.db;
  advance = opened.env.advance;
  id = idOf(await db.LiveAgentSession.create(CHAT));
});

describe('looking at a record', () => {
  test('sets the date of the view and of the reference, and no stamp', async () => {
    const before = db.LiveAgentSession.get(id);
    expect(before).toMatchObject({ LastViewedDate: null, LastReferencedDate: null });
    advance(1000);
    await db.LiveAgentSession.recordView(id.slice(0, 15));
    expect(db.LiveAgentSession.get(id)).toEqual({
      ...before,
      LastViewedDate: afterNoon(1000),
      LastReferencedDate: afterNoon(1000),
    });
    expect(db.LiveAgentSession.get(id)?.SystemModstamp).toBe(NOON);
  });

  test('through another sets the date of the reference alone', async () => {
    advance(1000);
    await db.LiveAgentSession.recordReference(id);
    expect(db.LiveAgentSession.get(id)).toMatchObject({
      LastViewedDate: null,
      LastReferencedDate: afterNoon(1000),
      SystemModstamp: NOON,
    });
  });

  test('is told to whoever watches', async () => {
    const live = db.LiveAgentSession.live({ where: { LastViewedDate: { $exists: true } } });
    await db.LiveAgentSession.recordView([id]);
    expect(live.getSnapshot().map(({ Id }) => Id)).toEqual([id]);
  });

  test('is for all of the records or for none', async () => {
    const binned = idOf(await db.LiveAgentSession.create(CHAT));
    await db.LiveAgentSession.delete(binned);
    const before = [db.LiveAgentSession.get(id), db.sequence];
    expect(await issuesOf(() => db.LiveAgentSession.recordView([id, binned]))).toMatchObject([
      { statusCode: 'ENTITY_IS_DELETED' },
    ]);
    expect(await issuesOf(() => db.LiveAgentSession.recordView([id, 'nobody']))).toMatchObject([
      { statusCode: 'MALFORMED_ID' },
    ]);
    for (const ids of [null, undefined, 5, {}, [id, null]]) {
      expect(await issuesOf(() => db.LiveAgentSession.recordReference(ids as never)), String(ids)).toMatchObject([
        { statusCode: 'MALFORMED_ID' },
      ]);
    }
    expect([db.LiveAgentSession.get(id), db.sequence]).toEqual(before);
  });

  test('leaves a record alone whose object keeps no such dates', async () => {
    const session = idOf(await db.SOSSession.create({}));
    const activity = idOf(
      await db.SOSSessionActivity.create({ ActivityTime: NOON, SessionId: session, Type: 'AgentConnected' }),
    );
    const before = [db.SOSSessionActivity.get(activity), db.sequence];
    await db.SOSSessionActivity.recordView(activity);
    expect([db.SOSSessionActivity.get(activity), db.sequence]).toEqual(before);
  });
});
