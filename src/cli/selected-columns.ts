import type { SelectItem, SoqlQuery } from '../soql/parse/ast.ts';
import { parseSoql } from '../soql/parse/parse-soql.ts';

/** What the text of a query tells of its rows. */
export interface Selected {
  /** The places of rows, as SELECT names them; those that only the rows can tell are left out. */
  readonly paths: readonly (readonly string[])[];
  /** Whether the answer is a count and no rows. */
  readonly isCount: boolean;
}

function isBareCount({ select }: SoqlQuery): boolean {
  const [item] = select;
  if (select.length !== 1 || item?.kind !== 'expression' || item.expression.kind !== 'call') return false;
  return item.expression.name === 'COUNT' && item.expression.argument === undefined;
}

/** The place of one item; `unnamed` counts those that have no name of their own, as rows do. */
function pathOf(item: SelectItem, { from }: SoqlQuery, unnamed: { count: number }): readonly string[] | undefined {
  if (item.kind === 'subquery') return [item.query.from.name];
  if (item.kind !== 'expression') return undefined;
  if (item.alias !== undefined) return [item.alias];
  if (item.expression.kind === 'call') return [`expr${unnamed.count++}`];
  const [first, ...rest] = item.expression.names as [string, ...string[]];
  const isPrefix = [from.name, from.alias].some((name) => name?.toLowerCase() === first.toLowerCase());
  return rest.length > 0 && isPrefix ? rest : [first, ...rest];
}

/** Reads the SELECT of a query that has been run, and so is known to be well formed. */
export function selectedColumns(text: string): Selected {
  const query = parseSoql(text);
  const unnamed = { count: 0 };
  const paths = query.select.flatMap((item) => {
    const path = pathOf(item, query, unnamed);
    return path === undefined ? [] : [path];
  });
  return { paths, isCount: isBareCount(query) };
}
