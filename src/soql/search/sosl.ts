import type { Bind, RowCount, SoqlQuery } from '../parse/ast.ts';

/** Which texts are looked into (SOSL reference, IN SearchGroup). */
export type FieldGroup = 'ALL' | 'NAME' | 'EMAIL' | 'PHONE' | 'SIDEBAR';

/** The part of RETURNING that is about one object. */
export interface Returning {
  /** What is asked of the records found, as a query of the object; its LIMIT and OFFSET count records found. */
  readonly query: SoqlQuery;
  /** Whether it says more than which fields: then its records are as many as a search gives. */
  readonly hasClauses: boolean;
  readonly at: number;
}

/** What a SOSL text says, and where: plain data. */
export interface SoslQuery {
  /** What stands between the braces, as written and from where on. */
  readonly find: { readonly kind: 'text'; readonly text: string; readonly at: number } | Bind;
  readonly group: FieldGroup;
  /** Empty: every object that can be searched, by its ids. */
  readonly returning: readonly Returning[];
  /** WITH METADATA = 'LABELS'. */
  readonly labels: boolean;
  readonly limit: RowCount | undefined;
  readonly at: number;
}

/** An object asked for by no more than its name. */
export function bareQuery(name: string, at: number): SoqlQuery {
  return {
    select: [],
    from: { name, parent: undefined, alias: undefined, at },
    relations: [],
    scope: undefined,
    where: undefined,
    mode: undefined,
    groupBy: undefined,
    having: undefined,
    orderBy: [],
    limit: undefined,
    offset: undefined,
    forView: false,
    forReference: false,
    forUpdate: false,
    allRows: false,
    at,
  };
}
