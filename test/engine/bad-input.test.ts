import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { genesys, salesforce, twilio } from '../../src/collections/catalog.ts';
import { defineObject, EngineError, type Issue, openDatabase } from '../../src/index.ts';
import { cpuTimeOf } from '../instruments/cpu-time.ts';
import { expectSameState } from '../instruments/expect-same-state.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { CHAT, errorOf, idOf, issuesOf, NOON, USER } from '../instruments/session-database.ts';
import { toldOf, wholeState } from '../instruments/whole-state.ts';

async function open() {
  const env = createFakeEnvironment();
  const db = await openDatabase({ name: 'bad', objects: [...salesforce, ...genesys, ...twilio], user: USER, env });
  const chat = idOf(await db.LiveAgentSession.create({ ...CHAT, TimeIdle: 40 }));
  const [sos, binned] = (await db.SOSSession.create([{ AppVersion: '1' }, {}])).map(idOf) as [string, string];
  const activity = idOf(
    await db.SOSSessionActivity.create({ ActivityTime: NOON, SessionId: sos, Type: 'AgentConnected' }),
  );
  const user = idOf(
    await db.User.create({ Username: 'ada@example.com', LastName: 'Lovelace', Email: 'ada@example.com', Alias: 'ada' }),
  );
  const proxy = idOf(await db.TwilioProxySession.create({ service_sid: `KS${'0'.repeat(32)}`, unique_name: 'taken' }));
  await db.SOSSession.delete(binned);
  return { db, env, chat, sos, binned, activity, user, proxy };
}

type World = Awaited<ReturnType<typeof open>>;

let world: World;
let toldFirst: unknown;

/** The objects that hold records, and one that each of the other families brings. */
const OBJECTS = [
  'LiveAgentSession',
  'SOSSession',
  'SOSSessionActivity',
  'User',
  'TwilioProxySession',
  'GenesysSession',
];

beforeEach(async () => {
  world = await open();
  toldFirst ??= toldOf(world.db, OBJECTS);
});

afterEach(() => {
  expectSameState(toldOf(world.db, OBJECTS), toldFirst);
});

/** Makes a call that must be refused and tells why, having seen that it left no trace: not even a listener heard. */
async function refusal(action: () => unknown): Promise<readonly Issue[]> {
  const { db } = world;
  let heard = 0;
  const lives = [
    db.LiveAgentSession.live(),
    db.SOSSession.live({ orderBy: [{ Name: 'desc' }], limit: 1 }),
    db.SOSSessionFeed.live(),
  ];
  for (const live of lives) live.subscribe(() => heard++);
  const watching = db.changes$.subscribe(() => heard++);
  const snapshots = lives.map((live) => live.getSnapshot());
  const before = wholeState(db);
  const error = await errorOf(action);
  expectSameState(wholeState(db), before);
  expect(lives.map((live) => live.getSnapshot())).toEqual(snapshots);
  expect(heard).toBe(0);
  for (const live of lives) live.close();
  watching.unsubscribe();
  expect(error).toBeInstanceOf(Error);
  expect(error.issues.length).toBeGreaterThan(0);
  expect(error.code).toBe(error.issues[0]?.statusCode);
  expect(error.message).toBe(error.issues.map(({ message }) => message).join('; '));
  return error.issues;
}

const issue = (statusCode: string, message: string, fields: readonly string[] = []) => ({
  statusCode,
  message,
  fields,
});

/** A call of the wrong types. */
// biome-ignore lint/suspicious/noExplicitAny: what types forbid is what is tried here
const wrong = <T>(value: T) => value as any;

describe('a bad record', () => {
  const create = (input: object) => refusal(() => wrong(world.db).LiveAgentSession.create({ ...CHAT, ...input }));
  const update = (input: object) =>
    refusal(() => wrong(world.db).LiveAgentSession.update({ Id: world.chat, ...input }));

  test('has an unknown field', async () => {
    const expected = [
      issue('INVALID_FIELD', "No such column 'Nope__c' on sobject of type LiveAgentSession", ['Nope__c']),
    ];
    expect(await create({ Nope__c: 1 })).toEqual(expected);
    expect(await update({ Nope__c: 1 })).toEqual(expected);
    expect(await create({ timeidle: 1 })).toMatchObject([{ statusCode: 'INVALID_FIELD' }]);
  });

  test('has a field whose name is very long', async () => {
    const [told] = await create({ ['x'.repeat(100_000)]: 1 });
    expect(told?.message.length).toBeLessThan(200);
    expect(told?.fields[0]).toHaveLength(80);
  });

  test('has a value of the wrong type', async () => {
    const expected = [issue('INVALID_TYPE_ON_FIELD_IN_RECORD', 'Time Idle: value not of required type', ['TimeIdle'])];
    for (const TimeIdle of ['5', '', true, [], [5], {}, new Date(0), Symbol('5'), 5n, () => 5, /5/]) {
      expect(await create({ TimeIdle })).toEqual(expected);
      expect(await update({ TimeIdle })).toEqual(expected);
    }
  });

  test('has NaN or infinity', async () => {
    for (const TimeIdle of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const expected = [issue('NUMBER_OUTSIDE_VALID_RANGE', 'Time Idle: number outside valid range', ['TimeIdle'])];
      expect(await create({ TimeIdle })).toEqual(expected);
      expect(await update({ TimeIdle })).toEqual(expected);
    }
    const journey = { device: { screenWidth: Number.NaN }, geolocation: { latitude: Number.POSITIVE_INFINITY } };
    expect(await refusal(() => world.db.GenesysSession.create(journey))).toEqual([
      issue('INVALID_TYPE_ON_FIELD_IN_RECORD', 'device.screenWidth: value not of required type', ['device']),
      issue('INVALID_TYPE_ON_FIELD_IN_RECORD', 'geolocation.latitude: value not of required type', ['geolocation']),
    ]);
  });

  test('has a text too long', async () => {
    expect(
      await refusal(() => world.db.SOSSession.update({ Id: world.sos, AppVersion: 'x'.repeat(1_000_000) })),
    ).toEqual([issue('STRING_TOO_LONG', 'App Version: data value too large (max length=64)', ['AppVersion'])]);
  });

  test('has a malformed id, or one of another object', async () => {
    const expected = [issue('MALFORMED_ID', 'User ID: id value of incorrect type', ['AgentId'])];
    for (const AgentId of ['nobody', world.chat, `${USER.slice(0, 15)}AAA`, 5, {}, [USER]]) {
      expect(await create({ AgentId })).toEqual(expected);
      expect(await update({ AgentId })).toEqual(expected);
    }
  });

  test('has null where there must be a value', async () => {
    expect(await create({ AgentId: null, LoginTime: null })).toEqual([
      issue('REQUIRED_FIELD_MISSING', 'Required fields are missing: [AgentId, LoginTime]', ['AgentId', 'LoginTime']),
    ]);
    expect(await update({ AgentId: null, OwnerId: null })).toEqual([
      issue('REQUIRED_FIELD_MISSING', 'Required fields are missing: [AgentId, OwnerId]', ['AgentId', 'OwnerId']),
    ]);
  });

  test('has a field that cannot be written', async () => {
    const text =
      'Unable to create/update fields: Name, IsDeleted. Please check the security settings of this field and verify that ' +
      'it is read/write for your profile or permission set.';
    const expected = [issue('INVALID_FIELD_FOR_INSERT_UPDATE', text, ['Name', 'IsDeleted'])];
    expect(await create({ Name: 'x', IsDeleted: true })).toEqual(expected);
    expect(await update({ Name: 'x', IsDeleted: true })).toEqual(expected);
    expect(await create({ Id: world.chat })).toEqual([
      issue('INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', ['Id']),
    ]);
  });

  test('has a value that must be unique and is not', async () => {
    const user = { Username: 'ADA@example.com', LastName: 'x', Email: 'a@b', Alias: 'x' };
    expect(await refusal(() => world.db.User.create(user))).toEqual([
      issue('DUPLICATE_VALUE', `duplicate value found: Username duplicates value on record with id: ${world.user}`, [
        'Username',
      ]),
    ]);
    const session = { service_sid: `KS${'0'.repeat(32)}`, unique_name: 'taken' };
    expect(await refusal(() => world.db.TwilioProxySession.create(session))).toEqual([
      issue(
        'DUPLICATE_VALUE',
        `duplicate value found: service_sid, unique_name duplicates value on record with id: ${world.proxy}`,
        ['service_sid', 'unique_name'],
      ),
    ]);
  });

  test('breaks a rule of its object', async () => {
    expect(
      await refusal(() => world.db.TwilioProxySession.update({ sid: world.proxy, status: 'failed' })),
    ).toMatchObject([{ statusCode: 'FIELD_INTEGRITY_EXCEPTION', fields: ['status'] }]);
  });

  test('tells all that is wrong with it together', async () => {
    const issues = await create({
      Nope: 1,
      Id: world.chat,
      Name: 'x',
      AgentId: 5,
      TimeIdle: 1.5,
      TimeInChats: 1e12,
      LoginTime: 'now',
      LogoutTime: null,
    });
    expect(issues.map(({ statusCode, fields }) => [statusCode, ...fields])).toEqual([
      ['MALFORMED_ID', 'AgentId'],
      ['INVALID_TYPE_ON_FIELD_IN_RECORD', 'LoginTime'],
      ['INVALID_FIELD', 'Nope'],
      ['INVALID_FIELD_FOR_INSERT_UPDATE', 'Id'],
      ['INVALID_TYPE_ON_FIELD_IN_RECORD', 'TimeIdle'],
      ['NUMBER_OUTSIDE_VALID_RANGE', 'TimeInChats'],
      ['INVALID_FIELD_FOR_INSERT_UPDATE', 'Name'],
      ['REQUIRED_FIELD_MISSING', 'LogoutTime'],
    ]);
  });

  test('is no record at all', async () => {
    const notRecord = [issue('INVALID_TYPE_ON_FIELD_IN_RECORD', 'a record is an object of fields')];
    const never = [
      null,
      undefined,
      5,
      'text',
      true,
      Symbol('x'),
      () => ({}),
      new Map([['AppVersion', '1']]),
      new Set(),
      new Date(0),
      Promise.resolve({}),
      /x/,
    ];
    for (const input of never) expect(await refusal(() => wrong(world.db).SOSSession.create(input))).toEqual(notRecord);
    const inside = await world.db.SOSSession.create(wrong([[], [{}], new Map(), null]), { allOrNone: true });
    expect(inside.map(({ errors }) => errors)).toEqual([notRecord, notRecord, notRecord, notRecord]);
  });

  test('inherits its fields', async () => {
    const told = issue('INVALID_FIELD', 'a record must not inherit fields');
    for (const input of [
      { __proto__: { AppVersion: '1' } },
      Object.create({ AppVersion: '1' }),
      { SosVersion: '1', __proto__: { AppVersion: '1' } },
    ]) {
      expect(await refusal(() => world.db.SOSSession.create(input))).toContainEqual(told);
      expect(
        await refusal(() =>
          world.db.SOSSession.update({ ...input, Id: world.sos, __proto__: Object.getPrototypeOf(input) }),
        ),
      ).toContainEqual(told);
    }
  });

  test('has a getter that throws: the error comes through and nothing is kept', async () => {
    const { db, chat } = world;
    const boom = new Error('boom');
    const trap = {
      ...CHAT,
      get TimeIdle(): number {
        throw boom;
      },
    };
    const before = wholeState(db);
    for (const action of [
      () => db.LiveAgentSession.create(trap),
      () => db.LiveAgentSession.create([CHAT, trap, CHAT]),
      () =>
        db.LiveAgentSession.update([
          { Id: chat, TimeInChats: 5 },
          wrong({ Id: chat, __proto__: null, ...{} }),
          Object.defineProperty({ Id: chat }, 'TimeIdle', {
            enumerable: true,
            get: () => {
              throw boom;
            },
          }),
        ]),
      async () => db.transaction((tx) => tx.LiveAgentSession.create(trap)),
    ]) {
      await expect(action()).rejects.toBe(boom);
      expectSameState(wholeState(db), before);
    }
    expect(await db.LiveAgentSession.create(CHAT)).toMatchObject({ success: true });
  });

  test('writes another record while it is read: that write is refused, and the record is whole', async () => {
    const { db } = world;
    const Id = idOf(await db.SOSSession.create({ AppVersion: 'first' }));
    const writes: (() => Promise<unknown>)[] = [
      () => db.SOSSession.create({ AppVersion: 'inner', SosVersion: 'inner' }),
      () => db.SOSSession.update({ Id, SosVersion: 'inner' }),
      () => db.SOSSession.delete(Id),
    ];
    const { size } = db.SOSSession;
    for (const write of writes) {
      let inner: Promise<unknown> = Promise.resolve();
      const outer = {
        get AppVersion() {
          inner = issuesOf(write);
          return 'outer';
        },
        SystemInfo: 'outer',
      };
      const made = idOf(await db.SOSSession.create(outer));
      expect(await inner).toMatchObject([{ statusCode: 'TRANSACTION_OPEN' }]);
      expect(db.SOSSession.get(made)).toMatchObject({ AppVersion: 'outer', SosVersion: null, SystemInfo: 'outer' });
      expect(db.SOSSession.get(Id)).toMatchObject({ AppVersion: 'first', SosVersion: null });
      await db.SOSSession.delete(made);
    }
    expect(db.SOSSession.size).toBe(size);
  });
});

describe('an unusual record that is none the less good', () => {
  test('is frozen, has no prototype, is of a class, or has symbols', async () => {
    class Visit {
      AppVersion = '1';
      get SosVersion() {
        return 'not a field of its own';
      }
    }
    const inputs = [
      Object.freeze({ AppVersion: '1' }),
      Object.assign(Object.create(null), { AppVersion: '1' }),
      JSON.parse('{"AppVersion":"1"}'),
      new Visit(),
      { AppVersion: '1', [Symbol('AppVersion')]: '2' },
    ];
    for (const input of inputs) {
      const id = idOf(await world.db.SOSSession.create(input));
      expect(world.db.SOSSession.get(id)).toMatchObject({ AppVersion: '1', SosVersion: null });
    }
    expect(Object.isFrozen(inputs[4])).toBe(false);
  });

  test('is a frozen array of them, answered in order', async () => {
    const results = await world.db.SOSSession.create(Object.freeze([{ AppVersion: '1' }, { AppVersion: '2' }]));
    expect(results.map(({ id }) => world.db.SOSSession.get(id ?? '')?.AppVersion)).toEqual(['1', '2']);
  });
});

describe('prototype keys', () => {
  const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
  const own = (key: string, value: unknown) =>
    JSON.parse(JSON.stringify({ x: value }).replace('"x"', JSON.stringify(key)));

  test.each(keys)('%s is no field of a record', async (key) => {
    const { db, chat, sos } = world;
    const expected = [issue('INVALID_FIELD', `No such column '${key}' on sobject of type SOSSession`, [key])];
    for (const value of [1, {}, { polluted: true }]) {
      expect(await refusal(() => db.SOSSession.create(own(key, value)))).toEqual(expected);
      expect(await refusal(() => db.SOSSession.update({ Id: sos, ...wrong(own(key, value)) }))).toEqual(
        key === '__proto__' ? expected : expected,
      );
    }
    expect(await refusal(() => db.LiveAgentSession.update(Object.assign(own(key, 1), { Id: chat })))).toMatchObject([
      { statusCode: 'INVALID_FIELD' },
    ]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test.each(keys)('%s is no key of a nested map and no field of a nested object', async (key) => {
    const { db } = world;
    expect(await refusal(() => db.GenesysSession.create({ attributes: own(key, { value: '1' }) }))).toEqual([
      issue('INVALID_FIELD', 'Attributes: a key of the map cannot be used', ['attributes']),
    ]);
    expect(await refusal(() => db.GenesysSession.create({ device: own(key, 1) }))).toEqual([
      issue('INVALID_FIELD', `Device: no such nested field '${key}'`, ['device']),
    ]);
  });

  test.each(keys)('%s is nothing a query can ask for', async (key) => {
    const chats = wrong(world.db.LiveAgentSession);
    const journeys = wrong(world.db.GenesysSession);
    const unknown = [{ statusCode: 'INVALID_FIELD', fields: [key] }];
    expect(await refusal(() => chats.find({ where: own(key, 1) }))).toMatchObject(unknown);
    expect(await refusal(() => chats.find({ where: { $or: [own(key, null)] } }))).toMatchObject(unknown);
    expect(await refusal(() => chats.find({ where: { TimeIdle: own(key, 1) } }))).toMatchObject([
      { statusCode: 'MALFORMED_QUERY' },
    ]);
    expect(await refusal(() => chats.find({ orderBy: [own(key, 'asc')] }))).toMatchObject(unknown);
    expect(await refusal(() => chats.find({ orderBy: [{ field: key }] }))).toMatchObject(unknown);
    expect(await refusal(() => chats.find({ select: [key] }))).toMatchObject(unknown);
    expect(await refusal(() => chats.aggregate({ groupBy: [key], select: {} }))).toMatchObject(unknown);
    expect(await refusal(() => chats.aggregate({ select: own(key, { $count: '*' }) }))).toMatchObject([
      { statusCode: 'MALFORMED_QUERY' },
    ]);
    expect(await refusal(() => chats.aggregate({ select: { n: own(key, 'TimeIdle') } }))).toMatchObject([
      { statusCode: 'MALFORMED_QUERY' },
    ]);
    expect(await refusal(() => chats.aggregate({ select: { n: { $sum: key } } }))).toMatchObject(unknown);
    expect(await refusal(() => chats.aggregate({ select: { n: { $count: '*' } }, having: own(key, 1) }))).toMatchObject(
      unknown,
    );
    expect(
      await refusal(() => chats.aggregate({ select: { n: { $count: '*' } }, orderBy: [own(key, 'asc')] })),
    ).toMatchObject(unknown);
    expect(await refusal(() => chats.find(own(key, 1)))).toMatchObject([{ statusCode: 'MALFORMED_QUERY' }]);
    expect(await refusal(() => journeys.find({ where: { [`device.${key}`]: 'x' } }))).toMatchObject([
      { statusCode: 'INVALID_FIELD' },
    ]);
    expect(await refusal(() => journeys.find({ select: [`device.${key}`] }))).toMatchObject([
      { statusCode: 'INVALID_FIELD' },
    ]);
    expect(journeys.find({ where: { [`attributes.${key}.value`]: { $exists: true } } })).toEqual([]);
  });

  test.each(keys)('%s is no object, no key of an upsert and no option', async (key) => {
    const { db } = world;
    expect(await refusal(() => wrong(db).collection(key))).toMatchObject([{ statusCode: 'INVALID_TYPE' }]);
    expect(await refusal(() => db.transaction((tx) => wrong(tx).collection(key)))).toMatchObject([
      { statusCode: 'INVALID_TYPE' },
    ]);
    expect(await refusal(() => wrong(db).SOSSession.upsert(key, {}))).toMatchObject([{ statusCode: 'NOT_FOUND' }]);
    expect(await refusal(() => openDatabase({ name: 'x', objects: [], ...wrong(own(key, 1)) }))).toMatchObject([
      { statusCode: 'INVALID_OPTION' },
    ]);
    expect(
      await refusal(() => openDatabase({ name: 'x', objects: [], indexes: wrong(own(key, ['x'])) })),
    ).toMatchObject([{ statusCode: 'INVALID_TYPE' }]);
  });

  test('written out, so that they set what an object inherits, ask for nothing in silence', async () => {
    const chats = wrong(world.db.LiveAgentSession);
    const inherited = { __proto__: { TimeIdle: 999 } };
    const told = [issue('MALFORMED_QUERY', 'a part of a query must not inherit anything')];
    expect(await refusal(() => chats.find({ where: inherited }))).toEqual(told);
    expect(await refusal(() => chats.count({ where: { $and: [inherited] } }))).toEqual(told);
    expect(await refusal(() => chats.find({ where: { TimeIdle: { $gte: 0, __proto__: { $lt: 1 } } } }))).toEqual(told);
    expect(await refusal(() => chats.find({ orderBy: [{ __proto__: { TimeIdle: 'asc' } }] }))).toEqual(told);
    expect(await refusal(() => chats.find({ __proto__: { where: { TimeIdle: 999 } } }))).toEqual(told);
    expect(await refusal(() => chats.findOne({ __proto__: { where: { TimeIdle: 999 } } }))).toEqual(told);
    expect(await refusal(() => chats.aggregate({ select: { __proto__: { n: { $count: '*' } } } }))).toEqual(told);
  });
});

describe('a bad query', () => {
  const find = (query: unknown) => refusal(() => wrong(world.db).LiveAgentSession.find(query));
  const aggregate = (query: unknown) => refusal(() => wrong(world.db).LiveAgentSession.aggregate(query));

  test('names an unknown field', async () => {
    const text =
      "No such column 'Nope' on entity 'LiveAgentSession'. If you are attempting to use a custom field, be sure to append " +
      "the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.";
    const expected = [issue('INVALID_FIELD', text, ['Nope'])];
    expect(await find({ where: { Nope: 1 } })).toEqual(expected);
    expect(await find({ orderBy: [{ Nope: 'asc' }] })).toEqual(expected);
    expect(await find({ select: ['Nope'] })).toEqual(expected);
    expect(await aggregate({ groupBy: ['Nope'], select: {} })).toEqual(expected);
    expect(await aggregate({ select: { n: { $max: 'Nope' } } })).toEqual(expected);
  });

  test('follows a relationship that is not understood', async () => {
    const text =
      "Didn't understand relationship 'Owner' in field path. If you are attempting to use a custom relationship, be sure " +
      "to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the " +
      'appropriate names.';
    expect(await find({ where: { 'Owner.Name': 'x' } })).toEqual([issue('INVALID_FIELD', text, ['Owner.Name'])]);
  });

  test('filters, sorts or groups by a field that does not allow it', async () => {
    const sos = wrong(world.db.SOSSession);
    expect(await refusal(() => sos.find({ where: { OpentokSession: 'x' } }))).toEqual([
      issue('INVALID_FIELD', "field 'OpentokSession' can not be filtered in a query call", ['OpentokSession']),
    ]);
    expect(await refusal(() => sos.find({ orderBy: [{ OpentokSession: 'desc' }] }))).toEqual([
      issue('INVALID_FIELD', "field 'OpentokSession' can not be sorted in a query call", ['OpentokSession']),
    ]);
    expect(await refusal(() => sos.aggregate({ groupBy: ['StartTime'], select: {} }))).toEqual([
      issue('INVALID_FIELD', "field 'StartTime' can not be grouped in a query call", ['StartTime']),
    ]);
    expect(await refusal(() => sos.live({ where: { OpentokSession: 'x' } }))).toHaveLength(1);
    expect(await refusal(() => sos.count({ where: { OpentokSession: null } }))).toHaveLength(1);
    expect(await refusal(() => sos.explain({ where: { OpentokSession: null } }))).toHaveLength(1);
  });

  test('compares with a value of the wrong type', async () => {
    const type = (field: string, words: string) => [
      issue('INVALID_FIELD', `value of filter criterion for field '${field}' must be of type ${words}`, [field]),
    ];
    expect(await find({ where: { Name: 5 } })).toEqual(type('Name', 'string and should be enclosed in quotes'));
    for (const value of [
      '5',
      true,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Symbol('5'),
      5n,
      new Date(0),
      new Map(),
      () => 5,
    ])
      expect(await find({ where: { TimeIdle: value } })).toEqual(type('TimeIdle', 'int'));
    for (const operator of ['$eq', '$ne', '$gt', '$gte', '$lt', '$lte'])
      expect(await find({ where: { TimeIdle: { [operator]: [5] } } })).toEqual(type('TimeIdle', 'int'));
    for (const operator of ['$gt', '$gte', '$lt', '$lte'])
      expect(await find({ where: { TimeIdle: { [operator]: null } } })).toEqual(type('TimeIdle', 'int'));
    expect(await find({ where: { TimeIdle: { $in: [5, '5'] } } })).toEqual(type('TimeIdle', 'int'));
    expect(await find({ where: { LoginTime: '2026-01-12' } })).toEqual(type('LoginTime', 'dateTime'));
    expect(await find({ where: { LoginTime: new Date(Number.NaN) } })).toEqual(type('LoginTime', 'dateTime'));
    expect(await find({ where: { IsDeleted: 1 } })).toEqual(type('IsDeleted', 'boolean'));
    expect(await find({ where: { TimeIdle: { $like: '5%' } } })).toEqual([
      issue('INVALID_FIELD', "LIKE compares texts, and 'TimeIdle' is of type int", ['TimeIdle']),
    ]);
    expect(await find({ where: { Name: { $like: 5 } } })).toEqual(
      type('Name', 'string and should be enclosed in quotes'),
    );
  });

  test('compares with an id that is none', async () => {
    for (const where of [
      { Id: 'nobody' },
      { AgentId: { $in: [USER, 'nobody'] } },
      { OwnerId: { $ne: '0055g00000ABcdeAAA' } },
    ]) {
      const field = Object.keys(where)[0] as string;
      expect(await find({ where })).toEqual([issue('MALFORMED_ID', `invalid ID field: ${field}`, [field])]);
    }
    expect(world.db.LiveAgentSession.find({ where: { AgentId: world.chat } })).toEqual([]);
  });

  test('is not well formed', async () => {
    const never: unknown[] = [
      null,
      5,
      'text',
      [],
      new Map(),
      { Where: {} },
      { limit: -1 },
      { limit: 1.5 },
      { limit: '1' },
      { limit: null },
      { limit: Number.POSITIVE_INFINITY },
      { offset: -1 },
      { offset: Number.NaN },
      { where: null },
      { where: [] },
      { where: 'TimeIdle = 5' },
      { where: new Map() },
      { where: new Date(0) },
      { where: { $and: {} } },
      { where: { $or: null } },
      { where: { $not: [] } },
      { where: { $or: [null] } },
      { where: { TimeIdle: {} } },
      { where: { TimeIdle: { $regex: 'x' } } },
      { where: { TimeIdle: { $eq: undefined } } },
      { where: { TimeIdle: undefined } },
      { where: { TimeIdle: { $in: 5 } } },
      { where: { TimeIdle: { $in: new Set([5]) } } },
      { where: { TimeIdle: { $exists: 1 } } },
      { where: { TimeIdle: { $not: 5 } } },
      { orderBy: {} },
      { orderBy: 'Name' },
      { orderBy: [null] },
      { orderBy: [{}] },
      { orderBy: ['Name'] },
      { orderBy: [{ Name: 'up' }] },
      { orderBy: [{ Name: 1 }] },
      { orderBy: [{ field: 'Name', nulls: 'middle' }] },
      { orderBy: new Array(33).fill({ Name: 'asc' }) },
      { select: 'Name' },
      { select: { n: { $count: '*' } } },
      { select: [5] },
      { select: [Symbol('Name')] },
      { deleted: true },
    ];
    for (const query of never) {
      const issues = await find(query);
      expect(
        issues.map(({ statusCode }) => statusCode),
        String(JSON.stringify(query)),
      ).toEqual(['MALFORMED_QUERY']);
    }
    expect(await find({ where: { $nor: [] } })).toMatchObject([{ statusCode: 'INVALID_FIELD', fields: ['$nor'] }]);
  });

  test('is not well formed where it computes', async () => {
    const count = { n: { $count: '*' } };
    const never: unknown[] = [
      null,
      {},
      { select: [] },
      { select: 'n' },
      { select: new Map() },
      { select: { n: 5 } },
      { select: { n: {} } },
      { select: { n: null } },
      { select: { n: { $count: '*', $sum: 'TimeIdle' } } },
      { select: { n: { $median: 'TimeIdle' } } },
      { select: { n: { $sum: '*' } } },
      { select: { 'a b': { $count: '*' } } },
      { select: { '': { $count: '*' } } },
      { select: { ['x'.repeat(81)]: { $count: '*' } } },
      { select: count, groupBy: 'AgentId' },
      { select: count, groupBy: [5] },
      { select: count, groupBy: new Array(9).fill('AgentId') },
      { select: { AgentId: { $count: '*' } }, groupBy: ['AgentId'] },
      { select: count, having: [] },
      { select: count, having: 5 },
      { select: count, limit: -1 },
      { select: count, orderBy: [{ n: 'up' }] },
      { select: count, where: [] },
      { select: count, extra: 1 },
      { select: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`n${i}`, { $count: '*' }])) },
    ];
    for (const query of never) {
      expect(
        (await aggregate(query)).map(({ statusCode }) => statusCode),
        String(JSON.stringify(query)),
      ).toEqual(['MALFORMED_QUERY']);
    }
    for (const query of [null, 5, 'text', []]) {
      for (const call of ['count', 'findOne', 'explain', 'live']) {
        const issues = await refusal(() => wrong(world.db).LiveAgentSession[call](query));
        expect(
          issues.map(({ statusCode }) => statusCode),
          call,
        ).toEqual(['MALFORMED_QUERY']);
      }
    }
  });

  test('has holes in its lists', async () => {
    // biome-ignore lint/suspicious/noSparseArray: holes are what is tried
    const holes = [,];
    for (const query of [{ where: { $or: holes } }, { where: { $and: holes } }, { select: holes }, { orderBy: holes }])
      expect(await find(query)).toMatchObject([{ statusCode: 'MALFORMED_QUERY' }]);
    expect(await aggregate({ groupBy: holes, select: {} })).toMatchObject([{ statusCode: 'MALFORMED_QUERY' }]);
    expect(await find({ where: { TimeIdle: { $in: holes } } })).toMatchObject([{ statusCode: 'INVALID_FIELD' }]);
  });

  test('computes what a type does not allow', async () => {
    const refused = (operator: string, field: string) => aggregate({ select: { n: { [operator]: field } } });
    expect(await refused('$sum', 'Name')).toEqual([
      issue('INVALID_FIELD', 'field Name does not support aggregate operator SUM', ['Name']),
    ]);
    expect(await refused('$avg', 'LoginTime')).toEqual([
      issue('INVALID_FIELD', 'field LoginTime does not support aggregate operator AVG', ['LoginTime']),
    ]);
    expect(await refused('$countDistinct', 'IsDeleted')).toMatchObject([{ statusCode: 'INVALID_FIELD' }]);
  });
});

describe('a query too large', () => {
  const find = (where: unknown) => refusal(() => wrong(world.db).LiveAgentSession.find({ where }));

  test('lists 100,000 values', async () => {
    const list = Array.from({ length: 100_000 }, (_, i) => i);
    const told = [issue('MALFORMED_QUERY', "a list of more than 65536 values for 'TimeIdle'", ['TimeIdle'])];
    expect(await find({ TimeIdle: { $in: list } })).toEqual(told);
    expect(await find({ TimeIdle: { $nin: list } })).toEqual(told);
    expect(world.db.LiveAgentSession.count({ where: { TimeIdle: { $in: list.slice(0, 65_536) } } })).toBe(1);
  });

  test('is nested 64 deep, or 100,000', async () => {
    const told = [issue('MALFORMED_QUERY', 'conditions nested deeper than 32')];
    for (const depth of [64, 100_000]) {
      let byGroup: object = { TimeIdle: 5 };
      let byOperator: object = { $eq: 5 };
      for (let i = 0; i < depth; i++) {
        byGroup = i % 2 === 0 ? { $not: byGroup } : { $or: [byGroup] };
        byOperator = { $not: byOperator };
      }
      expect(await find(byGroup)).toEqual(told);
      expect(await find({ TimeIdle: byOperator })).toEqual(told);
    }
  });

  test('has more than 4,096 conditions', async () => {
    const told = [issue('MALFORMED_QUERY', 'more than 4096 conditions')];
    expect(await find({ $or: Array.from({ length: 5000 }, (_, TimeIdle) => ({ TimeIdle })) })).toEqual(told);
  });

  test('has a pattern of more than 4,000 characters', async () => {
    expect(await find({ Name: { $like: '%a'.repeat(2001) } })).toEqual([
      issue('MALFORMED_QUERY', 'a LIKE pattern of more than 4000 characters', ['Name']),
    ]);
  });

  test('holds itself', async () => {
    const ring: { $not?: object } = {};
    ring.$not = ring;
    expect(await find(ring)).toMatchObject([{ statusCode: 'MALFORMED_QUERY' }]);
  });
});

describe('a LIKE of many wildcards over long texts', () => {
  test.each([
    ['percent signs', '%a'.repeat(1999)],
    ['percent signs and underscores', '%_a'.repeat(1300)],
    ['one long piece of underscores', `%${'_a'.repeat(1900)}%`],
    ['underscores alone', `%${'_'.repeat(3990)}b%`],
  ])('made of %s takes no time to speak of', async (_, pattern) => {
    const db = await openDatabase({ name: 'long', objects: genesys, env: createFakeEnvironment() });
    await db.GenesysSession.create(Array.from({ length: 20 }, (_, i) => ({ customerId: `${'a'.repeat(31_000)}${i}` })));
    const count = () => db.GenesysSession.count({ where: { customerId: { $like: pattern } } });
    expect(await cpuTimeOf(count)).toBeLessThan(3000);
  });
});

describe('a nested value', () => {
  const Box = defineObject({
    name: 'Box',
    fields: {
      Any: { type: 'anyType' },
      Items: { type: 'list', of: { type: 'anyType' } },
      Plain: { type: 'list', of: { type: 'string' } },
    },
  });
  const openBoxes = () => openDatabase({ name: 'boxes', objects: [Box], env: createFakeEnvironment() });

  test('is refused when it is nested too deep, or holds itself', async () => {
    const boxes = await openBoxes();
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = i % 2 === 0 ? [deep] : { deep };
    const ring: unknown[] = [];
    ring.push(ring);
    for (const Any of [deep, ring]) {
      expect(await issuesOf(() => boxes.Box.create({ Any: wrong(Any) }))).toMatchObject([
        { statusCode: 'INVALID_TYPE_ON_FIELD_IN_RECORD', fields: ['Any'] },
      ]);
    }
  });

  test('is refused in little time when its parts hold each other', async () => {
    const boxes = await openBoxes();
    const ring: Record<string, unknown> = {};
    for (const key of ['a', 'b', 'c']) ring[key] = ring;
    let issues: readonly Issue[] = [];
    const create = async () => {
      issues = await issuesOf(() => boxes.Box.create({ Any: wrong(ring), Items: wrong([ring, ring]) }));
    };
    expect(await cpuTimeOf(create)).toBeLessThan(3000);
    expect(issues).toContainEqual(expect.objectContaining({ statusCode: 'STRING_TOO_LONG', fields: ['Any'] }));
    expect(boxes.Box.size).toBe(0);
  });

  test('is refused when it has too many elements, one too long or one of no JSON type', async () => {
    const boxes = await openBoxes();
    const codes = async (input: unknown) =>
      (await issuesOf(() => boxes.Box.create(wrong(input)))).map(({ statusCode }) => statusCode);
    expect(await codes({ Plain: new Array(10_001).fill('x') })).toEqual(['STRING_TOO_LONG']);
    expect(await codes({ Plain: ['x'.repeat(131_073)] })).toEqual(['STRING_TOO_LONG']);
    expect(await codes({ Any: Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`k${i}`, i])) })).toEqual([
      'STRING_TOO_LONG',
    ]);
    for (const value of [
      Symbol('x'),
      5n,
      () => 1,
      new Map(),
      new Set(),
      new (class Own {})(),
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ]) {
      expect(await codes({ Any: value })).toEqual(['INVALID_TYPE_ON_FIELD_IN_RECORD']);
      expect(await codes({ Items: [1, value] })).toEqual(['INVALID_TYPE_ON_FIELD_IN_RECORD']);
      expect(await codes({ Any: { nested: value } })).toEqual(['INVALID_TYPE_ON_FIELD_IN_RECORD']);
    }
    expect(boxes.Box.size).toBe(0);
  });

  test('that is good is copied and frozen to its depths', async () => {
    const boxes = await openBoxes();
    const given = { list: [{ deep: 'a' }] };
    const id = idOf(await boxes.Box.create({ Any: given }));
    (given.list[0] as { deep: string }).deep = 'b';
    const kept = boxes.Box.get(id)?.Any as typeof given;
    expect(kept).toEqual({ list: [{ deep: 'a' }] });
    expect([kept, kept.list, kept.list[0]].every(Object.isFrozen)).toBe(true);
  });
});

describe('a bad id', () => {
  test('is answered by get with nothing', () => {
    const { db, binned } = world;
    for (const id of [
      undefined,
      null,
      5,
      Number.NaN,
      {},
      [],
      [world.chat],
      Symbol('x'),
      '',
      'nobody',
      '__proto__',
      'constructor',
      binned,
      world.sos,
      'x'.repeat(1_000_000),
    ])
      expect(db.LiveAgentSession.get(wrong(id))).toBeUndefined();
    expect(db.LiveAgentSession.get(world.chat.slice(0, 15))?.Id).toBe(world.chat);
    db.transaction((tx) => expect(tx.LiveAgentSession.get(wrong(null))).toBeUndefined());
  });

  test('is refused by every call that names a record', async () => {
    const { db, binned } = world;
    const sos = wrong(db.SOSSession);
    const calls: ((id: unknown) => unknown)[] = [
      (id) => sos.update({ Id: id, AppVersion: '2' }),
      (id) => sos.upsert('Id', { Id: id, AppVersion: '2' }),
      (id) => sos.delete(id),
      (id) => sos.recordView(id),
      (id) => sos.recordReference([id]),
      (id) => db.transaction((tx) => wrong(tx).SOSSession.delete(id)),
      (id) => db.transaction((tx) => wrong(tx).SOSSession.update({ Id: id })),
    ];
    for (const call of calls) {
      for (const id of ['nobody', world.chat, 5, {}, Symbol('x')])
        expect(await refusal(() => call(id))).toMatchObject([{ statusCode: 'MALFORMED_ID' }]);
      expect(await refusal(() => call('0NX000000000001'))).toMatchObject([
        { statusCode: 'INVALID_CROSS_REFERENCE_KEY' },
      ]);
      expect(await refusal(() => call(binned))).toMatchObject([{ statusCode: 'ENTITY_IS_DELETED' }]);
    }
  });

  test('is refused by undelete and the recycle bin, which leave all else where it is', async () => {
    const sos = wrong(world.db.SOSSession);
    for (const id of ['nobody', world.chat, 5, null, {}]) {
      expect(await refusal(() => sos.undelete(id))).toMatchObject([{ statusCode: 'MALFORMED_ID' }]);
      const before = wholeState(world.db);
      expect((await sos.emptyRecycleBin([id]))[0].errors).toMatchObject([{ statusCode: 'MALFORMED_ID' }]);
      expectSameState(wholeState(world.db), before);
    }
    for (const list of [undefined, null, 5, 'nobody', {}])
      expect(await refusal(() => sos.emptyRecycleBin(list))).toMatchObject([{ statusCode: 'MALFORMED_ID' }]);
    expect(await refusal(() => sos.undelete(world.sos))).toEqual([
      issue('UNDELETE_FAILED', 'Entity is not in the recycle bin'),
    ]);
  });
});

describe('an option of a call', () => {
  test('that is misspelt or of another kind is refused, not passed over', async () => {
    const { db, sos } = world;
    const all = wrong(db.SOSSession);
    for (const options of [{ allornone: true }, { allOrNone: 'yes' }, { allOrNone: 1 }, null, 5]) {
      for (const call of [
        () => all.create([{}], options),
        () => all.update([{ Id: sos }], options),
        () => all.upsert('Id', [{ Id: sos }], options),
        () => all.delete([sos], options),
        () => all.undelete([world.binned], options),
        () => all.emptyRecycleBin([world.binned], options),
      ])
        expect((await refusal(call)).map(({ statusCode }) => statusCode)).toEqual(['INVALID_OPTION']);
    }
    for (const call of ['getUpdated', 'getDeleted'])
      expect(await refusal(() => all[call](NOON, NOON, { unlimit: true }))).toMatchObject([
        { statusCode: 'INVALID_OPTION' },
      ]);
  });
});

describe('a batch with one bad record', () => {
  test('that is all or none leaves no trace of the others', async () => {
    const { db, sos, chat, binned } = world;
    const before = wholeState(db);
    const all = { allOrNone: true };
    await db.SOSSession.create([{}, wrong({ Nope: 1 }), {}], all);
    await db.LiveAgentSession.create([CHAT, wrong({})], all);
    await db.SOSSession.update([{ Id: sos, StartTime: NOON }, { Id: chat }], all);
    await db.SOSSession.upsert('Id', [{ AppVersion: '5' }, { Id: sos, StartTime: NOON }, { Id: 'nobody' }], all);
    await db.SOSSession.delete([sos, 'nobody'], all);
    await db.SOSSession.undelete([binned, sos], all);
    await db.SOSSession.emptyRecycleBin([binned, sos], all);
    expectSameState(wholeState(db), before);
  });

  test('inside a transaction takes the whole transaction back, unless it is caught', async () => {
    const { db, sos } = world;
    const issues = await refusal(() =>
      db.transaction((tx) => {
        tx.SOSSession.update({ Id: sos, StartTime: NOON });
        tx.LiveAgentSession.create(CHAT);
        tx.SOSSession.create([{}, wrong({ AppVersion: 5 })]);
      }),
    );
    expect(issues).toEqual([
      issue('INVALID_TYPE_ON_FIELD_IN_RECORD', 'App Version: value not of required type', ['AppVersion']),
    ]);
    db.transaction((tx) => {
      tx.LiveAgentSession.create(CHAT);
      expect(() => tx.LiveAgentSession.create(wrong({}))).toThrow(EngineError);
      expect(() => tx.LiveAgentSession.create([CHAT, wrong({})])).toThrow(EngineError);
    });
    expect(db.LiveAgentSession.size).toBe(2);
  });
});

describe('a listener that throws', () => {
  test('breaks neither the commit nor another listener, and is heard of', async () => {
    const errors: unknown[] = [];
    const db = await openDatabase({
      name: 'loud',
      objects: salesforce,
      user: USER,
      env: createFakeEnvironment(),
      onError: (error) => errors.push(error),
    });
    const heard: string[] = [];
    const live = db.SOSSession.live();
    live.subscribe(() => {
      throw new Error('first');
    });
    live.subscribe(() => heard.push('second'));
    db.changes$.subscribe(() => heard.push('feed'));
    expect(await db.SOSSession.create({})).toMatchObject({ success: true });
    expect(db.SOSSession.size).toBe(1);
    expect(heard.sort()).toEqual(['feed', 'second']);
    expect(errors).toEqual([new Error('first')]);
  });
});

describe('no message holds a value', () => {
  const CANARY = 'c4n4ryV4lue';
  const canary: fc.Arbitrary<unknown> = fc.oneof(
    fc.constantFrom<unknown>(
      CANARY,
      ` ${CANARY} `,
      `${CANARY}@x@y`,
      `javascript:${CANARY}`,
      CANARY.repeat(4000),
      `${CANARY}0000`,
      `005${CANARY}0`,
      `2026-01-12T${CANARY}`,
      [CANARY],
      [[CANARY]],
      { value: CANARY },
      { $eq: CANARY },
      { $like: `${CANARY}%` },
      { $in: [CANARY] },
      { $gt: CANARY },
      Symbol(CANARY),
      { toString: () => CANARY },
      new Error(CANARY),
      new Map([[CANARY, CANARY]]),
      { outcome: { id: [CANARY] } },
      [{ outcome: CANARY }],
    ),
    fc.string().map((text) => text + CANARY),
  );

  function assertSilent(told: unknown): void {
    const text =
      told instanceof EngineError
        ? JSON.stringify([told.message, told.issues, told.stack])
        : JSON.stringify(told ?? null);
    expect(text).not.toContain(CANARY);
  }

  async function attempt(action: () => unknown): Promise<void> {
    try {
      const results = await action();
      if (!Array.isArray(results)) return;
      for (const result of results as { errors?: unknown }[]) assertSilent(result?.errors);
    } catch (error) {
      expect(error).toBeInstanceOf(EngineError);
      assertSilent(error);
    }
  }

  test('of a record, an id or a query, whatever is wrong with it', async () => {
    const { db, chat } = world;
    const names = [
      'LiveAgentSession',
      'SOSSession',
      'User',
      'Contact',
      'Group',
      'GenesysSession',
      'TwilioProxySession',
      'TwilioProxyParticipant',
    ] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.infiniteStream(canary), fc.nat(), async (name, values, at) => {
        const collection = wrong(db).collection(name);
        const fields = collection.definition.fields;
        const value = () => values.next().value;
        const field = fields[at % fields.length].name;
        const record = Object.fromEntries(fields.map((each: { name: string }) => [each.name, value()]));
        const id = collection.definition.roles.id;
        await attempt(() => collection.create(record));
        await attempt(() => collection.create([record, { [field]: value() }], { allOrNone: at % 2 === 0 }));
        await attempt(() => collection.update({ ...record, [id]: name === 'LiveAgentSession' ? chat : value() }));
        await attempt(() => collection.upsert(id, { ...record, [id]: value() }));
        await attempt(() => collection.upsert('Email', { ...record, Email: value() }));
        await attempt(() => collection.delete([value()]));
        await attempt(() => collection.undelete(value()));
        await attempt(() => collection.retrieve([value()]));
        await attempt(() => collection.recordView(value()));
        await attempt(() => collection.getUpdated(value(), NOON));
        await attempt(() => collection.getDeleted(NOON, value()));
        await attempt(() => collection.find({ where: { [field]: value() } }));
        await attempt(() =>
          collection.find({
            where: { $not: { [field]: { $in: [value()], $ne: value(), $gte: value(), $like: value() } } },
          }),
        );
        await attempt(() => collection.find({ limit: value(), orderBy: [{ [field]: value() }] }));
        await attempt(() =>
          collection.aggregate({ select: { n: { $count: '*' } }, having: { n: value() }, offset: value() }),
        );
        await attempt(() => db.transaction((tx) => wrong(tx).collection(name).create(record)));
        const imported = await collection.import([record, { [field]: value() }]).catch((error: unknown) => error);
        assertSilent(imported.problems ?? imported);
      }),
      lawOptions(150),
    );
  });

  test('of a definition’s unique key or of an import', async () => {
    const { db } = world;
    const user = { Username: CANARY, LastName: CANARY, Email: `${CANARY}@x`, Alias: 'x' };
    await db.User.create(user);
    await attempt(() => db.User.create(user));
    await attempt(() => db.User.import([user]));
    await attempt(() => db.User.import([user], { onBadRow: 'refuse-all' }));
    await attempt(() =>
      db.User.import(`Username,Email\n${CANARY},"${CANARY}`, { format: 'csv', onBadRow: 'refuse-all' }),
    );
    await attempt(() => db.User.import(`{"Username":${CANARY}`, { format: 'json' }));
    await attempt(() => db.User.import(`{"Username":${CANARY}\n`, { format: 'ndjson', onBadRow: 'refuse-all' }));
  });
});
