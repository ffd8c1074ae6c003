import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  GenesysSession,
  genesys,
  LiveAgentSession,
  SOSSession,
  salesforce,
  TwilioProxySession,
  twilio,
} from '../../src/collections/catalog.ts';
import { defineObject } from '../../src/engine/definition/define-object.ts';
import { createSchema, recordSchema, updateSchema } from '../../src/zod/schemas.ts';
import { codeOf, collectionOf, openAny, type Row, USER_ID } from '../instruments/any-database.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';

const chat = { AgentId: USER_ID, LoginTime: '2026-01-12T08:00:00.000Z', LogoutTime: '2026-01-12T16:00:00.000Z' };

function problemsOf(schema: z.ZodType, value: unknown): readonly string[] {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.map((issue) => issue.path.join('.'));
}

describe('recordSchema', () => {
  test.each([
    ['LiveAgentSession', salesforce, chat],
    [
      'SOSSession',
      salesforce,
      { StartTime: new Date(0), AppVersion: '1.2', IpAddress: '203.0.113.7', OpentokSession: 'x' },
    ],
    [
      'GenesysSession',
      genesys,
      { device: { category: 'mobile' }, searchTerms: ['chairs'], attributes: { a: { value: '1' } } },
    ],
    ['TwilioProxySession', twilio, { unique_name: 'a', ttl: 60 }],
  ])('takes every %s that the engine keeps', async (name, objects, input) => {
    const db = await openAny({ objects, env: createFakeEnvironment() });
    const sessions = collectionOf(db, name);
    const { id } = await sessions.create(input);
    const record = sessions.get(id as string) as Row;
    const definition = objects.find((object) => object.name === name) as never;
    for (const options of [{}, { objects }]) {
      expect(recordSchema(definition, options as object).parse(record)).toEqual(record);
    }
  });

  test('gives a frozen record', () => {
    const Visit = defineObject({
      name: 'Visit',
      id: { kind: 'salesforce', prefix: 'a00' },
      system: 'minimal',
      roles: { id: 'Id' },
      fields: { Id: { type: 'id' } },
    });
    const schema = recordSchema(Visit);
    const record = {
      Id: 'a00000000000001AAA',
      IsDeleted: false,
      SystemModstamp: '2026-01-12T08:00:00.000Z',
    };
    expect(Object.isFrozen(schema.parse(record))).toBe(true);
  });

  describe('of a chat session', async () => {
    const db = await openAny({ objects: salesforce, env: createFakeEnvironment() });
    const { id } = await collectionOf(db, 'LiveAgentSession').create(chat);
    const record = collectionOf(db, 'LiveAgentSession').get(id as string) as Row;
    const schema = recordSchema(LiveAgentSession, { objects: salesforce });

    test.each([
      ['a field too many', { ...record, Extra: 1 }, ''],
      ['a key __proto__', { ...record, ...JSON.parse('{"__proto__":1}') }, ''],
      ['an int of ten digits', { ...record, TimeIdle: 1_000_000_000 }, 'TimeIdle'],
      ['half a number', { ...record, TimeIdle: 1.5 }, 'TimeIdle'],
      ['NaN', { ...record, TimeIdle: Number.NaN }, 'TimeIdle'],
      ['null where there must be a value', { ...record, LoginTime: null }, 'LoginTime'],
      ['a dateTime in another form', { ...record, LoginTime: '2026-01-12T08:00:00Z' }, 'LoginTime'],
      ['a dateTime that is none', { ...record, LoginTime: '2026-02-30T08:00:00.000Z' }, 'LoginTime'],
      ['an id of 15 characters', { ...record, Id: String(id).slice(0, 15) }, 'Id'],
      ['an id with a wrong check', { ...record, Id: `${String(id).slice(0, 15)}AA0` }, 'Id'],
      ['an id of another object', { ...record, Id: USER_ID }, 'Id'],
      ['a reference to another object', { ...record, AgentId: id }, 'AgentId'],
    ])('refuses %s', (_, value, path) => {
      expect(problemsOf(schema, value)).toEqual([path]);
    });

    test('refuses a record with a field left out', () => {
      const { TimeIdle: _, ...rest } = record;
      expect(problemsOf(schema, rest)).toEqual(['TimeIdle']);
    });

    test('takes any id for a reference whose object is not known', () => {
      expect(problemsOf(recordSchema(LiveAgentSession), { ...record, AgentId: id })).toEqual([]);
      expect(problemsOf(recordSchema(LiveAgentSession), { ...record, AgentId: 'nobody' })).toEqual(['AgentId']);
    });
  });

  test('knows nested types to their depths', async () => {
    const db = await openAny({ objects: genesys, env: createFakeEnvironment() });
    const sessions = collectionOf(db, 'GenesysSession');
    const { id } = await sessions.create({ device: { category: 'mobile', screenWidth: 320 } });
    const record = sessions.get(id as string) as Row;
    const schema = recordSchema(GenesysSession);
    expect(problemsOf(schema, record)).toEqual([]);
    expect(problemsOf(schema, { ...record, device: { category: 'mobile' } })).not.toEqual([]);
    expect(problemsOf(schema, { ...record, device: { ...(record.device as Row), screenWidth: 'wide' } })).toEqual([
      'device.screenWidth',
    ]);
    expect(
      problemsOf(schema, {
        ...record,
        outcomeAchievements: [{ outcome: { id: 1, selfUri: null }, achievedDate: null }],
      }),
    ).toEqual(['outcomeAchievements.0.outcome.id']);
  });

  test('can be written as JSON Schema', () => {
    const schema = z.toJSONSchema(recordSchema(TwilioProxySession)) as {
      properties: Record<string, unknown>;
      required: string[];
    };
    expect(schema.properties.status).toEqual({
      type: 'string',
      enum: ['open', 'in-progress', 'closed', 'failed', 'unknown'],
    });
    expect(schema.properties.unique_name).toMatchObject({
      anyOf: [{ type: 'string', maxLength: 191 }, { type: 'null' }],
    });
    expect(schema.required).toContain('links');
    expect(() => z.toJSONSchema(recordSchema(GenesysSession))).not.toThrow();
  });
});

describe('createSchema', () => {
  test('brings inputs to the form that is kept', () => {
    expect(
      createSchema(LiveAgentSession).parse({
        ...chat,
        AgentId: USER_ID.slice(0, 15),
        LoginTime: new Date(0),
        TimeIdle: -0,
      }),
    ).toEqual({
      ...chat,
      LoginTime: '1970-01-01T00:00:00.000Z',
      TimeIdle: 0,
    });
    expect(createSchema(SOSSession).parse({ AppVersion: ' 1.2 ', SosVersion: ' ', IpAddress: '203.0.113.7' })).toEqual({
      AppVersion: '1.2',
      SosVersion: null,
      IpAddress: null,
    });
    expect(createSchema(GenesysSession).parse({ conversation: { id: 'c' } })).toEqual({
      conversation: { id: 'c', selfUri: null },
    });
  });

  test('asks for what must be given, and for nothing else', () => {
    expect(problemsOf(createSchema(LiveAgentSession), {})).toEqual(['AgentId', 'LoginTime', 'LogoutTime']);
    expect(problemsOf(createSchema(LiveAgentSession), { ...chat, AgentId: ' ' })).toEqual(['AgentId']);
    expect(problemsOf(createSchema(SOSSession), {})).toEqual([]);
  });

  test('knows no field that cannot be created', () => {
    for (const name of ['Id', 'Name', 'SessionDuration', 'CreatedDate']) {
      expect(createSchema(SOSSession).safeParse({ [name]: null }).error?.issues).toMatchObject([
        { code: 'unrecognized_keys', keys: [name] },
      ]);
    }
  });

  test('speaks of problems in the engine’s codes and without the value', () => {
    const { error } = createSchema(SOSSession).safeParse({
      AppVersion: 'canary'.repeat(20),
      SessionRecordingUrl: 'canary canary',
    });
    expect(error?.issues).toEqual([
      {
        code: 'custom',
        path: ['AppVersion'],
        message: 'App Version: data value too large (max length=64)',
        params: { statusCode: 'STRING_TOO_LONG' },
      },
      {
        code: 'custom',
        path: ['SessionRecordingUrl'],
        message: 'Session Recording URL: value not of required type',
        params: { statusCode: 'INVALID_TYPE_ON_FIELD_IN_RECORD' },
      },
    ]);
    expect(String(error)).not.toContain('canary');
  });

  test('refuses map keys that every object inherits', () => {
    for (const key of ['__proto__', 'constructor', 'toString']) {
      const attributes = JSON.parse(`{"${key}":{"value":"1"}}`);
      expect(problemsOf(createSchema(GenesysSession), { attributes }), key).not.toEqual([]);
    }
  });
});

describe('updateSchema', () => {
  const id = '0HK000000000001GAA';

  test('asks for the id and takes any field that can be updated', () => {
    expect(problemsOf(updateSchema(LiveAgentSession), {})).toEqual(['Id']);
    expect(
      updateSchema(LiveAgentSession).parse({
        Id: id.slice(0, 15),
        TimeIdle: 1,
        LogoutTime: '2026-01-12T09:00:00+0100',
      }),
    ).toEqual({
      Id: id,
      TimeIdle: 1,
      LogoutTime: '2026-01-12T08:00:00.000Z',
    });
  });

  test('lets null stand only where there may be none', () => {
    expect(problemsOf(updateSchema(LiveAgentSession), { Id: id, TimeIdle: null })).toEqual([]);
    expect(problemsOf(updateSchema(LiveAgentSession), { Id: id, AgentId: null })).toEqual(['AgentId']);
  });

  test('knows no field that cannot be updated', () => {
    const sid = `KC${'0'.repeat(32)}`;
    expect(problemsOf(updateSchema(TwilioProxySession), { sid, ttl: 5 })).toEqual([]);
    expect(problemsOf(updateSchema(TwilioProxySession), { sid, mode: 'voice-only' })).toEqual(['']);
  });
});

describe('a schema and the engine', () => {
  const Visit = defineObject({
    name: 'Visit',
    id: { kind: 'salesforce', prefix: 'a1V' },
    fields: {
      Subject: { type: 'string', length: 5 },
      Note: { type: 'textarea', length: 8 },
      Link: { type: 'url', length: 30 },
      Mail: { type: 'email', length: 20 },
      Kind: { type: 'picklist', properties: 'Create, Nillable, Restricted picklist', values: ['shop', 'phone'] },
      Tags: { type: 'multipicklist', properties: 'Create, Nillable, Restricted picklist', values: ['x', 'y'] },
      Count: { type: 'int', digits: 3 },
      Whole: { type: 'int', digits: 10 },
      Score: { type: 'double' },
      Open: { type: 'boolean' },
      At: { type: 'dateTime' },
      Day: { type: 'date' },
      Agent: { type: 'reference', referenceTo: ['Visit'] },
      Must: { type: 'string', properties: 'Create, Update', length: 5 },
      Any: { type: 'anyType' },
      Device: {
        type: 'object',
        fields: { name: { type: 'string', length: 3 }, width: { type: 'int' }, at: { type: 'dateTime' } },
      },
      Labels: { type: 'list', of: { type: 'string', length: 3 } },
      Answers: { type: 'map', of: { type: 'double' } },
    },
  });
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      '',
      ' ',
      'a',
      ' ab ',
      'abcdef',
      'shop',
      'x;y',
      'x;z',
      'a@b',
      'https://example.com',
      'javascript:x',
      0,
      -0,
      1,
      1.5,
      999,
      1000,
      2 ** 31,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      true,
      false,
      '2026-01-12',
      '2026-02-30',
      '2026-01-12T08:00:00Z',
      '2026-01-12T08:00:00+0100',
      '2026-01-12T25:00:00Z',
      new Date(0),
      new Date(Number.NaN),
      new Date(8.64e15),
      'a1V000000000001',
      'a1V000000000001EAA',
      'a1V000000000001AAA',
      '005000000000001AAA',
      [],
      ['a', 'bc'],
      ['abcd'],
      [1],
      {},
      { name: 'abc' },
      { name: 'abcd' },
      { width: 2 },
      { at: new Date(0) },
      { other: 1 },
      { a: 1, b: 2 },
      { a: 'x' },
      Symbol('s'),
      5n,
      () => 1,
      new Map(),
    ),
    fc.string({ maxLength: 9 }),
  );

  test('take the same inputs and make the same of them', async () => {
    const db = await openAny({ objects: [Visit], env: createFakeEnvironment() });
    const visits = collectionOf(db, 'Visit');
    const names = Object.keys(Visit.spec.fields);
    const schema = createSchema(Visit);
    const whole = recordSchema(Visit);
    let kept = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), value, async (name, given) => {
        const input = { Must: 'must', [name]: given };
        const parsed = schema.safeParse(input);
        const code = await codeOf(async () => {
          const { id } = await visits.create(input);
          const record = visits.get(id as string) as Row;
          kept++;
          expect(whole.parse(record)).toEqual(record);
          expect(parsed.data).toEqual({ Must: record.Must, [name]: record[name] });
        });
        expect(parsed.success, `${name} ${code}`).toBe(code === undefined);
      }),
      lawOptions(1500),
    );
    expect(kept).toBeGreaterThan(100);
  });
});
