import { type SearchablePath, searchablePaths } from '../../engine/search/searchable-paths.ts';
import { aliasesOf } from '../compile/aliases-of.ts';
import { type CompiledFind, compileFind } from '../compile/compile-find.ts';
import { noSuchObject } from '../compile/no-such-object.ts';
import type { SoqlQuery } from '../parse/ast.ts';
import type { Catalog, CatalogObject } from '../resolve/catalog.ts';
import { createReads, resolvePath } from '../resolve/resolve-path.ts';
import { soslError } from '../soql-error.ts';
import { parseSosl } from './parse-sosl.ts';
import { bareQuery, type FieldGroup, type SoslQuery } from './sosl.ts';

/** What a field is called, by WITH METADATA. */
export interface FieldLabel {
  readonly name: string;
  readonly label: string;
}

/** One object of a search, ready to run. */
export interface CompiledReturning {
  readonly find: CompiledFind;
  /** The clauses as written: LIMIT and OFFSET count the records found. */
  readonly query: SoqlQuery;
  readonly hasClauses: boolean;
  /** The texts looked into. */
  readonly paths: readonly SearchablePath[];
  readonly labels: readonly FieldLabel[];
}

export interface CompiledSosl {
  readonly query: SoslQuery;
  readonly returning: readonly CompiledReturning[];
}

/** SIDEBAR is what people search by: names, addresses and numbers. */
function pathsOf(object: CatalogObject, group: FieldGroup): readonly SearchablePath[] {
  return searchablePaths(object.reader.entity.definition).filter((path) => {
    if (group === 'ALL') return true;
    return group === 'SIDEBAR' ? path.group !== 'other' : path.group === group.toLowerCase();
  });
}

function labelsOf(find: CompiledFind): readonly FieldLabel[] {
  return find.query.select.flatMap((item) => {
    if (item.kind !== 'expression') return [];
    const field = item.expression.kind === 'path' ? item.expression : item.expression.argument;
    if (field?.kind !== 'path') return [];
    let path = resolvePath(find.scope, field);
    while (path.kind === 'parent' && path.parents[0] !== undefined) path = path.parents[0].path;
    const name = item.alias ?? field.names.join('.');
    return path.kind === 'own' ? [{ name, label: path.target.field.label }] : [];
  });
}

function compileReturning(text: string, catalog: Catalog, query: SoqlQuery, group: FieldGroup) {
  const object = catalog.object(query.from.name);
  if (object === undefined) throw noSuchObject(text, query.from);
  const { name, calls, roles } = object.reader.entity.definition;
  if (!calls.has('search')) throw soslError('INVALID_SEARCH', text, query.from.at, `${name} does not support search()`);
  const stray = query.select.find((item) => item.kind !== 'expression');
  if (stray !== undefined)
    throw soslError('MALFORMED_SEARCH', text, stray.at, 'RETURNING takes fields, toLabel() and FORMAT()');
  const { at } = query;
  const id = { kind: 'expression', expression: { kind: 'path', names: [roles.id], at }, alias: undefined, at } as const;
  const select = query.select.length === 0 ? [id] : query.select;
  const reads = createReads();
  const scope = { text, catalog, object, aliases: aliasesOf(query, object, text), reads };
  // How many of them is for the search to say, which knows their rank.
  const find = compileFind(scope, { ...query, select, limit: undefined, offset: undefined });
  return { find, query, paths: pathsOf(object, group), labels: labelsOf(find) };
}

/**
 * Compiles a SOSL text for the objects of a database. Throws `MALFORMED_SEARCH`, `INVALID_SEARCH`, `INVALID_TYPE`,
 * `INVALID_FIELD` or `MALFORMED_QUERY`, with the place in the text.
 */
export function compileSosl(text: string, catalog: Catalog): CompiledSosl {
  const query = parseSosl(text);
  const offset = query.returning.find((each) => each.query.offset !== undefined);
  if (offset !== undefined && query.returning.length > 1)
    throw soslError('INVALID_SEARCH', text, offset.at, 'OFFSET is of a search of one object');
  const asked =
    query.returning.length > 0
      ? query.returning
      : catalog.searchable().map((name) => ({ query: bareQuery(name, query.at), hasClauses: false }));
  return {
    query,
    returning: asked.map(({ query: inner, hasClauses }) => ({
      ...compileReturning(text, catalog, inner, query.group),
      hasClauses,
    })),
  };
}
