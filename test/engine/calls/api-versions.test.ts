import { describe, expect, test } from 'vitest';
import { genesys, LiveAgentSession, salesforce, twilio } from '../../../src/collections/catalog.ts';
import { openDatabase } from '../../../src/index.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { CHAT, errorOf, USER } from '../../instruments/session-database.ts';

function open(apiVersion?: string) {
  return openDatabase({
    name: 'old',
    objects: [...salesforce, ...genesys, ...twilio],
    user: USER,
    apiVersion,
    env: createFakeEnvironment(),
  });
}

function namesOf(db: Awaited<ReturnType<typeof open>>): readonly string[] {
  return db.describeGlobal().sobjects.map(({ name }) => name);
}

describe('a database opened with an API version', () => {
  test.each([
    ['27.0', false, false],
    ['28.0', true, false],
    ['33.0', true, false],
    ['34.0', true, true],
    ['67.0', true, true],
    ['v34.0', true, true],
    ['34', true, true],
  ])('of %s has chat sessions: %s, SOS sessions: %s', async (version, chat, sos) => {
    const db = await open(version);
    const names = namesOf(db);
    for (const name of [
      'LiveAgentSession',
      'LiveAgentSessionHistory',
      'LiveAgentSessionShare',
      'LiveAgentSessionOwnerSharingRule',
    ])
      expect(names.includes(name), name).toBe(chat);
    for (const name of [
      'SOSSession',
      'SOSSessionFeed',
      'SOSSessionHistory',
      'SOSSessionShare',
      'SOSSessionActivity',
      'SOSDeployment',
    ])
      expect(names.includes(name), name).toBe(sos);
    for (const name of ['User', 'Case', 'GenesysSession', 'TwilioProxySession']) expect(names).toContain(name);
  });

  test('has all objects when none is asked for', async () => {
    expect(namesOf(await open())).toHaveLength(salesforce.length + genesys.length + twilio.length);
  });

  test('knows nothing of an object that comes later', async () => {
    const db = await open('33.0');
    expect(db.SOSSession).toBeUndefined();
    const error = await errorOf(() => db.collection('SOSSession'));
    expect(error.issues).toEqual([
      {
        statusCode: 'INVALID_TYPE',
        message:
          "sObject type 'SOSSession' is not supported. If you are attempting to use a custom object, be sure to append the " +
          "'__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.",
        fields: [],
      },
    ]);
    expect(await errorOf(() => db.transaction((tx) => tx.collection('SOSSession')))).toMatchObject({
      code: 'INVALID_TYPE',
    });
    expect(db.Case.describe().childRelationships.map(({ childSObject }) => childSObject)).not.toContain('SOSSession');
    await db.LiveAgentSession.create(CHAT);
    expect(db.LiveAgentSession.size).toBe(1);
  });

  test.each(['', '34.5', 'latest', '-1', '1e3', '34.0.0'])('refuses the version %j', async (version) => {
    expect(await errorOf(() => open(version))).toMatchObject({ code: 'INVALID_OPTION' });
  });
});

test('two objects of one name are refused', async () => {
  const error = await errorOf(() => openDatabase({ name: 'twice', objects: [LiveAgentSession, LiveAgentSession] }));
  expect(error).toMatchObject({ code: 'INVALID_DEFINITION', message: 'two objects are called LiveAgentSession' });
});
