import { describe, expect, test } from 'vitest';
import { genesys, salesforce, twilio } from '../../../src/collections/catalog.ts';
import { CALLS, type Call } from '../../../src/engine/definition/definition.ts';
import { defineObject } from '../../../src/index.ts';
import { openAny, USER_ID } from '../../instruments/any-database.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { issuesOf, NOON } from '../../instruments/session-database.ts';

const objects = [...salesforce, ...genesys, ...twilio];

/** How each call is made, whatever its arguments; describe and search are not refused by an object. */
const attempts: Partial<Record<Call, (collection: Record<string, (...given: unknown[]) => unknown>) => unknown>> = {
  create: (collection) => collection.create?.({}),
  update: (collection) => collection.update?.({}),
  upsert: (collection) => collection.upsert?.('Nope', {}),
  delete: (collection) => collection.delete?.('nobody'),
  undelete: (collection) => collection.undelete?.('nobody'),
  retrieve: (collection) => collection.retrieve?.([]),
  query: (collection) => collection.find?.({}),
  getUpdated: (collection) => collection.getUpdated?.(NOON, NOON),
  getDeleted: (collection) => collection.getDeleted?.(NOON, NOON),
};

describe.each(objects.map((definition) => [definition.name, definition] as const))('%s', (name, definition) => {
  test('does the calls it lists and refuses all others', async () => {
    const db = await openAny({ objects: objects as never, user: USER_ID, env: createFakeEnvironment() });
    const collection = db.collection(name as never) as never;
    for (const call of CALLS) {
      const attempt = attempts[call];
      if (attempt === undefined) continue;
      const issues = await issuesOf(() => attempt(collection));
      const refusal = { statusCode: 'METHOD_NOT_ALLOWED', message: `${name} does not support ${call}()`, fields: [] };
      if ((definition.calls as ReadonlySet<Call>).has(call)) expect(issues).not.toContainEqual(refusal);
      else expect(issues).toEqual([refusal]);
    }
    await db.close();
  });

  test('refuses the same calls inside a transaction', async () => {
    const db = await openAny({ objects: objects as never, user: USER_ID, env: createFakeEnvironment() });
    const codes = new Map<string, string | undefined>();
    for (const call of ['create', 'update', 'delete', 'undelete', 'upsert'] as const) {
      const issues = await issuesOf(() =>
        db.transaction((tx) => attempts[call]?.((tx as never as { collection(name: string): never }).collection(name))),
      );
      codes.set(call, issues[0]?.statusCode);
    }
    for (const [call, code] of codes) {
      expect(code === 'METHOD_NOT_ALLOWED', call).toBe(!(definition.calls as ReadonlySet<string>).has(call));
    }
  });
});

test('no query of any kind is answered by an object that lists none', async () => {
  const Silent = defineObject({ name: 'Silent', calls: ['create', 'delete'], fields: { Note: { type: 'string' } } });
  const db = await openAny({ objects: [Silent] as never, env: createFakeEnvironment() });
  const silent = db.collection('Silent');
  const reads = [
    () => silent.find(),
    () => silent.findOne(),
    () => silent.count(),
    () => silent.aggregate({ select: { n: { $count: '*' } } } as never),
    () => silent.explain({}),
    () => silent.live(),
  ];
  for (const read of reads)
    expect(await issuesOf(read)).toMatchObject([{ message: 'Silent does not support query()' }]);
});
