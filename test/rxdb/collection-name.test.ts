import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameOfCollection } from '../../src/rxdb/collection-name.ts';
import { codeOf } from '../instruments/any-database.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';

const env = createFakeEnvironment();
const part = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'A', '-', '.', '_', '0', '2', 'd', 'ç', '\ud800'), maxLength: 5 }),
  fc.string({ maxLength: 60 }),
);
const identity = fc.record({ databaseName: part, collectionName: part, version: fc.nat({ max: 20 }) });

test('two collections never have one name, not even where case makes no difference, and each is a name for a file', async () => {
  await fc.assert(
    fc.asyncProperty(identity, identity, async (one, other) => {
      const [left, right] = [await nameOfCollection(one, env), await nameOfCollection(other, env)];
      for (const name of [left, right]) expect(name).toMatch(/^rx-[a-z0-9._-]{0,97}$/);
      expect(left === right).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
    lawOptions(1_000),
  );
});

test('a name that is long needs a digest', async () => {
  const { digest: _, ...without } = env;
  const long = { databaseName: 'x'.repeat(200), collectionName: 'y', version: 0 };
  expect(await codeOf(() => nameOfCollection(long, without as never))).toBe('INVALID_OPTION');
  expect(await nameOfCollection({ ...long, databaseName: 'x' }, without as never)).toBe('rx-x-y-0');
});
