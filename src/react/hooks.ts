'use client';

/** Hooks for React, which is an optional peer: what `sojourn/react` exports. */

import { useEffect, useMemo, useRef } from 'react';
import type { Collection } from '../engine/collection.ts';
import type { RecordOf } from '../engine/definition/infer.ts';
import type { LiveOptions } from '../engine/live/live-query.ts';
import type { FindAll, Known, Query, ResultOf, Where } from '../engine/query/query.ts';
import type { SoqlDatabase } from '../soql/soql-database.ts';
import type { SoqlText } from '../soql/soql-tag.ts';
import type { RowOf } from '../soql/soql-types.ts';
import {
  type Asked,
  contentOf,
  createQuestion,
  createRecordQuestion,
  isNothing,
  type QuestionOptions,
  type Row,
} from './question.ts';
import { RowStore } from './row-store.ts';
import { useRows } from './use-rows.ts';

/** In place of a query: none is asked, and there are no rows. */
export type NoQuery = null | undefined | false;

/** How a component hears of changes; it is itself what ends the live query. */
export type LiveQueryHookOptions = Pick<LiveOptions, 'deliver'>;

/** The same, with the values for `:name` in a text of SOQL. */
export type SoqlHookOptions = Pick<QuestionOptions, 'deliver' | 'binds'>;

/**
 * The rows of a query, always true: of a collection's as `live` takes it, or of SOQL put to a database. Write the query
 * inline if you like: one that says the same goes on, one that says something else shows its own rows in that very
 * render. Null, undefined or false in its place gives no rows and opens nothing. What is more than plain data (a Set
 * among `binds`) nobody can compare: keep such a query outside the component, or in `useMemo`.
 *
 * The component renders again after each commit that changed the rows, with `deliver` once a turn or a frame. The array
 * is the same until then, and a row that did not change is the same object, in another query's answer too: memoised
 * children are rendered for new and changed rows alone. A list that is scrolled changes `offset` and `limit`.
 *
 * The live query is open while the component is mounted and visible. When the database is closed the last rows stay. A
 * server renders the rows of the moment and opens nothing that stays.
 *
 * Throws in render, for an error boundary to catch, what `live` throws: `INVALID_FIELD`, `MALFORMED_QUERY`,
 * `MALFORMED_ID`, `INVALID_TYPE`, `INVALID_OPTION`, or `DATABASE_CLOSED` for a query that was never answered.
 */
export function useLiveQuery<S, const Q extends Query<S> = FindAll>(
  collection: Collection<S>,
  query: (Q & Known<S, Q>) | NoQuery,
  options?: LiveQueryHookOptions,
): readonly ResultOf<S, Q>[];
export function useLiveQuery<Definitions extends readonly unknown[], const Text extends string | SoqlText>(
  db: SoqlDatabase<Definitions>,
  soql: Text | NoQuery,
  options?: SoqlHookOptions,
): readonly RowOf<Definitions, Text>[];
export function useLiveQuery(asked: unknown, query: unknown, options: SoqlHookOptions = {}): readonly unknown[] {
  return useAnswer(asked as Asked, query, options);
}

/**
 * The record of an id, always true: undefined while there is none, while it is in the recycle bin, or while no id is
 * given. 15 characters serve as well as 18.
 *
 * The component renders again when this record changes and for no other; it is the stored, frozen record, the same
 * object until it changes. When the database is closed the last state stays. Throws in render `DATABASE_CLOSED` for an
 * id asked for afterwards.
 */
export function useRecord<S>(collection: Collection<S>, id: string | null | undefined): RecordOf<S> | undefined {
  const store = useMemo(
    () =>
      id === null || id === undefined
        ? undefined
        : new RowStore(createRecordQuestion(collection as Collection<unknown>, id)),
    [collection, id],
  );
  return useRows(store)[0] as RecordOf<S> | undefined;
}

/**
 * How many records fit, all of them without `where`, always true. The component renders again when the number changes,
 * however many records did. Throws in render as `useLiveQuery` does.
 */
export function useCount<S>(collection: Collection<S>, where?: Where<S>): number {
  const query = useMemo(() => ({ where, select: { count: { $count: '*' } } }), [where]);
  return useAnswer(collection as unknown as Asked, query, {})[0]?.count as number;
}

function useAnswer(asked: Asked, query: unknown, options: QuestionOptions): readonly Row[] {
  const { deliver, binds } = options;
  const content = useMemo(() => contentOf(query), [query]);
  const bindContent = useMemo(() => contentOf(binds), [binds]);
  const shown = useRef<RowStore | undefined>(undefined);
  // By what is asked: the query and its options may be other objects in each render, and equal ones are not opened anew.
  const store = useMemo(
    () => (isNothing(query) ? undefined : new RowStore(createQuestion(asked, query, options), shown.current)),
    [asked, content, bindContent, deliver],
  );
  // After the render, and only of one that was shown: what was never shown has no rows for others to go on with.
  useEffect(() => {
    shown.current = store;
  }, [store]);
  return useRows(store);
}
