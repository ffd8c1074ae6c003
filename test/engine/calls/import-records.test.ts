import { beforeEach, describe, expect, test } from 'vitest';
import { genesys, salesforce, twilio } from '../../../src/collections/catalog.ts';
import { openDatabase } from '../../../src/index.ts';
import { createFakeEnvironment, NOON_MS } from '../../instruments/fake-environment.ts';
import { afterNoon, CHAT, idOf, issuesOf, NOON, USER } from '../../instruments/session-database.ts';

async function open() {
  const env = createFakeEnvironment();
  const objects = [...salesforce, ...genesys, ...twilio] as const;
  return { env, db: await openDatabase({ name: 'import', objects, user: USER, env }) };
}

let db: Awaited<ReturnType<typeof open>>['db'];
let env: Awaited<ReturnType<typeof open>>['env'];

beforeEach(async () => {
  ({ db, env } = await open());
});

const HOUR = 3_600_000;
const window = (from: number) => [afterNoon(from), afterNoon(from + HOUR)] as const;

const PROXY = {
  sid: `KC${'a'.repeat(32)}`,
  service_sid: `KS${'b'.repeat(32)}`,
  status: 'open',
  date_created: '2026-01-01T00:00:00Z',
  date_updated: '2026-01-01T00:00:00Z',
};

describe('an import from an API that sends no stamp', () => {
  test('stamps what it brings and what it changes with its own moment, so that getUpdated tells of it', async () => {
    await db.TwilioProxySession.import([PROXY]);
    expect(db.TwilioProxySession.getUpdated(...window(0)).ids).toEqual([PROXY.sid]);
    env.setNow(NOON_MS + 2 * HOUR);
    await db.TwilioProxySession.import([{ ...PROXY, status: 'closed', date_updated: afterNoon(0) }]);
    expect(db.TwilioProxySession.getUpdated(...window(2 * HOUR)).ids).toEqual([PROXY.sid]);
    expect(db.TwilioProxySession.get(PROXY.sid)).toMatchObject({
      status: 'closed',
      date_updated: NOON,
      SystemModstamp: afterNoon(2 * HOUR),
    });
  });

  test('never stamps earlier than what the source calls the last change', async () => {
    await db.TwilioProxySession.import([{ ...PROXY, date_updated: afterNoon(9 * HOUR) }]);
    expect(db.TwilioProxySession.get(PROXY.sid)?.SystemModstamp).toBe(afterNoon(9 * HOUR));
  });

  test('changes nothing where the record is held just so', async () => {
    await db.TwilioProxySession.import([PROXY]);
    const before = db.TwilioProxySession.get(PROXY.sid);
    const { sequence } = db;
    env.advance(HOUR);
    expect(await db.TwilioProxySession.import([PROXY])).toMatchObject({ created: 0, updated: 1 });
    expect(db.TwilioProxySession.get(PROXY.sid)).toBe(before);
    expect(db.sequence).toBe(sequence);
  });

  test('of a deletion tells getDeleted', async () => {
    const id = idOf(await db.LiveAgentSession.create(CHAT));
    const held = db.LiveAgentSession.get(id);
    env.setNow(NOON_MS + 2 * HOUR);
    const { SystemModstamp: _, ...row } = { ...held, IsDeleted: true };
    await db.LiveAgentSession.import([row]);
    expect(db.LiveAgentSession.getDeleted(...window(2 * HOUR)).deletedRecords).toEqual([
      { id, deletedDate: afterNoon(2 * HOUR) },
    ]);
  });
});

test('a stamp that the source gives is kept', async () => {
  const id = idOf(await db.LiveAgentSession.create(CHAT));
  const row = { ...db.LiveAgentSession.get(id), TimeIdle: 9, SystemModstamp: '2026-01-01T00:00:00.000+0000' };
  await db.LiveAgentSession.import([row]);
  expect(db.LiveAgentSession.get(id)).toMatchObject({ TimeIdle: 9, SystemModstamp: '2026-01-01T00:00:00.000Z' });
});

test('a create is stamped with its own moment, whatever date of creation it is given', async () => {
  const id = idOf(await db.GenesysSession.create({ type: 'web', createdDate: '2030-01-01T00:00:00Z' }));
  expect(db.GenesysSession.get(id)).toMatchObject({
    createdDate: '2030-01-01T00:00:00.000Z',
    SystemModstamp: NOON,
  });
  expect(db.GenesysSession.getUpdated(...window(0)).ids).toEqual([id]);
});

test('a row without what its object always has is reported, also where no create could give it', async () => {
  const { problems, created } = await db.LiveAgentSessionHistory.import([{ Id: '017000000000001AAA' }]);
  expect(created).toBe(0);
  expect(problems).toMatchObject([{ line: 1 }]);
  expect(problems[0]?.reason).toMatch(/^Required fields are missing: \[.*Field.*\]$/);
});

describe('nulls in lists and maps, whose elements are never null,', () => {
  const session = { id: '11111111-2222-4333-8444-555555555555', type: 'web' };

  test('are left out of what is imported, and told', async () => {
    const payload = [{ ...session, searchTerms: [null, 'a'], attributes: { x: null } }];
    expect(await db.GenesysSession.import(payload)).toMatchObject({
      created: 1,
      ignoredFields: { 'searchTerms[]': 1, 'attributes[]': 1 },
    });
    expect(db.GenesysSession.get(session.id)).toMatchObject({ searchTerms: ['a'], attributes: {} });
  });

  test('are refused in what is created', async () => {
    const create = () => db.GenesysSession.create({ type: 'web', searchTerms: [null] } as never);
    expect(await issuesOf(create)).toMatchObject([{ statusCode: 'INVALID_TYPE_ON_FIELD_IN_RECORD' }]);
  });
});
