import { describe, expect, test } from 'vitest';
import { salesforce, twilio } from '../../src/collections/catalog.ts';
import {
  type Database,
  defineObject,
  EngineError,
  ERROR_CODES,
  type ErrorCode,
  type Issue,
  memoryStorage,
  openDatabase,
  type SaveResult,
  type Storage,
} from '../../src/index.ts';
import { http } from '../../src/replication/http.ts';
import { crashStorage, type Photo } from '../instruments/crash-storage.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { CHAT, errorOf, idOf, NOON, OTHER_USER, USER } from '../instruments/session-database.ts';

const objects = [...salesforce, ...twilio];
type World = Database<typeof objects> & { readonly errors: unknown[] };

async function open(): Promise<World> {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const db = await openDatabase({
    name: 'codes',
    objects,
    user: USER,
    feedMax: 2,
    env: createFakeEnvironment(),
    onError,
  });
  return Object.assign(db, { errors }) as unknown as World;
}

/** Errors of the storage are the writer's to hear of, and nobody else's here. */
function openKept(storage: Storage): Promise<World> {
  const onError = () => undefined;
  const env = createFakeEnvironment();
  return openDatabase({ name: 'kept', objects, user: USER, env, storage, onError }) as unknown as Promise<World>;
}

function openShared(storage: Storage): Promise<World> {
  return openDatabase({ name: 'shared', objects, storage, shared: true }) as unknown as Promise<World>;
}

/** A storage that keeps nothing and says why. */
function failing(reason: Error): Storage {
  return {
    kind: 'failing',
    connect: async (name) => {
      const connection = await memoryStorage().connect(name);
      return { read: () => connection.read(), close: () => connection.close(), write: () => Promise.reject(reason) };
    },
  };
}

/** The first failed result as an error. */
async function ofResults(results: Promise<readonly SaveResult[]>): Promise<never> {
  const failed = (await results).find(({ success }) => !success);
  throw new EngineError(failed?.errors ?? []);
}

/** What a pull comes to that is answered with a status. */
async function answered(status: number, body: unknown = {}): Promise<void> {
  const remote = http({
    url: 'https://sync.example.com',
    token: () => 'x',
    fetch: async () => Response.json(body, { status }),
  });
  const objects = [{ name: 'SOSSession', version: 1 }];
  const request = { protocol: 1, client: 'c', objects, checkpoint: null, limit: 1 };
  for await (const _ of remote.pull(request, new AbortController().signal)) break;
}

const user = { Username: 'ada@example.com', LastName: 'Lovelace', Email: 'ada@example.com', Alias: 'ada' };
const raised = AbortSignal.abort();

/**
 * A way to meet every code there is, in the order of the list; a code without one does not compile. Calls that are of
 * the wrong types are cast, being what is tried.
 */
const WAYS: Readonly<Record<ErrorCode, (db: World) => unknown>> = {
  ALL_OR_NONE_OPERATION_ROLLED_BACK: (db) =>
    ofResults(db.LiveAgentSession.create([CHAT, {} as never], { allOrNone: true })),
  DUPLICATE_EXTERNAL_ID: async (db) => {
    const contact = { LastName: 'Lovelace', Email: 'ada@example.com' };
    await db.Contact.create([contact, contact]);
    await db.Contact.upsert('Email', contact);
  },
  DUPLICATE_VALUE: async (db) => {
    await db.User.create(user);
    await db.User.create(user);
  },
  ENTITY_IS_DELETED: async (db) => {
    const id = idOf(await db.SOSSession.create({}));
    await db.SOSSession.delete(id);
    await db.SOSSession.update({ Id: id });
  },
  EXCEEDED_ID_LIMIT: (db) => db.SOSSession.retrieve(new Array(2001).fill('0NX000000000001')),
  INVALID_CROSS_REFERENCE_KEY: (db) => db.SOSSession.delete('0NX000000000001'),
  INVALID_FIELD: (db) => db.SOSSession.find({ where: { Nope: 1 } as never }),
  INVALID_FIELD_FOR_INSERT_UPDATE: (db) => db.SOSSession.create({ Name: 'x' } as never),
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: (db) => db.Group.create({ Name: 'x', Type: 'Crowd' as never }),
  INVALID_QUERY_LOCATOR: (db) => db.queryMore('01g000000000000001-2000'),
  INVALID_REPLICATION_DATE: (db) => db.SOSSession.getUpdated(NOON, NOON),
  INVALID_SEARCH: (db) => db.search('FIND {ada} RETURNING SOSDeployment'),
  INVALID_TYPE: (db) => db.collection('Nope' as never),
  INVALID_TYPE_ON_FIELD_IN_RECORD: (db) => db.SOSSession.create({ AppVersion: 5 as never }),
  MALFORMED_ID: (db) => db.SOSSession.delete('nobody'),
  MALFORMED_QUERY: (db) => db.SOSSession.find({ limit: -1 }),
  MALFORMED_SEARCH: (db) => db.search('FIND ada'),
  METHOD_NOT_ALLOWED: (db) => db.LiveAgentSession.upsert('Id', {}),
  NOT_FOUND: (db) => db.SOSSession.upsert('AppVersion', {}),
  NUMBER_OUTSIDE_VALID_RANGE: (db) => db.LiveAgentSession.create({ ...CHAT, TimeIdle: 1e10 }),
  REQUIRED_FIELD_MISSING: (db) => db.LiveAgentSession.create({} as never),
  STRING_TOO_LONG: (db) => db.SOSSession.create({ AppVersion: 'x'.repeat(65) }),
  UNDELETE_FAILED: async (db) => db.SOSSession.undelete(idOf(await db.SOSSession.create({}))),
  INVALID_EMAIL_ADDRESS: (db) => db.Contact.create({ LastName: 'x', Email: 'x' }),
  FIELD_INTEGRITY_EXCEPTION: async (db) => {
    const ParentId = idOf(await db.SOSSession.create({}));
    await db.SOSSessionShare.create({ ParentId, UserOrGroupId: OTHER_USER, AccessLevel: 'All' });
  },
  ABORTED: (db) => db.SOSSession.import(new Array(5000).fill({}), { signal: raised }),
  DATABASE_CLOSED: async (db) => {
    await db.close();
    db.SOSSession.find();
  },
  IMPORT_REFUSED: (db) => db.LiveAgentSession.import([CHAT, { TimeIdle: 'x' }], { onBadRow: 'refuse-all' }),
  INVALID_DEFINITION: () => defineObject({ name: 'Visit', fields: {} }),
  INVALID_OPTION: () => openDatabase({ name: 'x', objects: [], users: [] } as never),
  LIVE_QUERY_CLOSED: (db) => {
    const live = db.SOSSession.live();
    live.close();
    live.subscribe(() => undefined);
  },
  LISTENER_LOOP: async (db) => {
    db.Contact.live().subscribe(() => db.transaction((tx) => tx.Contact.create({ LastName: 'x' })));
    await db.Contact.create({ LastName: 'x' });
    throw db.errors[0];
  },
  MIGRATION_FAILED: async () => {
    const storage = memoryStorage();
    const fields = { Size: { type: 'int' } } as const;
    const Box = defineObject({ name: 'Box', fields });
    const db = await openDatabase({ name: 'boxes', objects: [Box], storage });
    await db.Box.create({ Size: 1 });
    await db.close();
    const Later = defineObject({ name: 'Box', version: 2, migrations: { 2: () => ({ Size: 'small' }) }, fields });
    await openDatabase({ name: 'boxes', objects: [Later], storage });
  },
  READ_ONLY: async () => {
    const db = await openDatabase({ name: 'kept', objects: twilio, storage: memoryStorage(), readOnly: true });
    await db.TwilioProxyService.create({ unique_name: 'rides' });
  },
  SEQUENCE_TRIMMED: async (db) => {
    for (let i = 0; i < 5; i++) await db.Contact.create({ LastName: 'x' });
    db.changesSince(0);
  },
  STORAGE_CORRUPT: async () => {
    const storage = crashStorage();
    const db = await openKept(storage);
    await db.Contact.create({ LastName: 'x' });
    await db.close();
    const { blocks } = storage.photos.at(-1) as Photo;
    const [[key]] = [...blocks] as [[string, Uint8Array]];
    await openKept(crashStorage({ mark: undefined, blocks: new Map([...blocks, [key, Uint8Array.of(1)]]) }));
  },
  STORAGE_FAILED: async () => {
    const db = await openKept(failing(new Error('the cable was pulled')));
    await db.Contact.create({ LastName: 'x' });
  },
  STORAGE_FULL: async () => {
    const full = new EngineError([{ statusCode: 'STORAGE_FULL', message: 'the disk has no room left', fields: [] }]);
    const db = await openKept(failing(full));
    await db.Contact.create({ LastName: 'x' });
  },
  STORAGE_LOCKED: async () => {
    const storage = memoryStorage();
    await openKept(storage);
    await openKept(storage);
  },
  STORAGE_NEWER: async () => {
    const storage = memoryStorage();
    const db = await openKept(storage);
    await db.Contact.create({ LastName: 'x' });
    await db.close();
    await openDatabase({ name: 'kept', objects: twilio, storage });
  },
  SYNC_CHECKPOINT: () => answered(410),
  SYNC_CLIENT: () => answered(409, { error: { code: 'SYNC_CLIENT' } }),
  SYNC_FORBIDDEN: () => answered(403),
  SYNC_LIMIT: () => answered(413),
  SYNC_MALFORMED: () => answered(200),
  SYNC_OUTDATED: () => answered(426),
  SYNC_REFUSED: () => answered(409),
  SYNC_UNAUTHORIZED: () => answered(401),
  SYNC_UNREACHABLE: () => answered(503),
  TRANSACTION_ASYNC: (db) => db.transaction(async () => undefined),
  TRANSACTION_OPEN: (db) => db.transaction(() => void db.SOSSession.live()),
  TRANSACTION_OVER: (db) => {
    const tx = db.transaction((open) => open);
    tx.Contact.create({ LastName: 'x' });
  },
  UNREADABLE_PAYLOAD: (db) => db.SOSSession.import('{"records":', { format: 'json' }),
  WRITE_CONFLICT: async () => {
    const storage = memoryStorage();
    const [first, second] = [await openShared(storage), await openShared(storage)];
    // Others always come first.
    await second.transact((tx) => {
      void first.Contact.create({ LastName: 'x' });
      tx.Contact.create({ LastName: 'y' });
    });
  },
  WRITER_ELSEWHERE: async () => {
    const storage = memoryStorage();
    await openShared(storage);
    (await openShared(storage)).transaction((tx) => tx.Contact.create({ LastName: 'x' }));
  },
  WRONG_KEY: async () => {
    const storage = memoryStorage();
    const db = await openDatabase({ name: 'kept', objects: twilio, storage, key: new Uint8Array(32) });
    await db.TwilioProxyService.create({ unique_name: 'rides' });
    await db.close();
    await openKept(storage);
  },
};

async function meet(code: ErrorCode): Promise<EngineError> {
  const db = await open();
  try {
    await WAYS[code](db);
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    return error as EngineError;
  }
  throw new Error(`${code} was not met`);
}

describe('every documented code can be met:', () => {
  test.each(Object.keys(ERROR_CODES) as ErrorCode[])('%s', async (code) => {
    const error = await meet(code);
    expect(error.code).toBe(code);
    expect(error.name).toBe('EngineError');
    expect(error).toBeInstanceOf(Error);
    expect(error.message).not.toBe('');
    for (const { statusCode, message, fields } of error.issues) {
      expect(Object.hasOwn(ERROR_CODES, statusCode)).toBe(true);
      expect(message).not.toBe('');
      expect(Array.isArray(fields)).toBe(true);
    }
  });

  test('and each has a sentence that says what it means', () => {
    for (const [code, meaning] of Object.entries(ERROR_CODES)) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
    }
  });
});

/** Salesforce's own texts (reference 3.5), with the record's value left out where Salesforce prints it. */
const TEXTS: Partial<Record<ErrorCode, Issue>> = {
  ALL_OR_NONE_OPERATION_ROLLED_BACK: {
    statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
    message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
    fields: [],
  },
  ENTITY_IS_DELETED: { statusCode: 'ENTITY_IS_DELETED', message: 'entity is deleted', fields: [] },
  INVALID_CROSS_REFERENCE_KEY: {
    statusCode: 'INVALID_CROSS_REFERENCE_KEY',
    message: 'invalid cross reference id',
    fields: [],
  },
  INVALID_FIELD: {
    statusCode: 'INVALID_FIELD',
    message:
      "No such column 'Nope' on entity 'SOSSession'. If you are attempting to use a custom field, be sure to append the '__c' " +
      'after the custom field name. Please reference your WSDL or the describe call for the appropriate names.',
    fields: ['Nope'],
  },
  INVALID_FIELD_FOR_INSERT_UPDATE: {
    statusCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
    message:
      'Unable to create/update fields: Name. Please check the security settings of this field and verify that it is ' +
      'read/write for your profile or permission set.',
    fields: ['Name'],
  },
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: {
    statusCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    message: 'Type: bad value for restricted picklist field',
    fields: ['Type'],
  },
  INVALID_TYPE: {
    statusCode: 'INVALID_TYPE',
    message:
      "sObject type 'Nope' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after " +
      'the entity name. Please reference your WSDL or the describe call for the appropriate names.',
    fields: [],
  },
  MALFORMED_ID: { statusCode: 'MALFORMED_ID', message: 'malformed id', fields: ['Id'] },
  NOT_FOUND: {
    statusCode: 'NOT_FOUND',
    message: 'Provided external ID field does not exist or is not accessible: AppVersion',
    fields: ['AppVersion'],
  },
  REQUIRED_FIELD_MISSING: {
    statusCode: 'REQUIRED_FIELD_MISSING',
    message: 'Required fields are missing: [AgentId, LoginTime, LogoutTime]',
    fields: ['AgentId', 'LoginTime', 'LogoutTime'],
  },
  STRING_TOO_LONG: {
    statusCode: 'STRING_TOO_LONG',
    message: 'App Version: data value too large (max length=64)',
    fields: ['AppVersion'],
  },
  UNDELETE_FAILED: { statusCode: 'UNDELETE_FAILED', message: 'Entity is not in the recycle bin', fields: [] },
};

describe('the text is Salesforce’s for', () => {
  test.each(Object.entries(TEXTS))('%s', async (code, issue) => {
    expect((await meet(code as ErrorCode)).issues).toEqual([issue]);
  });
});

describe('an error', () => {
  test('of several problems says them all in its message', () => {
    const issues = [1, 2].map((n): Issue => ({ statusCode: 'INVALID_FIELD', message: `problem ${n}`, fields: [] }));
    const error = new EngineError(issues, { cause: 'why' });
    expect([error.message, error.cause, error.code]).toEqual(['problem 1; problem 2', 'why', 'INVALID_FIELD']);
  });

  test('of an abort keeps the reason', async () => {
    expect((await meet('ABORTED')).cause).toBe(raised.reason);
  });

  test('that a listener throws is told to onError, and what that throws breaks no commit', async () => {
    const late: unknown[] = [];
    const catchLate = (error: unknown) => late.push(error);
    process.on('uncaughtException', catchLate);
    const db = await openDatabase({
      name: 'loud',
      objects,
      env: createFakeEnvironment(),
      onError: () => {
        throw new Error('onError');
      },
    });
    const heard: number[] = [];
    db.changes$.subscribe({ next: ({ sequence }) => heard.push(sequence) });
    const live = db.SOSSession.live();
    live.subscribe(() => {
      throw new Error('listener');
    });
    expect(await db.SOSSession.create({})).toMatchObject({ success: true });
    expect(await db.SOSSession.create({})).toMatchObject({ success: true });
    expect(heard).toEqual([1, 2]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('uncaughtException', catchLate);
    expect(late).toEqual([new Error('onError'), new Error('onError')]);
  });
});

describe('a database is not opened with', () => {
  const openWith = (options: object) =>
    openDatabase({ name: 'x', objects, env: createFakeEnvironment(), ...options } as never);
  const codeOf = (options: object) =>
    openWith(options).then(
      () => undefined,
      (error: EngineError) => error.code,
    );

  test('an option it does not have, or one of the wrong value', async () => {
    expect(
      await codeOf({ user: USER, feedMax: 0, autoIndex: false, compile: false, apiVersion: '67.0' }),
    ).toBeUndefined();
    expect(await codeOf({ userId: USER })).toBe('INVALID_OPTION');
    for (const feedMax of [-1, 1.5, Number.NaN, '5', null]) expect(await codeOf({ feedMax })).toBe('INVALID_OPTION');
    for (const env of [{}, { now: () => 0 }]) expect(await codeOf({ env })).toBe('INVALID_OPTION');
    for (const user of ['nobody', '']) expect(await codeOf({ user })).toBe('MALFORMED_ID');
    for (const objects of [undefined, null, {}, 'LiveAgentSession', [{}], [null], [{ name: 'Visit', fields: {} }]])
      expect(await codeOf({ objects }), String(objects)).toBe('INVALID_DEFINITION');
  });

  test('an index on what is no field, on what can have none, or on nothing', async () => {
    expect(await codeOf({ indexes: { SOSSession: ['AppVersion', ['CaseId', 'StartTime']] } })).toBeUndefined();
    for (const index of ['Nope', 'OpentokSession', 'Id', ['AppVersion', 'Nope'], []])
      expect(await codeOf({ indexes: { SOSSession: [index] } }), String(index)).toBe('INVALID_DEFINITION');
    expect(await codeOf({ indexes: { Nope: ['x'] } })).toBe('INVALID_TYPE');
    for (const list of [5, [5], [[5]], 'CaseId'])
      expect(await codeOf({ indexes: { SOSSession: list } }), String(list)).toBe('INVALID_OPTION');
    // An object that the version does not have yet takes none.
    expect(await codeOf({ apiVersion: '30.0', indexes: { SOSSession: ['CaseId'] } })).toBeUndefined();
  });

  test('objects that do not go together', async () => {
    const one = defineObject({
      name: 'One__c',
      id: { kind: 'salesforce', prefix: '005' },
      fields: { User__c: { type: 'reference', referenceTo: ['User'] } },
    });
    expect(await codeOf({ objects: [one] })).toBeUndefined();
    expect(await codeOf({ objects: [one, ...objects] })).toBe('INVALID_DEFINITION');
    const rows = defineObject({ name: 'Rows__c', fields: { OldValue: { type: 'anyType' } } });
    const tracked = defineObject({
      name: 'Tracked__c',
      fields: { A__c: { type: 'string' } },
      history: { object: 'Rows__c', parentField: 'Tracked__c', fields: ['A__c'] },
    });
    expect(await codeOf({ objects: [tracked] })).toBeUndefined();
    expect(await codeOf({ objects: [tracked, rows] })).toBe('INVALID_DEFINITION');
  });

  test('no options at all', async () => {
    for (const none of [undefined, null, 5, 'x'])
      expect((await errorOf(() => openDatabase(none as never))).code).toBe('INVALID_OPTION');
  });

  test('a default that its own field refuses', async () => {
    const bad: object[] = [
      { type: 'int', defaultValue: 1.5 },
      { type: 'int', defaultValue: Number.NaN },
      { type: 'dateTime', defaultValue: 'soon' },
      { type: 'string', length: 2, defaultValue: 'long' },
      {
        type: 'picklist',
        values: ['a'],
        defaultValue: 'z',
        properties: 'Create, Defaulted on create, Restricted picklist',
      },
    ];
    for (const field of bad) {
      const own = defineObject({ name: 'Own__c', fields: { A__c: field } } as never);
      expect(await codeOf({ objects: [own] }), JSON.stringify(field)).toBe('INVALID_DEFINITION');
    }
    const Own = defineObject({
      name: 'Own__c',
      fields: {
        A__c: { type: 'dateTime', defaultValue: '2026-01-12T12:00:00+0200', properties: 'Create, Defaulted on create' },
      },
    });
    const db = await openDatabase({ name: 'x', objects: [Own], env: createFakeEnvironment() });
    await db.Own__c.create({});
    expect(db.Own__c.findOne()?.A__c).toBe('2026-01-12T10:00:00.000Z');
  });
});

describe('an object is not defined with', () => {
  const problemsOf = (spec: object): readonly string[] => {
    try {
      defineObject({ name: 'Visit', fields: { Note: { type: 'string' } }, ...spec } as never);
      return [];
    } catch (error) {
      expect((error as EngineError).code).toBe('INVALID_DEFINITION');
      return (error as EngineError).issues.map(({ message }) => message);
    }
  };
  const field = (spec: object) => problemsOf({ fields: { Field: spec } });

  test('fields that contradict themselves, told all together', () => {
    expect(
      problemsOf({
        fields: {
          'a b': { type: 'string' },
          constructor: { type: 'string' },
          Odd: { type: 'string', properties: 'Create, Sometimes' },
          Secret: { type: 'encryptedstring', properties: 'Filter' },
          Owner: { type: 'reference' },
          Picked: { type: 'picklist', properties: 'Restricted picklist' },
          Number: { type: 'int', properties: 'Autonumber' },
          Format: { type: 'string', displayFormat: '{x}' },
          Thing: { type: 'object' },
          Things: { type: 'list' },
          Kind: { type: 'strign' },
        },
      }),
    ).toEqual([
      'Visit: a b: not a usable field name',
      'Visit: constructor: not a usable field name',
      "Visit: Odd: unknown property 'Sometimes'",
      'Visit: Secret: an encryptedstring can be neither filtered, sorted nor grouped',
      'Visit: Owner: a reference needs referenceTo',
      'Visit: Picked: a restricted picklist needs values',
      'Visit: Number: an autonumber is a string',
      'Visit: Format: a display format has exactly one {0}',
      'Visit: Thing: an object needs fields',
      'Visit: Things: a list needs of',
      'Visit: Kind: there is no such type',
    ]);
  });

  test('a name, prefix, call, key or role that is none', () => {
    for (const name of ['', 'a b', '1a', '__proto__', 'toString', 'x'.repeat(81)])
      expect(problemsOf({ name })).toEqual([`${name.slice(0, 80)}: not a usable object name`]);
    expect(problemsOf({ fields: {} })).toEqual(['Visit: an object has 1 to 800 fields']);
    expect(problemsOf({ id: { kind: 'salesforce', prefix: 'a' } })).toEqual(['Visit: a key prefix has 3 characters']);
    expect(problemsOf({ calls: ['create', 'destroy'] })).toEqual(['Visit: unknown call destroy']);
    expect(problemsOf({ unique: ['Nope'], indexes: [['Note', 'Nope']] })).toEqual([
      'Visit: index on unknown field Nope',
      'Visit: index on unknown field Nope',
    ]);
    expect(problemsOf({ roles: { owner: 'Nope' } })).toEqual(['Visit: role owner names unknown field Nope']);
    expect(problemsOf({ system: 'minimal' })).toEqual(['Visit: a minimal object must name the field of its id']);
    expect(problemsOf({ history: { object: 'H', parentField: 'P', fields: ['Nope'] } })).toEqual([
      'Visit: tracked field Nope is unknown',
    ]);
  });

  test('keys it does not have, or parts of another kind', () => {
    expect(problemsOf({ uniqe: ['Note'] })).toEqual(["Visit: an object: there is no 'uniqe'"]);
    expect(field({ type: 'string', lenght: 3 })).toEqual(["Visit: Field: there is no 'lenght'"]);
    expect(field({ type: 'string', properties: 5 })).toEqual(['Visit: Field: properties is a string']);
    expect(field({ type: 'object', fields: { x: null } })).toEqual(['Visit: Field.x is a plain object']);
    expect(problemsOf({ unique: 5 })).toEqual(['Visit: an object: unique is a list']);
    expect(problemsOf({ unique: [5] })).toEqual(['Visit: an index or unique key is a field or a list of fields']);
    expect(problemsOf({ fields: undefined })).toEqual(['Visit: an object has fields']);
    expect(problemsOf({ history: { object: 'H' } })).toEqual([
      'Visit: history and feed name an object, its parentField and the fields tracked',
    ]);
    expect(problemsOf({ onDuplicate: 'merge' })).toEqual(["Visit: onDuplicate is 'refuse' or 'update'"]);
  });

  test('a key of upserts that cannot be looked up', () => {
    for (const key of [
      { type: 'textarea', properties: 'Create, Filter, idLookup, Update' },
      { type: 'string', externalId: true, properties: 'Create, Update' },
    ])
      expect(field(key)).toHaveLength(1);
  });

  test('values nested without end, or keys every object inherits', () => {
    let deep: object = { type: 'string' };
    for (let i = 0; i < 12; i++) deep = { type: 'list', of: deep };
    expect(field(deep)).toHaveLength(1);
    expect(field({ type: 'object', fields: JSON.parse('{"__proto__":{"type":"string"}}') })).toEqual([
      'Visit: Field.__proto__: not a usable field name',
    ]);
  });
});
