import { describe, expect, test } from 'vitest';
import { CHAT, idOf, openSessions } from '../instruments/session-database.ts';

describe('the sequence of a collection', () => {
  test("is its database's: it moves with each commit of any object, and with no refused write", async () => {
    const { db } = await openSessions();
    const chats = db.LiveAgentSession;
    const seen = [chats.sequence];
    const id = idOf(await chats.create(CHAT));
    seen.push(chats.sequence);
    db.transaction((tx) => {
      tx.LiveAgentSession.update({ Id: id, TimeIdle: 5 });
      tx.LiveAgentSession.create(CHAT);
    });
    seen.push(chats.sequence);
    await db.Group.create({ Name: 'x', Type: 'Queue' });
    seen.push(chats.sequence);
    await expect(chats.update({ Id: id, Nope: 5 } as never)).rejects.toThrow();
    seen.push(chats.sequence);
    expect(seen).toEqual([0, 1, 2, 3, 3]);
    expect(chats.sequence).toBe(db.sequence);
    await db.close();
    expect(chats.sequence).toBe(3);
  });
});
