import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkSources, FLOORS, type SourceFile } from './check-sources.ts';

const root = join(import.meta.dirname, '..');

function readSources(): SourceFile[] {
  const paths = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    );
  return paths.sort().map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

const sources = readSources();
const empty = (path: string): SourceFile => ({ path, text: '' });
const file = (path: string, text: string): SourceFile => ({ path, text });

describe('the sources', () => {
  test('are there', () => {
    expect(sources.length).toBeGreaterThan(80);
    for (const floor of FLOORS)
      expect(
        sources.some(({ path }) => floor.holds(path)),
        floor.name,
      ).toBe(true);
  });

  test('keep every rule of the house', () => {
    expect(checkSources(sources)).toEqual([]);
  });

  test('are read whole: each floor but the lowest imports something', () => {
    const importing = new Set(sources.filter(({ text }) => /from '\.{1,2}\//.test(text)).map(({ path }) => path));
    for (const floor of FLOORS.slice(1))
      expect(
        [...importing].some((path) => floor.holds(path)),
        floor.name,
      ).toBe(true);
  });
});

describe('a planted fault is caught:', () => {
  const ground = 'src/engine/ground/cellar.ts';
  const query = 'src/engine/query/plan.ts';
  const planted = (...files: SourceFile[]) => checkSources(files);

  test.each([
    ['an import', `import { plan } from '../query/plan.ts';`],
    ['an import of types', `import type { Plan } from '../query/plan.ts';`],
    ['an import of types among values', `import { type Plan } from '../query/plan.ts';`],
    ['an import for its effect', `import '../query/plan.ts';`],
    ['a re-export', `export * from '../query/plan.ts';`],
    ['a re-export of types', `export type { Plan } from '../query/plan.ts';`],
    ['a dynamic import', `const load = () => import('../query/plan.ts');`],
    ['a type read by import()', `type Plan = import('../query/plan.ts').Plan;`],
    ['a require', `const plan = require('../query/plan.ts');`],
  ])('upward by %s', (_, text) => {
    expect(planted(file(ground, text), empty(query))).toEqual([`${ground} -> ${query}: an upward import`]);
  });

  test('a dynamic import of something computed', () => {
    expect(planted(file(ground, 'const load = (name: string) => import(`../query/${name}.ts`);'))).toEqual([
      `${ground}: an import whose target is not a plain text`,
    ]);
  });

  test('an import between neighbours', () => {
    const zod = 'src/zod/schemas.ts';
    const catalog = 'src/collections/catalog.ts';
    expect(planted(file(zod, `import '../collections/catalog.ts';`), empty(catalog))).toEqual([
      `${zod} -> ${catalog}: neighbours may not see each other`,
    ]);
    const live = 'src/engine/live/delta.ts';
    const transfer = 'src/engine/transfer/read-rows.ts';
    expect(planted(file(live, `import '../transfer/read-rows.ts';`), empty(transfer))).toEqual([
      `${live} -> ${transfer}: neighbours may not see each other`,
    ]);
  });

  test('transfer looking at the store', () => {
    const transfer = 'src/engine/transfer/read-rows.ts';
    const store = 'src/engine/store/table.ts';
    expect(planted(file(transfer, `import '../store/table.ts';`), empty(store))).toEqual([
      `${transfer} -> ${store}: transfer may not see store`,
    ]);
    expect(planted(file(transfer, `import '../ground/cellar.ts';`), empty(ground))).toEqual([]);
  });

  test('a cycle, through types as well', () => {
    const other = 'src/engine/ground/ids.ts';
    expect(
      planted(file(ground, `import './ids.ts';`), file(other, `import type { Scalar } from './cellar.ts';`)),
    ).toEqual([`a cycle: ${ground} -> ${other} -> ${ground}`]);
  });

  test('a file that imports itself', () => {
    expect(planted(file(ground, `import './cellar.ts';`))).toEqual([`a cycle: ${ground} -> ${ground}`]);
  });

  test('a file on no floor', () => {
    expect(planted(empty('src/engine/attic/box.ts'))).toEqual(['src/engine/attic/box.ts: stands on no floor']);
    expect(planted(empty('src/loose.ts'))).toEqual(['src/loose.ts: stands on no floor']);
  });

  test('an import of a file that is not there', () => {
    expect(planted(file(ground, `import './gone.ts';`))).toEqual([
      `${ground} -> src/engine/ground/gone.ts: no such file`,
    ]);
  });

  test('a file too long by one line', () => {
    expect(planted(file(ground, '\n'.repeat(401)))).toEqual([`${ground}: 401 lines, more than 400`]);
    expect(planted(file(ground, '\n'.repeat(400)))).toEqual([]);
  });

  test.each(['readRows.ts', 'Read-rows.ts', 'read_rows.ts', 'read-rows.js', '-read.ts'])('the file name %s', (name) => {
    expect(planted(empty(`src/engine/ground/${name}`))).toEqual([`src/engine/ground/${name}: not a kebab-case name`]);
  });

  test('an inner index.ts', () => {
    expect(planted(empty('src/engine/query/index.ts'))).toEqual(['src/engine/query/index.ts: an inner index.ts']);
    expect(planted(empty('src/index.ts'))).toEqual([]);
  });

  test.each([
    ['Date.now', 'const at = Date.now();'],
    ['Math.random', 'const draw = Math.random;'],
    ['performance.now', 'const at = performance.now();'],
    ['setTimeout', 'setTimeout(() => undefined, 0);'],
    ['setTimeout', 'const wait = setTimeout;'],
    ['setTimeout', 'globalThis.setTimeout(() => undefined, 0);'],
    ['setInterval', 'setInterval(() => undefined, 0);'],
    ['fetch', 'await fetch(url);'],
    ['new Date()', 'const at = new Date();'],
  ])('%s outside the rim', (name, text) => {
    expect(planted(file(ground, text))).toEqual([`${ground}: ${name} is ambient`]);
    expect(planted(file('src/collections/catalog.ts', text))).toEqual([
      `src/collections/catalog.ts: ${name} is ambient`,
    ]);
    expect(planted(file('src/engine/ground/environment.ts', text))).toEqual([]);
    expect(planted(file('src/board/main.ts', text))).toEqual([]);
  });

  test('a platform module inside the engine', () => {
    expect(planted(file(query, `import { readFileSync } from 'node:fs';`))).toEqual([
      `${query} -> node:fs: the engine knows no platform`,
    ]);
  });

  test('while a member that only shares the name is no fault', () => {
    expect(planted(file(ground, 'interface Platform { setTimeout(action: () => void): unknown }'))).toEqual([]);
  });

  test('while words in comments and texts are no fault', () => {
    const text = `// import '../query/plan.ts'; Date.now() setTimeout()\nexport const hint = "import '../query/plan.ts'; fetch(x)";`;
    expect(planted(file(ground, text), empty(query))).toEqual([]);
  });
});
