import type { SoqlQuery } from '../parse/ast.ts';
import type { CatalogObject } from '../resolve/catalog.ts';
import { soqlError } from '../soql-error.ts';

/** SOQL and SOSL Reference, "Understanding Relationship Query Limitations". */
const RELATIONS_MAX = 55;
const LEVELS_MAX = 5;

/**
 * The names that stand for the object of a query, its own among them, and for paths from it. Throws `MALFORMED_QUERY`
 * beyond the limits.
 */
export function aliasesOf(
  { from, relations }: SoqlQuery,
  { reader }: CatalogObject,
  text: string,
): ReadonlyMap<string, readonly string[]> {
  const aliases = new Map<string, readonly string[]>([[from.name.toLowerCase(), []]]);
  aliases.set(reader.entity.definition.name.toLowerCase(), []);
  if (from.alias !== undefined) aliases.set(from.alias.toLowerCase(), []);
  if (relations.length > RELATIONS_MAX)
    throw soqlError('MALFORMED_QUERY', text, from.at, `a query names at most ${RELATIONS_MAX} relationships`);
  for (const { path, alias } of relations) {
    const [first = '', ...rest] = path.names;
    const start = aliases.get(first.toLowerCase());
    const names = start === undefined ? path.names : [...start, ...rest];
    if (names.length > LEVELS_MAX)
      throw soqlError('MALFORMED_QUERY', text, path.at, `a path goes up at most ${LEVELS_MAX} relationships`);
    if (aliases.has(alias.toLowerCase()))
      throw soqlError('MALFORMED_QUERY', text, path.at, `duplicate alias: ${alias.slice(0, 80)}`);
    aliases.set(alias.toLowerCase(), names);
  }
  return aliases;
}
