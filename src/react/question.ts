import { checkOptions } from '../engine/calls/check-options.ts';
import type { Collection } from '../engine/collection.ts';
import { createError, EngineError } from '../engine/ground/errors.ts';
import type { LiveOptions, LiveQuery } from '../engine/live/live-query.ts';
import { queryKey } from '../engine/live/query-key.ts';
import type { SoqlDatabase } from '../soql/soql-database.ts';
import type { SoqlText } from '../soql/soql-tag.ts';

/** A row of any query; the hook that gives it out knows its type. */
export type Row = Readonly<Record<string, unknown>>;

/** What a hook asks: how it is opened, and what tells whether an answer read before still holds. */
export interface Question {
  /** Opens it as a live query; undefined where no record can ever be the answer. Throws what is wrong with it. */
  readonly open: () => LiveQuery<Row> | undefined;
  /** The number of the database's last commit. */
  readonly sequence: () => number;
}

export interface QuestionOptions extends Pick<LiveOptions, 'deliver'> {
  readonly binds?: Readonly<Record<string, unknown>> | undefined;
}

/** What can be asked. */
export type Asked = Collection<unknown> | SoqlDatabase<readonly unknown[]>;

/** Whether no query is given: nothing is asked then. */
export function isNothing(query: unknown): boolean {
  return query === null || query === undefined || query === false;
}

/**
 * What equal queries have in common, whichever objects spell them out. What is no plain data equals itself alone, since
 * nobody can tell what is in it.
 */
export function contentOf(query: unknown): unknown {
  if (typeof query !== 'object' || query === null) return query;
  return queryKey(query as Row) ?? query;
}

/** The question that a query puts to a collection, or a text of SOQL to a database. Throws `INVALID_OPTION`. */
export function createQuestion(asked: Asked, query: unknown, options: QuestionOptions): Question {
  if (typeof asked !== 'object' || asked === null)
    throw createError('INVALID_OPTION', 'a query is asked of a collection or of a database');
  const sequence = () => asked.sequence;
  // A collection has no such call, and an object of that name never hides the database's own.
  if ('query' in asked) {
    checkOptions(options, { deliver: 'string', binds: 'object' });
    return { sequence, open: () => asked.live(query as string | SoqlText, options) as LiveQuery<Row> };
  }
  // How long it lives is the component's to say, so a signal is refused like anything else that is not known.
  checkOptions(options, { deliver: 'string' });
  return { sequence, open: () => asked.live(query as never, options) as unknown as LiveQuery<Row> };
}

/** The question for the record of an id. A text that is no id of the object names no record, as in `get`. */
export function createRecordQuestion(collection: Collection<unknown>, id: string): Question {
  const query = { where: { [collection.definition.roles.id]: { $eq: id } } };
  const { open, sequence } = createQuestion(collection, query, {});
  return {
    sequence,
    open: () => {
      try {
        return open();
      } catch (error) {
        if (error instanceof EngineError && error.code === 'MALFORMED_ID') return undefined;
        throw error;
      }
    },
  };
}
