import { beforeEach, describe, expect, test } from 'vitest';
import { genesys, twilio } from '../../../src/collections/catalog.ts';
import { defineObject, openDatabase } from '../../../src/index.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import {
  afterNoon,
  CHAT,
  errorOf,
  idOf,
  issuesOf,
  NOON,
  OTHER_USER,
  openSessions,
  QUEUE,
  type SessionDatabase,
  USER,
} from '../../instruments/session-database.ts';

let db: SessionDatabase;

beforeEach(async () => {
  ({ db } = await openSessions());
});

async function createSos(input: object) {
  return db.SOSSession.get(idOf(await db.SOSSession.create(input as never)));
}

/** The issues of creating a chat session with `input` besides what it must have. */
function told(input: object) {
  return issuesOf(() => db.LiveAgentSession.create({ ...CHAT, ...input } as never));
}

describe('createable', () => {
  test('fields that are not are refused together, in one issue', async () => {
    const error = await errorOf(() =>
      db.SOSSession.create({
        Name: 'x',
        SessionDuration: 5,
        WaitDuration: 5,
        IsDeleted: true,
        CreatedById: USER,
      } as never),
    );
    expect(error.issues).toEqual([
      {
        statusCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
        message:
          'Unable to create/update fields: Name, SessionDuration, WaitDuration, IsDeleted, CreatedById. Please check the ' +
          'security settings of this field and verify that it is read/write for your profile or permission set.',
        fields: ['Name', 'SessionDuration', 'WaitDuration', 'IsDeleted', 'CreatedById'],
      },
    ]);
  });

  test('an id can never be given', async () => {
    expect(await told({ Id: '0HK000000000001' })).toEqual([
      { statusCode: 'INVALID_FIELD_FOR_INSERT_UPDATE', message: 'cannot specify Id in an insert call', fields: ['Id'] },
    ]);
  });

  test('a field given as undefined counts as not given', async () => {
    expect(await told({ Id: undefined, Name: undefined, Nope: undefined })).toEqual([]);
  });
});

describe('nillable and defaultedOnCreate', () => {
  test('what must be given is asked for in one issue', async () => {
    expect(await issuesOf(() => db.LiveAgentSession.create({ LoginTime: null } as never))).toEqual([
      {
        statusCode: 'REQUIRED_FIELD_MISSING',
        message: 'Required fields are missing: [AgentId, LoginTime, LogoutTime]',
        fields: ['AgentId', 'LoginTime', 'LogoutTime'],
      },
    ]);
  });

  test('blank text does for no value', async () => {
    expect(await told({ AgentId: '  ' })).toMatchObject([
      { statusCode: 'REQUIRED_FIELD_MISSING', fields: ['AgentId'] },
    ]);
  });

  test('the owner and the creator are the database’s user unless an owner is given', async () => {
    expect(await createSos({})).toMatchObject({ OwnerId: USER, CreatedById: USER, LastModifiedById: USER });
    expect(await createSos({ OwnerId: null })).toMatchObject({ OwnerId: USER });
    expect(await createSos({ OwnerId: OTHER_USER })).toMatchObject({ OwnerId: OTHER_USER, CreatedById: USER });
    expect(await createSos({ OwnerId: QUEUE })).toMatchObject({ OwnerId: QUEUE });
  });

  test('defaults fill what is not given, null included', async () => {
    const id = idOf(await db.Case.create({ Priority: null } as never));
    expect(db.Case.get(id)).toMatchObject({
      Status: 'New',
      Priority: 'Medium',
      IsEscalated: false,
      CaseNumber: '00000001',
    });
  });
});

describe('autonumber', () => {
  test.each([
    [undefined, ['00000001', '00000002']],
    ['{0}', ['1', '2']],
    ['SOS-{0000}', ['SOS-0001', 'SOS-0002']],
    ['{00}/2026', ['01/2026', '02/2026']],
  ])('with the display format %s gives %j', async (displayFormat, names) => {
    const Visit = defineObject({
      name: 'Visit',
      fields: {
        Name: {
          type: 'string',
          properties: 'Autonumber, Defaulted on create, Filter, Sort',
          ...(displayFormat && { displayFormat }),
        },
      },
    });
    const visits = await openDatabase({ name: 'visits', objects: [Visit], env: createFakeEnvironment() });
    await visits.Visit.create([{}, {}]);
    expect(visits.Visit.find().map(({ Name }) => Name)).toEqual(names);
  });

  test('grows past its least number of digits', async () => {
    const Visit = defineObject({
      name: 'Visit',
      fields: {
        Name: { type: 'string', properties: 'Autonumber, Defaulted on create, Filter, Sort', displayFormat: 'V{0}' },
      },
    });
    const visits = await openDatabase({ name: 'visits', objects: [Visit], env: createFakeEnvironment() });
    await visits.Visit.create(Array.from({ length: 11 }, () => ({})));
    expect(
      visits.Visit.find()
        .map(({ Name }) => Name)
        .slice(-3),
    ).toEqual(['V9', 'V10', 'V11']);
  });

  test('gives no number twice, though a write fails', async () => {
    await db.LiveAgentSession.create([CHAT, { ...CHAT, AgentId: 'x' }, CHAT], { allOrNone: true });
    await db.LiveAgentSession.create([CHAT, CHAT]);
    const names = db.LiveAgentSession.find().map(({ Name }) => Name);
    expect(new Set(names).size).toBe(2);
    for (const format of ['x', '{}', '{0}{0}', '{1}']) {
      const define = () =>
        defineObject({
          name: 'V',
          fields: { N: { type: 'string', properties: 'Autonumber, Defaulted on create', displayFormat: format } },
        });
      expect(await errorOf(define)).toMatchObject({ code: 'INVALID_DEFINITION' });
    }
  });
});

describe('text', () => {
  test('loses its outer blanks, of whatever kind; what is blank is null', async () => {
    const blanks = '\t\n\v\f\r \u00a0\u1680\u2003\u2028\u3000\ufeff';
    expect(await createSos({ AppVersion: `${blanks}1 2${blanks}`, SosVersion: blanks, SystemInfo: '' })).toMatchObject({
      AppVersion: '1 2',
      SosVersion: null,
      SystemInfo: null,
    });
    for (const blank of blanks) expect((await createSos({ AppVersion: `${blank}x` }))?.AppVersion).toBe('x');
  });

  test('is measured after that', async () => {
    expect((await createSos({ AppVersion: ` ${'v'.repeat(64)} ` }))?.AppVersion).toHaveLength(64);
    expect(
      await issuesOf(() => db.SOSSession.create({ AppVersion: 'v'.repeat(65), OpentokSession: 'o'.repeat(129) })),
    ).toEqual([
      {
        statusCode: 'STRING_TOO_LONG',
        message: 'App Version: data value too large (max length=64)',
        fields: ['AppVersion'],
      },
      {
        statusCode: 'STRING_TOO_LONG',
        message: 'OpenTok Session: data value too large (max length=128)',
        fields: ['OpentokSession'],
      },
    ]);
  });

  test('of Genesys and Twilio is kept as it came', async () => {
    const journeys = await openDatabase({
      name: 'journeys',
      objects: [...genesys, ...twilio],
      env: createFakeEnvironment(),
    });
    const id = idOf(await journeys.GenesysSession.create({ customerId: ' a ', type: '' }));
    expect(journeys.GenesysSession.get(id)).toMatchObject({ customerId: ' a ', type: '' });
    const sid = idOf(await journeys.TwilioProxySession.create({ unique_name: ' b ' }));
    expect(journeys.TwilioProxySession.get(sid)?.unique_name).toBe(' b ');
  });

  test('of a url is any but what would run', async () => {
    const url = async (SessionRecordingUrl: string) =>
      (await issuesOf(() => db.SOSSession.create({ SessionRecordingUrl })))[0]?.statusCode;
    for (const good of ['https://example.com/a?b=c#d', 'example.com', 'rec/1', ' https://example.com '])
      expect(await url(good)).toBeUndefined();
    for (const bad of [
      'javascript:alert(1)',
      'JaVaScRiPt:x',
      'data:text/html,x',
      'vbscript:x',
      'java\tscript:x',
      'a b',
    ])
      expect(await url(bad)).toBe('INVALID_TYPE_ON_FIELD_IN_RECORD');
  });

  test('of an address of email has one @ between two sides', async () => {
    const contact = async (Email: string) => issuesOf(() => db.Contact.create({ LastName: 'x', Email }));
    expect(await contact('ada@example.com')).toEqual([]);
    for (const bad of ['ada', '@example.com', 'ada@', 'a b@c', 'a@b@c']) {
      expect(await contact(bad)).toEqual([
        { statusCode: 'INVALID_EMAIL_ADDRESS', message: 'Email: invalid email address', fields: ['Email'] },
      ]);
    }
  });
});

describe('dateTime', () => {
  test.each([
    ['2026-01-12T08:00:00.000Z', '2026-01-12T08:00:00.000Z'],
    ['2026-01-12T08:00:00Z', '2026-01-12T08:00:00.000Z'],
    ['2026-01-12T08:00:00.5Z', '2026-01-12T08:00:00.500Z'],
    ['2026-01-12T08:00:00.000+0000', '2026-01-12T08:00:00.000Z'],
    ['2026-01-12T08:00:00+01:00', '2026-01-12T07:00:00.000Z'],
    ['2026-01-12T08:00:00-0530', '2026-01-12T13:30:00.000Z'],
    ['2026-12-31T23:59:59.999-01', '2027-01-01T00:59:59.999Z'],
    [new Date(Date.UTC(2026, 0, 12, 8)), '2026-01-12T08:00:00.000Z'],
  ])('%s is kept as %s', async (given, kept) => {
    expect((await createSos({ StartTime: given }))?.StartTime).toBe(kept);
  });

  test.each([
    '2026-01-12',
    '2026-01-12T08:00:00',
    '08:00',
    'today',
    '',
    '2026-13-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-01-12T24:00:00Z',
    '2026-01-12T08:60:00Z',
    '2026-01-12T08:00:00+25:00',
    '1699-12-31T23:59:59Z',
    '4001-01-01T00:00:00Z',
    1_768_204_800_000,
    true,
    {},
    new Date(Number.NaN),
    new Date(8.64e15),
  ])('%s is none', async (given) => {
    expect(await told({ LoginTime: given })).toEqual([
      {
        statusCode: 'INVALID_TYPE_ON_FIELD_IN_RECORD',
        message: 'Login Time: value not of required type',
        fields: ['LoginTime'],
      },
    ]);
  });
});

describe('int', () => {
  test.each([0, 1, -1, 999_999_999, -999_999_999])('%d is kept', async (TimeIdle) => {
    const id = idOf(await db.LiveAgentSession.create({ ...CHAT, TimeIdle }));
    expect(db.LiveAgentSession.get(id)?.TimeIdle).toBe(TimeIdle);
  });

  test.each([
    1_000_000_000,
    -1_000_000_000,
    2 ** 53,
    1e300,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ])('%d is out of range', async (TimeIdle) => {
    expect(await told({ TimeIdle })).toEqual([
      {
        statusCode: 'NUMBER_OUTSIDE_VALID_RANGE',
        message: 'Time Idle: number outside valid range',
        fields: ['TimeIdle'],
      },
    ]);
  });

  test.each([0.5, '5', true, [5], {}, 5n])('%s is none', async (TimeIdle) => {
    expect(await told({ TimeIdle })).toMatchObject([
      { statusCode: 'INVALID_TYPE_ON_FIELD_IN_RECORD', fields: ['TimeIdle'] },
    ]);
  });

  test('minus zero is kept as zero, nested as well', async () => {
    const id = idOf(await db.LiveAgentSession.create({ ...CHAT, TimeIdle: -0 }));
    expect(Object.is(db.LiveAgentSession.get(id)?.TimeIdle, 0)).toBe(true);
    const journeys = await openDatabase({ name: 'journeys', objects: genesys, env: createFakeEnvironment() });
    const journey = idOf(
      await journeys.GenesysSession.create({ device: { screenWidth: -0 }, geolocation: { latitude: -0 } }),
    );
    expect(Object.is(journeys.GenesysSession.get(journey)?.device?.screenWidth, 0)).toBe(true);
    expect(Object.is(journeys.GenesysSession.get(journey)?.geolocation?.latitude, 0)).toBe(true);
  });

  test('of ten digits takes what 32 bits hold', async () => {
    const journeys = await openDatabase({ name: 'journeys', objects: genesys, env: createFakeEnvironment() });
    const count = async (eventCount: number) =>
      (await issuesOf(() => journeys.GenesysSession.create({ eventCount })))[0]?.statusCode;
    expect([await count(2 ** 31 - 1), await count(-(2 ** 31))]).toEqual([undefined, undefined]);
    expect([await count(2 ** 31), await count(-(2 ** 31) - 1)]).toEqual([
      'NUMBER_OUTSIDE_VALID_RANGE',
      'NUMBER_OUTSIDE_VALID_RANGE',
    ]);
  });
});

describe('picklists', () => {
  test('that are restricted take their own values alone', async () => {
    const group = (Type: unknown) => issuesOf(() => db.Group.create({ Name: 'x', Type } as never));
    expect(await group('Queue')).toEqual([]);
    expect(await group('Crowd')).toEqual([
      {
        statusCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
        message: 'Type: bad value for restricted picklist field',
        fields: ['Type'],
      },
    ]);
    expect(await group(5)).toMatchObject([{ statusCode: 'INVALID_TYPE_ON_FIELD_IN_RECORD' }]);
    expect(await group(null)).toMatchObject([{ statusCode: 'REQUIRED_FIELD_MISSING' }]);
  });

  test('that are not take any text', async () => {
    expect(await issuesOf(() => db.Case.create({ Origin: 'Carrier pigeon' }))).toEqual([]);
  });
});

describe('ids and references', () => {
  test('of 15 characters are kept with their checksum', async () => {
    expect(await createSos({ OwnerId: USER.slice(0, 15), CaseId: '500000000000001' })).toMatchObject({
      OwnerId: USER,
      CaseId: '500000000000001AAA',
    });
  });

  test('with a wrong checksum or in another case are none', async () => {
    for (const OwnerId of [
      `${USER.slice(0, 15)}AAA`,
      USER.toLowerCase(),
      USER.slice(0, 14),
      `${USER}A`,
      '0055g00000ABcd-',
    ]) {
      expect(await issuesOf(() => db.SOSSession.create({ OwnerId }))).toEqual([
        { statusCode: 'MALFORMED_ID', message: 'Owner ID: id value of incorrect type', fields: ['OwnerId'] },
      ]);
    }
  });

  test('begin with the key prefix of an object the field can point to', async () => {
    expect(
      await issuesOf(() => db.SOSSession.create({ OwnerId: '500000000000001', CaseId: '003000000000001' })),
    ).toEqual([
      { statusCode: 'MALFORMED_ID', message: 'Owner ID: id value of incorrect type', fields: ['OwnerId'] },
      { statusCode: 'MALFORMED_ID', message: 'Case ID: id value of incorrect type', fields: ['CaseId'] },
    ]);
  });

  test('need not lead to a record that is held', async () => {
    expect((await createSos({ ContactId: '003000000000009' }))?.ContactId).toBe('003000000000009AAA');
  });

  test('to an object the database lacks take any id that is one', async () => {
    expect(await issuesOf(() => db.Case.create({ AccountId: '001000000000001' }))).toEqual([]);
    expect(await issuesOf(() => db.Case.create({ AccountId: 'acme' }))).toMatchObject([{ statusCode: 'MALFORMED_ID' }]);
  });
});

describe('fields with a life of their own', () => {
  test('IpAddress stays blank, whatever is given', async () => {
    const id = idOf(await db.SOSSession.create({ IpAddress: '203.0.113.7' }));
    await db.SOSSession.update({ Id: id, IpAddress: '2001:db8::1' });
    expect(db.SOSSession.get(id)?.IpAddress).toBeNull();
  });

  test('durations follow from the times and cannot be given', async () => {
    const id = idOf(await db.SOSSession.create({ StartTime: afterNoon(41_000) }));
    await db.SOSSession.update({ Id: id, EndTime: afterNoon(100_900) });
    expect(db.SOSSession.get(id)).toMatchObject({ WaitDuration: 41, SessionDuration: 59 });
    for (const name of ['WaitDuration', 'SessionDuration']) {
      expect(await issuesOf(() => db.SOSSession.update({ Id: id, [name]: 5 } as never))).toMatchObject([
        { statusCode: 'INVALID_FIELD_FOR_INSERT_UPDATE', fields: [name] },
      ]);
    }
  });

  test('an encrypted text can be read and in no way asked for', async () => {
    const created = await createSos({ OpentokSession: 'secret' });
    expect(created?.OpentokSession).toBe('secret');
    const sos = db.SOSSession as never as { find(query: object): unknown; aggregate(query: object): unknown };
    const refused = async (action: () => unknown) => (await issuesOf(action))[0];
    expect(await refused(() => sos.find({ where: { OpentokSession: 'secret' } }))).toEqual({
      statusCode: 'INVALID_FIELD',
      message: "field 'OpentokSession' can not be filtered in a query call",
      fields: ['OpentokSession'],
    });
    expect(await refused(() => sos.find({ where: { $not: { OpentokSession: null } } }))).toMatchObject({
      statusCode: 'INVALID_FIELD',
    });
    expect(await refused(() => sos.find({ where: { OpentokSession: { $like: '%' } } }))).toMatchObject({
      statusCode: 'INVALID_FIELD',
    });
    expect(await refused(() => sos.find({ orderBy: [{ OpentokSession: 'asc' }] }))).toMatchObject({
      message: "field 'OpentokSession' can not be sorted in a query call",
    });
    expect(await refused(() => sos.aggregate({ groupBy: ['OpentokSession'], select: {} }))).toMatchObject({
      message: "field 'OpentokSession' can not be grouped in a query call",
    });
    for (const [operator, word] of [
      ['$count', 'COUNT'],
      ['$countDistinct', 'COUNT_DISTINCT'],
      ['$min', 'MIN'],
    ] as const) {
      expect(await refused(() => sos.aggregate({ select: { n: { [operator]: 'OpentokSession' } } }))).toEqual({
        statusCode: 'INVALID_FIELD',
        message: `encrypted field OpentokSession does not support aggregate operator ${word}`,
        fields: ['OpentokSession'],
      });
    }
  });

  test('dates of views and references cannot be given', async () => {
    expect(await told({ LastViewedDate: NOON, LastReferencedDate: NOON })).toMatchObject([
      { statusCode: 'INVALID_FIELD_FOR_INSERT_UPDATE', fields: ['LastViewedDate', 'LastReferencedDate'] },
    ]);
  });
});
