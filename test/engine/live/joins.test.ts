import { expect, test } from 'vitest';
import { salesforce } from '../../../src/collections/catalog.ts';
import { createRecord } from '../../../src/engine/calls/create.ts';
import { Joins } from '../../../src/engine/live/joins.ts';
import { openParts } from '../../../src/engine/open-parts.ts';
import { resolveTarget } from '../../../src/engine/query/check-where.ts';
import type { Reader } from '../../../src/engine/query/reader.ts';
import { openSessions, USER } from '../../instruments/session-database.ts';

const user = { Username: 'ada@example.com', LastName: 'Lovelace', Email: 'ada@example.com', Alias: 'ada' };
const TIMES = { LoginTime: '2026-01-12T08:00:00.000Z', LogoutTime: '2026-01-12T16:00:00.000Z' };

async function openAgents(select: string) {
  const { db } = await openSessions();
  const { id } = await db.User.create(user);
  const AgentId = id ?? USER;
  await db.LiveAgentSession.create(Array.from({ length: 200 }, () => ({ AgentId, ...TIMES })));
  const live = db.live(`SELECT Name, ${select} FROM LiveAgentSession ORDER BY LoginTime LIMIT 10`);
  let told = 0;
  live.subscribe(() => told++);
  return { db, AgentId, live, told: () => told };
}

test('a parent that changes in a field that is read moves its children, in another field nobody', async () => {
  const { db, AgentId, live, told } = await openAgents('Agent.LastName');
  await db.User.update({ Id: AgentId, Email: 'countess@example.com' });
  expect(told()).toBe(0);
  await db.User.update({ Id: AgentId, LastName: 'King' });
  expect(told()).toBe(1);
  expect(live.getSnapshot()[0]).toMatchObject({ Agent: { LastName: 'King' } });
  await db.close();
});

test('of two live queries each has what it reads', async () => {
  const { db, AgentId, told } = await openAgents('Agent.LastName');
  const mails = db.live("SELECT Name FROM LiveAgentSession WHERE Agent.Email LIKE 'countess%' LIMIT 5");
  let mailed = 0;
  mails.subscribe(() => mailed++);
  await db.User.update({ Id: AgentId, Email: 'countess@example.com' });
  expect([told(), mailed]).toEqual([0, 1]);
  expect(mails.getSnapshot()).toHaveLength(5);
  await db.close();
});

test('a parent that goes takes its fields along, and brings them back', async () => {
  const { db, AgentId, live, told } = await openAgents('Agent.LastName');
  await db.User.delete(AgentId);
  expect(told()).toBe(1);
  expect(live.getSnapshot()[0]).toMatchObject({ Agent: null });
  await db.close();
});

test('children are visited for what is read of their parent, and for its coming and going', () => {
  const { store, readers } = openParts({ name: 'joined', objects: salesforce, user: USER });
  const child = readers.get('LiveAgentSession') as Reader;
  const joins = new Joins();
  const target = resolveTarget(child.scope, 'AgentId');
  const end = joins.add({ parent: 'User', child, target, fields: new Set(['LastName']) });
  const id = createRecord(store, store.entity('User'), user).id as string;
  for (let i = 0; i < 3; i++) createRecord(store, child.entity, { AgentId: id, ...TIMES });
  const visits = (before: object | undefined, after: object | undefined) => {
    let count = 0;
    const change = { object: 'User', id, before, after } as Parameters<Joins['visitChildren']>[0];
    joins.visitChildren(change, 'IsDeleted', () => count++);
    return count;
  };
  const ada = { LastName: 'Lovelace', Email: 'ada@example.com', IsDeleted: false };
  expect(visits(ada, { ...ada, Email: 'countess@example.com' })).toBe(0);
  expect(visits(ada, { ...ada, LastName: 'King' })).toBe(3);
  expect(visits(ada, { ...ada, IsDeleted: true })).toBe(3);
  expect(visits(undefined, ada)).toBe(3);
  expect(visits(ada, undefined)).toBe(3);
  joins.add({ parent: 'User', child, target, fields: undefined });
  expect(visits(ada, { ...ada, Email: 'countess@example.com' })).toBe(3);
  end();
});
