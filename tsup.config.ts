import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'collections/catalog': 'src/collections/catalog.ts',
    'zod/schemas': 'src/zod/schemas.ts',
    'board/main': 'src/board/main.ts',
  },
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  splitting: true,
  clean: true,
  sourcemap: true,
  dts: {
    entry: {
      index: 'src/index.ts',
      'collections/catalog': 'src/collections/catalog.ts',
      'zod/schemas': 'src/zod/schemas.ts',
    },
  },
  // tsup's declaration builder sets baseUrl, which TypeScript 6 warns of as an error.
  external: [/^node:/],
});
