import { defineConfig } from 'tsup';

export default defineConfig(({ dts }) => ({
  entry: {
    index: 'src/index.ts',
    'collections/catalog': 'src/collections/catalog.ts',
    'zod/schemas': 'src/zod/schemas.ts',
    'soql/soql-tag': 'src/soql/soql-tag.ts',
    'react/hooks': 'src/react/hooks.ts',
    'dexie/dexie-storage': 'src/dexie/dexie-storage.ts',
    'level/level-storage': 'src/level/level-storage.ts',
    'replication/replication': 'src/replication/replication.ts',
    'rxdb/rxdb': 'src/rxdb/rxdb.ts',
    'server/server': 'src/server/server.ts',
    'postgres/postgres': 'src/postgres/postgres.ts',
    'testing/storage-checks': 'src/testing/storage-checks.ts',
    'board/main': 'src/board/main.ts',
    'cli/main': 'src/cli/main.ts',
  },
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  splitting: true,
  // `npm start` builds without declarations, and must not take those of a full build away.
  clean: dts === false ? ['!**/*.d.ts'] : true,
  sourcemap: true,
  dts: {
    entry: {
      index: 'src/index.ts',
      'collections/catalog': 'src/collections/catalog.ts',
      'zod/schemas': 'src/zod/schemas.ts',
      'soql/soql-tag': 'src/soql/soql-tag.ts',
      'react/hooks': 'src/react/hooks.ts',
      'dexie/dexie-storage': 'src/dexie/dexie-storage.ts',
      'level/level-storage': 'src/level/level-storage.ts',
      'replication/replication': 'src/replication/replication.ts',
      'rxdb/rxdb': 'src/rxdb/rxdb.ts',
      'server/server': 'src/server/server.ts',
      'postgres/postgres': 'src/postgres/postgres.ts',
      'testing/storage-checks': 'src/testing/storage-checks.ts',
    },
    // The declaration builder sets baseUrl, of which TypeScript 6 warns as an error.
    compilerOptions: { ignoreDeprecations: '6.0' },
  },
  external: [/^node:/, 'classic-level', 'dexie', 'postgres', 'rxdb'],
}));
