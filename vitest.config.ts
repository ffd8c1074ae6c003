import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const LONG = /\/test\/(dexie|laws|level|postgres)\//;

const ALL = ['test/**/*.test.{ts,tsx}'];
const OF_RXDB = [
  'test/rxdb/**/*.test.ts',
  'test/laws/records-are-documents.test.ts',
  'test/server/rxdb*.test.ts',
  'test/replication/rxdb*.test.ts',
];

/** The folders of long tests come first, or the last of them would run while the other process has nothing left to do. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  // The README's code imports the package by its names.
  resolve: {
    alias: [
      { find: 'sojourn/collections', replacement: at('./src/collections/catalog.ts') },
      { find: 'sojourn/dexie', replacement: at('./src/dexie/dexie-storage.ts') },
      { find: 'sojourn/level', replacement: at('./src/level/level-storage.ts') },
      { find: 'sojourn/react', replacement: at('./src/react/hooks.ts') },
      { find: 'sojourn/postgres', replacement: at('./src/postgres/postgres.ts') },
      { find: 'sojourn/replication', replacement: at('./src/replication/replication.ts') },
      { find: 'sojourn/rxdb', replacement: at('./src/rxdb/rxdb.ts') },
      { find: 'sojourn/server', replacement: at('./src/server/server.ts') },
      { find: 'sojourn/soql', replacement: at('./src/soql/soql-tag.ts') },
      { find: 'sojourn/testing', replacement: at('./src/testing/storage-checks.ts') },
      { find: 'sojourn/zod', replacement: at('./src/zod/schemas.ts') },
      { find: /^sojourn$/, replacement: at('./src/index.ts') },
      // RxDB's shipped tests use two packages that it does not bring along.
      { find: /^async-test-util$/, replacement: at('./test/instruments/async-test-util.ts') },
      { find: /^clone$/, replacement: at('./test/instruments/clone.ts') },
    ],
  },
  test: {
    // Those files alone: the rest is checked by `npm run check`.
    typecheck: { include: ['test/**/*.test-d.ts'], tsconfig: './test/types/tsconfig.json' },
    // What is waited for comes at once on a quiet machine; on a busy one it may take its time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { interval: 10, timeout: 20_000 } },
    maxWorkers: 2,
    server: { deps: { inline: [/rxdb\/dist\/esm\/plugins\/test-utils/] } },
    projects: [
      // A process for each file would load the same modules two hundred times. None of them holds anything that a test changes,
      // but for RxDB, which keeps its plugins and counts its collections.
      { extends: true, test: { name: 'sojourn', include: ALL, exclude: OF_RXDB, isolate: false } },
      { extends: true, test: { name: 'rxdb', include: OF_RXDB, isolate: true, typecheck: { enabled: false } } },
    ],
    sequence: { sequencer: LongFirst },
  },
});
