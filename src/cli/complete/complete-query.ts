import type { FieldDescription } from '../../index.ts';
import type { Catalog } from '../catalog.ts';
import { type FieldsAt, fieldsAt } from './fields-at.ts';
import { findLevel, isChildQuery, isReturning, type Level, objectOf, prefixesOf, queryLevel } from './find-level.ts';
import { isInComment, scanTokens, type Token } from './scan-tokens.ts';
import * as words from './vocabulary.ts';

/** What may be typed at a place, names in their own case. */
export interface Choices {
  /** Where the word begins that a choice takes the place of. */
  readonly from: number;
  readonly names: readonly string[];
  readonly keywords: readonly string[];
}

/** The cursor's place in a query. */
interface Place {
  readonly catalog: Catalog;
  readonly level: Level;
  readonly query: Level;
  /** The relationships typed before the word, as in `Agent.`. */
  readonly path: readonly string[];
}

type Found = Omit<Choices, 'from'>;
type FieldTest = (field: FieldDescription) => boolean;

const NOTHING: Found = { names: [], keywords: [] };
const CLAUSES = new Set('SELECT FROM WHERE HAVING GROUP ORDER LIMIT OFFSET USING WITH FOR FIND RETURNING'.split(' '));
const COMPARISONS = new Set(['=', '!=', '<>', '<', '<=', '>', '>=', 'LIKE']);
const LISTS = new Set(['IN', 'INCLUDES', 'EXCLUDES']);
const CONSTANTS = new Set(['TRUE', 'FALSE', 'NULL']);

const keywordsOnly = (keywords: readonly string[]): Found => ({ names: [], keywords });

/** The clause that ends `tokens`: its word and what has been typed of it. */
function clauseOf(tokens: readonly Token[]): { word: string; rest: readonly Token[] } {
  for (let at = tokens.length - 1; at >= 0; at--) {
    const { kind, word } = tokens[at] as Token;
    // What follows FROM is a name, even where it looks like a clause, as Group does.
    if (kind === 'word' && CLAUSES.has(word) && tokens[at - 1]?.word !== 'FROM')
      return { word, rest: tokens.slice(at + 1) };
  }
  return { word: '', rest: tokens };
}

function fieldsHere({ catalog, query, path }: Place): FieldsAt | undefined {
  const object = objectOf(query, catalog);
  return object === undefined ? undefined : fieldsAt(object, path, prefixesOf(query), catalog);
}

/** Whether a query gets through a reference: to objects that the database holds, by a name that begins no clause. */
function canBeFollowed({ relationshipName, referenceTo }: FieldDescription, { catalog, path }: Place): boolean {
  if (relationshipName === null || !referenceTo.some((name) => catalog.object(name) !== undefined)) return false;
  return path.length > 0 || !CLAUSES.has(relationshipName.toUpperCase());
}

function fieldNames(place: Place, test: FieldTest): string[] {
  const here = fieldsHere(place);
  if (here === undefined) return [];
  const names = here.fields.filter((field) => test(field) || field.fields !== null).map(({ name }) => name);
  const parents = here.fields.flatMap((field) => (canBeFollowed(field, place) ? [`${field.relationshipName}.`] : []));
  return [...names, ...parents, ...(here.isPolymorphic ? ['Type'] : [])];
}

function operands(place: Place, test: FieldTest, keywords: readonly string[]): Found {
  return { names: fieldNames(place, test), keywords: place.path.length > 0 ? [] : keywords };
}

/** The field whose path ends `tokens`. */
function fieldBefore(tokens: readonly Token[], place: Place): FieldDescription | undefined {
  const names: string[] = [];
  let at = tokens.length - 1;
  for (; tokens[at]?.kind === 'word'; at -= 2) {
    names.unshift((tokens[at] as Token).text);
    if (tokens[at - 1]?.word !== '.') break;
  }
  const last = names.pop()?.toLowerCase();
  return fieldsHere({ ...place, path: names })?.fields.find(({ name }) => name.toLowerCase() === last);
}

/** The field that a value at this place is compared with. */
function comparedField(place: Place, before: readonly Token[]): FieldDescription | undefined {
  const last = before.at(-1);
  if (last !== undefined && COMPARISONS.has(last.word)) return fieldBefore(before.slice(0, -1), place);
  const { level } = place;
  if (level.parent === undefined || level.lead === undefined || !LISTS.has(level.lead.word)) return undefined;
  const outer = level.parent.before.slice(0, -1);
  return fieldBefore(outer.at(-1)?.word === 'NOT' ? outer.slice(0, -1) : outer, place);
}

const quoted = (value: string) => value.replace(/['\\]/g, '\\$&');

function values(place: Place, field: FieldDescription | undefined): Found {
  if (field === undefined) return keywordsOnly(['NULL']);
  if (field.type === 'datetime' || field.type === 'date') return keywordsOnly([...words.DATE_LITERALS, 'NULL']);
  if (field.type === 'boolean') return keywordsOnly(['TRUE', 'FALSE']);
  const names = field.picklistValues.map(({ value }) => `'${quoted(value)}'`);
  return { names, keywords: place.level === place.query ? ['NULL'] : [] };
}

function isOperand(last: Token | undefined): boolean {
  return last === undefined || last.word === ',' || last.word === 'NOT' || last.word === 'AND' || last.word === 'OR';
}

function endsCondition(rest: readonly Token[]): boolean {
  const last = rest.at(-1);
  if (last === undefined) return false;
  if (last.kind === 'text' || last.kind === 'value' || CONSTANTS.has(last.word)) return true;
  const before = rest.at(-2);
  if (last.kind === 'group') return before === undefined || LISTS.has(before.word) || isOperand(before);
  return last.kind === 'word' && before !== undefined && COMPARISONS.has(before.word);
}

function conditions(
  place: Place,
  rest: readonly Token[],
  after: readonly string[],
  functions: readonly string[],
): Found {
  const { level, query } = place;
  const here = level === query ? rest : level.before;
  const last = here.at(-1);
  if (level !== query && level.lead !== undefined && LISTS.has(level.lead.word)) {
    const found = values(place, comparedField(place, here));
    return here.length === 0 ? { ...found, keywords: ['SELECT'] } : last?.word === ',' ? found : NOTHING;
  }
  if (last !== undefined && COMPARISONS.has(last.word)) return values(place, comparedField(place, here));
  if (isOperand(last)) return operands(place, ({ filterable }) => filterable, ['NOT', ...functions]);
  if (endsCondition(here)) return keywordsOnly(level === query ? after : ['AND', 'OR']);
  return last?.kind === 'word' || last?.kind === 'group' ? keywordsOnly(words.OPERATORS) : NOTHING;
}

function selected(place: Place, rest: readonly Token[]): Found {
  const { level, query } = place;
  if (level !== query && level.lead?.word === 'FIELDS') return keywordsOnly(words.FIELD_SETS);
  const last = level === query ? rest.at(-1) : level.before.at(-1);
  if (last !== undefined && last.word !== ',') return level === query ? keywordsOnly(['FROM']) : NOTHING;
  // A parenthesis after SELECT or a comma begins a child query.
  if (isChildQuery(level) && !isReturning(level) && level !== query) return keywordsOnly(['SELECT']);
  return operands(place, () => true, words.SELECT_WORDS);
}

function objects(place: Place): Found {
  const { query, catalog } = place;
  if (!isChildQuery(query) || query.parent === undefined) return { names: catalog.names, keywords: [] };
  const parent = objectOf(queryLevel(query.parent), catalog);
  const names = parent?.childRelationships.flatMap(({ relationshipName }) => relationshipName ?? []);
  return { names: names ?? [], keywords: [] };
}

/** What fits into GROUP BY or ORDER BY, given what has been typed after the first word of it. */
function listed(
  place: Place,
  rest: readonly Token[],
  test: FieldTest,
  functions: readonly string[],
  after: readonly string[],
): Found {
  if (rest.length === 0) return keywordsOnly(['BY']);
  const last = place.level === place.query ? rest.at(-1) : place.level.before.at(-1);
  if (last === undefined || last.word === 'BY' || last.word === ',') return operands(place, test, functions);
  return keywordsOnly(place.level === place.query ? after : []);
}

function choicesIn(place: Place): Found {
  const { query, catalog } = place;
  const { word, rest } = clauseOf(query.before);
  const last = rest.at(-1);
  switch (word) {
    case 'SELECT':
      return selected(place, rest);
    case 'FROM':
      return last === undefined || last.word === ',' ? objects(place) : keywordsOnly(words.AFTER_FROM);
    case 'WHERE':
      return conditions(place, rest, words.AFTER_CONDITION, words.DATE_FUNCTIONS);
    case 'HAVING':
      return conditions(place, rest, words.AFTER_HAVING, words.AGGREGATES);
    case 'GROUP':
      return listed(place, rest, ({ groupable }) => groupable, words.GROUP_WORDS, words.AFTER_GROUP);
    case 'ORDER':
      return listed(place, rest, ({ sortable }) => sortable, words.AGGREGATES, words.AFTER_ORDER);
    case 'LIMIT':
    case 'OFFSET':
      return last === undefined ? NOTHING : keywordsOnly(words.AFTER_LIMIT);
    case 'USING':
      if (last === undefined) return keywordsOnly(['SCOPE']);
      return keywordsOnly(last.word === 'SCOPE' ? words.SCOPES : words.AFTER_FROM.slice(1));
    case 'WITH':
      return keywordsOnly(last === undefined ? words.MODES : words.AFTER_FROM.slice(3));
    case 'FIND':
      if (last === undefined) return NOTHING;
      return keywordsOnly(last.word === 'IN' ? words.SEARCH_GROUPS : ['IN', 'RETURNING', 'LIMIT']);
    case 'RETURNING':
      return last === undefined || last.word === ',' ? { names: catalog.names, keywords: [] } : keywordsOnly(['LIMIT']);
    default:
      if (isReturning(query)) return selected(place, rest);
      return query.before.length === 0 ? keywordsOnly(['SELECT', 'FIND']) : NOTHING;
  }
}

/** Picklist values within quotes that have been opened. */
function completeText(tokens: readonly Token[], text: Token, cursor: number, catalog: Catalog): Choices {
  const level = findLevel(tokens, text.start);
  const place: Place = { catalog, level, query: queryLevel(level), path: [] };
  const field = comparedField(place, level.before);
  const names = field?.picklistValues.map(({ value }) => quoted(value)) ?? [];
  const typed = text.text.slice(1, cursor - text.start).toLowerCase();
  const fitting = names.filter((name) => name.toLowerCase().startsWith(typed));
  // The quote is closed once it is plain what stands in it.
  const isDone = fitting.length === 1 && !text.isClosed;
  return { from: text.start + 1, names: isDone ? [`${fitting[0]}'`] : fitting, keywords: [] };
}

/** What may be typed at a place in a SOQL or SOSL text. */
export function completeQuery(text: string, cursor: number, catalog: Catalog): Choices {
  if (isInComment(text, cursor)) return { from: cursor, ...NOTHING };
  const tokens = scanTokens(text);
  const around = tokens.find(
    ({ start, end, isClosed }) => start < cursor && (cursor < end || (cursor === end && !isClosed)),
  );
  if (around?.kind === 'text') return completeText(tokens, around, cursor, catalog);
  const typed = tokens.find(({ kind, start, end }) => kind === 'word' && start < cursor && cursor <= end);
  const from = typed?.start ?? cursor;
  const path: string[] = [];
  let at = tokens.filter(({ end }) => end <= from).length - 1;
  for (; tokens[at]?.word === '.' && tokens[at - 1]?.kind === 'word'; at -= 2)
    path.unshift((tokens[at - 1] as Token).text);
  const level = findLevel(tokens, (tokens[at + 1]?.start ?? from) < from ? (tokens[at + 1] as Token).start : from);
  return { from, ...choicesIn({ catalog, level, query: queryLevel(level), path }) };
}
