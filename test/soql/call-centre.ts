import { salesforce } from '../../src/collections/catalog.ts';
import { defineObject, openDatabase } from '../../src/index.ts';
import { createFakeEnvironment, type FakeEnvironment } from '../instruments/fake-environment.ts';
import { idOf, USER } from '../instruments/session-database.ts';

/** An object with the kinds of field that no shipped one has. */
export const Callback = defineObject({
  name: 'Callback__c',
  id: { kind: 'salesforce', prefix: 'a01' },
  fields: {
    Name: { type: 'string' },
    Topics__c: { type: 'multipicklist', values: ['chat', 'sms', 'voice'] },
    DueOn__c: { type: 'date' },
    Urgent__c: { type: 'boolean' },
    Score__c: { type: 'double' },
    Session__c: {
      type: 'reference',
      referenceTo: ['LiveAgentSession'],
      relationshipName: 'Session__r',
      childRelationshipName: 'Callbacks__r',
    },
  },
});

/** A small centre, at noon on 2026-01-12: two agents, a queue, four logins, and what hangs on them. */
export async function openCallCentre(options: { readonly env?: FakeEnvironment; readonly calendar?: object } = {}) {
  const env = options.env ?? createFakeEnvironment();
  const objects = [...salesforce, Callback] as const;
  const db = await openDatabase({ name: 'centre', objects, user: USER, env, calendar: options.calendar ?? {} });
  const users = await db.User.create([
    { Username: 'ada@example.com', LastName: 'Lovelace', FirstName: 'Ada', Email: 'ada@example.com', Alias: 'ada' },
    { Username: 'bob@example.com', LastName: 'Baker', Email: 'bob@example.com', Alias: 'bob', IsActive: false },
  ]);
  const [ada, bob] = users.map(idOf) as [string, string];
  const queue = idOf(await db.Group.create({ Name: 'Chats', Type: 'Queue', DeveloperName: 'Chats' }));
  const login = (day: string) => ({ LoginTime: `${day}T08:00:00Z`, LogoutTime: `${day}T16:00:00Z` });
  const made = await db.LiveAgentSession.create([
    { ...login('2026-01-10'), AgentId: ada, OwnerId: ada, TimeIdle: 10, NumFlagRaised: 1 },
    { ...login('2026-01-11'), AgentId: bob, OwnerId: queue, TimeIdle: 20, NumFlagRaised: 1 },
    { ...login('2026-01-12'), AgentId: bob, OwnerId: bob, NumFlagRaised: 2 },
    { ...login('2025-12-31'), AgentId: ada, OwnerId: queue, TimeIdle: 40 },
  ]);
  const sessions = made.map(idOf) as [string, string, string, string];
  await db.Callback__c.create([
    { Name: 'first', Session__c: sessions[0], Topics__c: 'chat;voice', DueOn__c: '2026-01-12', Score__c: 0.5 },
    { Name: 'Second', Session__c: sessions[0], Topics__c: 'sms', DueOn__c: '2026-01-20', Urgent__c: true },
    { Name: "it's", Topics__c: 'chat', Score__c: 2.5 },
  ]);
  return { db, env, ada, bob, queue, sessions };
}

export type CallCentre = Awaited<ReturnType<typeof openCallCentre>>;
