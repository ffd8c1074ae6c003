import 'fake-indexeddb/auto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examplesOf, runExample } from '../instruments/page-examples.ts';

const examples = examplesOf(readFileSync(new URL('../../docs/rxdb.md', import.meta.url), 'utf8'));

/** What the block stands on that moves documents: some of an older app, and a database as the block before opens it. */
const SETUP = `
import { createRxDatabase } from 'rxdb/plugins/core';
import { memoryStorage } from 'sojourn';
import { getRxStorageSojourn } from 'sojourn/rxdb';
const heroes = {
  schema: { version: 0, primaryKey: 'id', type: 'object', properties: { id: { type: 'string', maxLength: 40 } } },
};
const old = await createRxDatabase({ name: 'heroes', storage: getRxStorageDexie() });
await old.addCollections({ heroes });
await old.heroes.bulkInsert([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
await old.close();
const database = await createRxDatabase({ name: 'heroes', storage: getRxStorageSojourn({ storage: memoryStorage() }) });
await database.addCollections({ heroes });
`;

describe('docs/rxdb.md', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(import.meta.dirname, '.page-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('has an example of each move', () => expect(examples).toHaveLength(3));

  test.each(examples)('runs as printed: $heading', async ({ heading, code }) => {
    // Each is a page of its own, and there may be only one version of Dexie in each.
    Reflect.deleteProperty(globalThis, Symbol.for('Dexie'));
    const setup = code.includes('migrateStorage') ? SETUP : '';
    await runExample(join(folder, `${heading.replaceAll(' ', '-')}.ts`), code, setup);
  });
});
