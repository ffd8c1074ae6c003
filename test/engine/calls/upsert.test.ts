import { beforeEach, describe, expect, test } from 'vitest';
import { defineObject, openDatabase } from '../../../src/index.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { idOf, issuesOf, NOON, openSessions, type SessionDatabase } from '../../instruments/session-database.ts';

const Ticket = defineObject({
  name: 'Ticket__c',
  id: { kind: 'salesforce', prefix: 'a0T' },
  fields: {
    Number__c: { type: 'string', externalId: true, properties: 'Create, Filter, Nillable, Sort, Unique, Update' },
    Loose__c: { type: 'string', externalId: true },
    Count__c: { type: 'int', externalId: true },
    Subject__c: { type: 'string' },
  },
});

async function openTickets() {
  const db = await openDatabase({ name: 'tickets', objects: [Ticket], env: createFakeEnvironment() });
  return db.Ticket__c;
}

describe('upsert by Id', () => {
  let db: SessionDatabase;
  beforeEach(async () => {
    db = (await openSessions()).db;
  });

  test('updates the record of the id and says that it was not created', async () => {
    const id = idOf(await db.SOSSession.create({}));
    expect(await db.SOSSession.upsert('Id', { Id: id, AppVersion: '2' })).toEqual({
      id,
      success: true,
      errors: [],
      created: false,
    });
    expect(db.SOSSession.get(id)?.AppVersion).toBe('2');
  });

  test.each([[{}], [{ Id: null }], [{ Id: undefined }]])('creates a record when %j has none', async (input) => {
    const result = await db.SOSSession.upsert('Id', { ...input, AppVersion: '2' } as never);
    expect(result).toMatchObject({ success: true, created: true, errors: [] });
    expect(db.SOSSession.get(idOf(result))?.AppVersion).toBe('2');
  });

  test('refuses an id that nobody has', async () => {
    const issues = await issuesOf(() => db.SOSSession.upsert('Id', { Id: '0NX000000000001' }));
    expect(issues).toEqual([
      { statusCode: 'INVALID_CROSS_REFERENCE_KEY', message: 'invalid cross reference id', fields: [] },
    ]);
    expect(db.SOSSession.size).toBe(0);
  });

  test('takes two spellings of one id in a call for one', async () => {
    const id = idOf(await db.SOSSession.create({}));
    const results = await db.SOSSession.upsert('Id', [
      { Id: id, AppVersion: 'a' },
      { Id: id.slice(0, 15), AppVersion: 'b' },
    ]);
    expect(results.map((result) => result.errors[0]?.statusCode)).toEqual(['DUPLICATE_VALUE', 'DUPLICATE_VALUE']);
    expect(db.SOSSession.get(id)?.AppVersion).toBeNull();
  });

  test('is refused by an object that does not list it', async () => {
    const issues = await issuesOf(() => (db.LiveAgentSession as never as typeof db.SOSSession).upsert('Id', {}));
    expect(issues).toEqual([
      { statusCode: 'METHOD_NOT_ALLOWED', message: 'LiveAgentSession does not support upsert()', fields: [] },
    ]);
  });
});

describe('upsert by a field that looks ids up', () => {
  test('finds the record by an autonumber name', async () => {
    const { db } = await openSessions();
    const session = idOf(await db.SOSSession.create({}));
    const activity = { ActivityTime: NOON, SessionId: session, Type: 'AgentConnected' } as const;
    const id = idOf(await db.SOSSessionActivity.create(activity));
    const result = await db.SOSSessionActivity.upsert('Name', { Name: '00000001' } as never);
    expect(result).toEqual({ id, success: true, errors: [], created: false });
  });

  test('cannot create a record with a name of the caller’s', async () => {
    const { db } = await openSessions();
    const session = idOf(await db.SOSSession.create({}));
    const activity = { ActivityTime: NOON, SessionId: session, Type: 'AgentConnected', Name: '00000009' };
    const issues = await issuesOf(() => db.SOSSessionActivity.upsert('Name', activity as never));
    expect(issues.map(({ statusCode, fields }) => [statusCode, fields])).toEqual([
      ['INVALID_FIELD_FOR_INSERT_UPDATE', ['Name']],
    ]);
  });

  test('never reads the value given as an operator', async () => {
    const { db } = await openSessions();
    const session = idOf(await db.SOSSession.create({}));
    await db.SOSSessionActivity.create({ ActivityTime: NOON, SessionId: session, Type: 'AgentConnected' });
    const before = db.SOSSessionActivity.find();
    for (const Name of [{ $exists: true }, { $ne: null }, { $like: '%' }, ['00000001'], 5, Number.NaN, Symbol('x')]) {
      expect(
        await issuesOf(() => db.SOSSessionActivity.upsert('Name', { Name } as never)),
        String(typeof Name),
      ).not.toEqual([]);
    }
    expect(db.SOSSessionActivity.find()).toEqual(before);
  });
});

describe('upsert by an external id', () => {
  test('creates, then updates', async () => {
    const tickets = await openTickets();
    const made = await tickets.upsert('Number__c', { Number__c: 'T-1', Subject__c: 'a' });
    expect(made).toMatchObject({ success: true, created: true });
    expect(await tickets.upsert('Number__c', { Number__c: 'T-1', Subject__c: 'b' })).toEqual({
      id: made.id,
      success: true,
      errors: [],
      created: false,
    });
    expect(tickets.find({ select: ['Number__c', 'Subject__c'] })).toEqual([{ Number__c: 'T-1', Subject__c: 'b' }]);
  });

  test('finds by the value as it is kept: trimmed, and by case only where case matters', async () => {
    const tickets = await openTickets();
    const made = await tickets.upsert('Number__c', { Number__c: ' t-1 ' });
    expect(await tickets.upsert('Number__c', { Number__c: '\tT-1\n' })).toMatchObject({ id: made.id, created: false });
    expect(tickets.size).toBe(1);
  });

  test('creates each time where the value is blank', async () => {
    const tickets = await openTickets();
    for (const blank of ['', '', '  ', null, undefined]) {
      expect(
        await tickets.upsert('Number__c', { Number__c: blank, Subject__c: 'x' }),
        JSON.stringify(blank),
      ).toMatchObject({ created: true });
    }
    expect(tickets.size).toBe(5);
  });

  test('goes by numbers as well', async () => {
    const tickets = await openTickets();
    const made = await tickets.upsert('Count__c', { Count__c: 0 });
    expect(await tickets.upsert('Count__c', { Count__c: -0, Subject__c: 'zero' })).toMatchObject({
      id: made.id,
      created: false,
    });
  });

  test('refuses to choose among several', async () => {
    const tickets = await openTickets();
    await tickets.create([{ Loose__c: 'x' }, { Loose__c: 'X' }]);
    const issues = await issuesOf(() => tickets.upsert('Loose__c', { Loose__c: 'x', Subject__c: 'both' }));
    expect(issues).toEqual([
      {
        statusCode: 'DUPLICATE_EXTERNAL_ID',
        message: 'Loose__c is the value of more than one record',
        fields: ['Loose__c'],
      },
    ]);
    expect(tickets.count({ where: { Subject__c: 'both' } })).toBe(0);
  });

  test('fails every row whose key comes twice in one call in whatever spelling', async () => {
    const Event = defineObject({
      name: 'Event__c',
      fields: {
        At__c: { type: 'dateTime', externalId: true },
        Who__c: { type: 'reference', referenceTo: ['Event__c'], externalId: true },
      },
    });
    const db = await openDatabase({ name: 'spellings', objects: [Event], env: createFakeEnvironment() });
    const moments = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z', new Date(Date.UTC(2026, 0, 1))];
    const byTime = await db.Event__c.upsert(
      'At__c',
      moments.map((At__c) => ({ At__c })),
    );
    expect(byTime.map(({ success }) => success)).toEqual([false, false, false]);
    const id = idOf(await db.Event__c.create({}));
    const byId = await db.Event__c.upsert('Who__c', [{ Who__c: id }, { Who__c: id.slice(0, 15) }, { Who__c: 'none' }]);
    expect(byId.map(({ errors }) => errors[0]?.statusCode)).toEqual([
      'DUPLICATE_VALUE',
      'DUPLICATE_VALUE',
      'MALFORMED_ID',
    ]);
  });

  test('fails every row whose key comes twice in one call, and no other', async () => {
    const tickets = await openTickets();
    const results = await tickets.upsert('Number__c', [
      { Number__c: 'a' },
      { Number__c: 'b' },
      { Number__c: ' A' },
      {},
      {},
    ]);
    expect(results.map(({ success, created }) => [success, created])).toEqual([
      [false, false],
      [true, true],
      [false, false],
      [true, true],
      [true, true],
    ]);
    expect(results[0]).toEqual({
      id: null,
      success: false,
      created: false,
      errors: [
        { statusCode: 'DUPLICATE_VALUE', message: 'Duplicate external id specified: Number__c', fields: ['Number__c'] },
      ],
    });
  });

  test('takes all back when one is bad and the call is all or none', async () => {
    const tickets = await openTickets();
    await tickets.create({ Number__c: 'old', Subject__c: 'before' });
    const rows = [
      { Number__c: 'new' },
      { Number__c: 'old', Subject__c: 'after' },
      { Number__c: 'bad', Subject__c: 5 as never },
    ];
    const results = await tickets.upsert('Number__c', rows, { allOrNone: true });
    expect(results.map(({ success, created }) => [success, created])).toEqual([
      [false, false],
      [false, false],
      [false, false],
    ]);
    expect(tickets.find().map(({ Number__c, Subject__c }) => [Number__c, Subject__c])).toEqual([['old', 'before']]);
  });

  test('does not see a record in the bin', async () => {
    const tickets = await openTickets();
    const first = idOf(await tickets.create({ Number__c: 'a' }));
    await tickets.delete(first);
    const result = await tickets.upsert('Number__c', { Number__c: 'a' });
    expect(result.created).toBe(true);
    expect(result.id).not.toBe(first);
  });

  test.each(['Subject__c', 'Nope', '__proto__', 'constructor', ''])('refuses the key %j', async (name) => {
    const tickets = await openTickets();
    expect(await issuesOf(() => tickets.upsert(name as never, {}))).toEqual([
      {
        statusCode: 'NOT_FOUND',
        message: `Provided external ID field does not exist or is not accessible: ${name}`,
        fields: [name],
      },
    ]);
  });
});
