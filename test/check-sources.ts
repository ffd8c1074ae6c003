import ts from 'typescript';

/** One file as the checker sees it; `path` from the root of the checkout, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

interface Floor {
  readonly name: string;
  readonly rank: number;
  readonly holds: (path: string) => boolean;
  /** The floors this one may see, where that is fewer than all below. */
  readonly sees?: readonly string[];
}

const under = (folder: string) => (path: string) => path.startsWith(`${folder}/`);

/** From the bottom. A file may import its own floor and lower ranks; floors of one rank are neighbours. */
export const FLOORS: readonly Floor[] = [
  { name: 'ground', rank: 0, holds: under('src/engine/ground') },
  { name: 'definition', rank: 1, holds: under('src/engine/definition') },
  { name: 'record', rank: 2, holds: under('src/engine/record') },
  { name: 'write', rank: 3, holds: under('src/engine/write') },
  { name: 'store', rank: 4, holds: under('src/engine/store') },
  { name: 'query', rank: 5, holds: under('src/engine/query') },
  { name: 'live', rank: 6, holds: under('src/engine/live') },
  { name: 'search', rank: 6, holds: under('src/engine/search') },
  { name: 'transfer', rank: 6, holds: under('src/engine/transfer'), sees: ['ground', 'definition'] },
  { name: 'storage', rank: 6, holds: under('src/engine/storage') },
  { name: 'calls', rank: 7, holds: under('src/engine/calls') },
  { name: 'tabs', rank: 8, holds: under('src/engine/tabs') },
  { name: 'engine', rank: 9, holds: (path) => /^src\/engine\/[^/]+$/.test(path) },
  { name: 'soql', rank: 10, holds: under('src/soql') },
  { name: 'collections', rank: 11, holds: under('src/collections') },
  { name: 'zod', rank: 11, holds: under('src/zod') },
  { name: 'react', rank: 11, holds: under('src/react') },
  { name: 'level', rank: 11, holds: under('src/level') },
  { name: 'dexie', rank: 11, holds: under('src/dexie') },
  { name: 'testing', rank: 11, holds: under('src/testing') },
  { name: 'rxdb', rank: 11, holds: under('src/rxdb') },
  { name: 'replication', rank: 11, holds: under('src/replication') },
  { name: 'server', rank: 12, holds: under('src/server') },
  { name: 'postgres', rank: 13, holds: under('src/postgres') },
  { name: 'index', rank: 14, holds: (path) => path === 'src/index.ts' },
  { name: 'board', rank: 15, holds: under('src/board') },
  { name: 'cli', rank: 16, holds: under('src/cli') },
];

const LINES_MAX = 400;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*\.ts$/;
const RIM = 'src/engine/ground/environment.ts';
const AMBIENT_NAMES: ReadonlySet<string> = new Set(['setTimeout', 'setInterval', 'setImmediate', 'fetch']);
const AMBIENT_MEMBERS: ReadonlySet<string> = new Set(['Date.now', 'Math.random', 'performance.now']);

interface Facts {
  /** What is imported, as written: types, re-exports and dynamic imports too. */
  readonly imports: string[];
  readonly ambient: string[];
  /** Dynamic imports whose target cannot be read off the text. */
  opaque: number;
}

function importOf(node: ts.Node, facts: Facts): void {
  let target: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) target = node.moduleSpecifier;
  else if (ts.isImportTypeNode(node))
    target = ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument;
  else if (ts.isExternalModuleReference(node)) target = node.expression;
  else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    target = node.arguments[0] ?? node;
  else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'require')
    target = node.arguments[0] ?? node;
  if (target === undefined) return;
  if (ts.isStringLiteralLike(target)) facts.imports.push(target.text);
  else facts.opaque++;
}

/** Whether `node` is what `parent` is called, rather than something it uses. */
function isNameOf(node: ts.Node, parent: ts.Node): boolean {
  return (parent as { readonly name?: ts.Node }).name === node;
}

function ambientOf(node: ts.Node, facts: Facts): void {
  if (ts.isPropertyAccessExpression(node)) {
    const name = `${node.expression.getText()}.${node.name.text}`;
    if (AMBIENT_MEMBERS.has(name.replace(/^globalThis\./, ''))) facts.ambient.push(name);
    if (AMBIENT_NAMES.has(node.name.text)) facts.ambient.push(node.name.text);
  }
  if (ts.isIdentifier(node) && AMBIENT_NAMES.has(node.text) && !isNameOf(node, node.parent))
    facts.ambient.push(node.text);
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments ?? []).length === 0)
    facts.ambient.push('new Date()');
}

function readFacts({ path, text }: SourceFile): Facts {
  const facts: Facts = { imports: [], ambient: [], opaque: 0 };
  const visit = (node: ts.Node): void => {
    importOf(node, facts);
    ambientOf(node, facts);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return facts;
}

/** `./x.ts` as seen from `path`. */
function resolve(path: string, target: string): string {
  const steps = path.split('/').slice(0, -1);
  for (const step of target.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '.') steps.push(step);
  }
  return steps.join('/');
}

function floorOf(path: string): Floor | undefined {
  return FLOORS.find((floor) => floor.holds(path));
}

function checkImport(path: string, target: string): string | undefined {
  const from = floorOf(path);
  const to = floorOf(target);
  if (from === undefined || to === undefined || from === to) return undefined;
  if (to.rank > from.rank) return `${path} -> ${target}: an upward import`;
  if (to.rank === from.rank) return `${path} -> ${target}: neighbours may not see each other`;
  if (from.sees !== undefined && !from.sees.includes(to.name))
    return `${path} -> ${target}: ${from.name} may not see ${to.name}`;
  return undefined;
}

function checkForm({ path, text }: SourceFile): string[] {
  const problems: string[] = [];
  const name = path.slice(path.lastIndexOf('/') + 1);
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (floorOf(path) === undefined) problems.push(`${path}: stands on no floor`);
  if (lines > LINES_MAX) problems.push(`${path}: ${lines} lines, more than ${LINES_MAX}`);
  if (!KEBAB_CASE.test(name)) problems.push(`${path}: not a kebab-case name`);
  if (name === 'index.ts' && path !== 'src/index.ts') problems.push(`${path}: an inner index.ts`);
  return problems;
}

function mustBePure(path: string): boolean {
  return path !== RIM && (path.startsWith('src/engine/') || path.startsWith('src/collections/'));
}

/** The cycles among files, each told once by the way it runs. */
function findCycles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      cycles.push(`a cycle: ${[...trail.slice(at), path].join(' -> ')}`);
      return;
    }
    if (done.has(path)) return;
    trail.push(path);
    for (const target of imports.get(path) ?? []) visit(target);
    trail.pop();
    done.add(path);
  };
  for (const path of imports.keys()) visit(path);
  return cycles;
}

/** Everything in `files` that breaks the rules of the house, in words; empty when nothing does. */
export function checkSources(files: readonly SourceFile[]): string[] {
  const problems: string[] = [];
  const known = new Set(files.map(({ path }) => path));
  const graph = new Map<string, string[]>();
  for (const file of files) {
    const { path } = file;
    problems.push(...checkForm(file));
    const facts = readFacts(file);
    const targets: string[] = [];
    for (const written of facts.imports) {
      if (written.startsWith('node:') && mustBePure(path))
        problems.push(`${path} -> ${written}: the engine knows no platform`);
      if (!written.startsWith('.')) continue;
      const target = resolve(path, written);
      if (!known.has(target)) problems.push(`${path} -> ${target}: no such file`);
      else targets.push(target);
    }
    if (facts.opaque > 0) problems.push(`${path}: an import whose target is not a plain text`);
    if (mustBePure(path)) for (const name of facts.ambient) problems.push(`${path}: ${name} is ambient`);
    for (const target of targets) {
      const problem = checkImport(path, target);
      if (problem !== undefined) problems.push(problem);
    }
    graph.set(path, targets);
  }
  return [...problems, ...findCycles(graph)];
}
