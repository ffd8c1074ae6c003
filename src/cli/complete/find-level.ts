import type { ObjectDescription } from '../../index.ts';
import type { Catalog } from '../catalog.ts';
import type { Token } from './scan-tokens.ts';

/** What stands between one pair of parentheses, or in none; parentheses within are groups. */
export interface Level {
  readonly parent: Level | undefined;
  /** The token before the parenthesis. */
  readonly lead: Token | undefined;
  /** Its tokens before the cursor. */
  readonly before: Token[];
  /** Those after it. */
  readonly after: Token[];
}

const createLevel = (parent: Level | undefined, lead: Token | undefined): Level => ({
  parent,
  lead,
  before: [],
  after: [],
});

function groupOf(token: Token): Token {
  return { ...token, kind: 'group', text: '', word: '' };
}

/** The level that the cursor stands in, with those around it. `cursor` is the start of the word being typed. */
export function findLevel(tokens: readonly Token[], cursor: number): Level {
  let level = createLevel(undefined, undefined);
  let at = 0;
  for (let token = tokens[at]; token !== undefined && token.end <= cursor; token = tokens[++at]) {
    if (token.word === '(') level = createLevel(level, level.before.at(-1));
    else if (token.word === ')' && level.parent !== undefined) {
      level = level.parent;
      level.before.push(groupOf(token));
    } else level.before.push(token);
  }
  let open: Level | undefined = level;
  let depth = 0;
  for (const token of tokens.slice(at)) {
    if (token.word === '(') depth++;
    else if (token.word === ')' && depth > 0) depth--;
    else if (token.word === ')') open = open?.parent;
    else if (depth === 0 && token.start >= cursor) open?.after.push(token);
    if (open === undefined) break;
  }
  return level;
}

/** Whether a level is a query of its own, or the list of one object of RETURNING. */
function isQuery(level: Level): boolean {
  return level.parent === undefined || level.before[0]?.word === 'SELECT' || isReturning(level);
}

/** Whether a level lists what FIND is to return of one object. */
export function isReturning({ parent, lead }: Level): boolean {
  if (parent?.before[0]?.word !== 'FIND' || lead?.kind !== 'word') return false;
  return parent.before.some(({ word }) => word === 'RETURNING');
}

/** The level of the query that a level is part of. */
export function queryLevel(level: Level): Level {
  let query = level;
  while (!isQuery(query) && query.parent !== undefined) query = query.parent;
  return query;
}

/** Whether a query stands in the SELECT of another, so that it asks for children. */
export function isChildQuery({ parent, lead }: Level): boolean {
  return parent !== undefined && lead !== undefined && (lead.word === 'SELECT' || lead.word === ',');
}

/** The object that the query of a level is of, as far as it can be told. */
export function objectOf(query: Level, catalog: Catalog): ObjectDescription | undefined {
  if (isReturning(query)) return catalog.object(query.lead?.text ?? '');
  const tokens = [...query.before, ...query.after];
  const name = tokens[tokens.findIndex(({ word }) => word === 'FROM') + 1];
  if (name?.kind !== 'word' || !tokens.some(({ word }) => word === 'FROM')) return undefined;
  if (!isChildQuery(query) || query.parent === undefined) return catalog.object(name.text);
  const parent = objectOf(queryLevel(query.parent), catalog);
  const child = parent?.childRelationships.find(
    ({ relationshipName }) => relationshipName?.toLowerCase() === name.text.toLowerCase(),
  );
  return child === undefined ? undefined : catalog.object(child.childSObject);
}

/** The names by which a query's object can be named before its fields: itself and its alias. */
export function prefixesOf(query: Level): readonly string[] {
  const tokens = [...query.before, ...query.after];
  const from = tokens.findIndex(({ word }) => word === 'FROM');
  if (from < 0) return [];
  const [name, alias] = [tokens[from + 1], tokens[from + 2]];
  return [name, alias].flatMap((token) => (token?.kind === 'word' ? [token.word] : []));
}
