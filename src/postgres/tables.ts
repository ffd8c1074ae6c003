import type { ISql, Sql } from 'postgres';

/** What statements are run by: the pool, or a transaction on one of its connections. */
export type Statements = ISql;

function nameOf(sql: Sql, name: string) {
  return sql(name);
}
type TableName = ReturnType<typeof nameOf>;

const TABLES = ['clock', 'era', 'record', 'before', 'client', 'number', 'uniq', 'meta', 'step'] as const;

/**
 * The tables by what they hold, each as a quoted name below the schema. Names of tables and columns are constants, and the schema
 * is of plain letters: nothing else ever becomes a part of a statement.
 */
export type Tables = { readonly [table in (typeof TABLES)[number]]: TableName };

/** The tables below a schema, whose name has been checked. */
export function createTables(sql: Sql, schema: string): Tables {
  return Object.fromEntries(TABLES.map((table) => [table, nameOf(sql, `${schema}.${table}`)])) as Tables;
}

type Step = (sql: Statements, tables: Tables) => Promise<unknown>[];

/**
 * The steps by which the tables have come to be as they are. A step is never changed once it is out: what is to be otherwise is a
 * further step. Columns are single words in small letters, so that whatever a pool makes of names leaves them as they are.
 *
 * `record.body` is the JSON of a record as a text, not as `jsonb`, which refuses the escape of the character zero and keeps neither
 * the order of fields nor the digits of numbers.
 */
export const STEPS: readonly Step[] = [
  (sql, { clock, era, record, before, client, number, uniq, meta }) => [
    sql`CREATE TABLE ${clock} (
      one smallint PRIMARY KEY, sequence bigint NOT NULL, forgotten bigint NOT NULL, at bigint NOT NULL)`,
    sql`CREATE TABLE ${era} (start bigint PRIMARY KEY, token text NOT NULL, at bigint NOT NULL)`,
    sql`CREATE TABLE ${record} (
      object text NOT NULL, id text NOT NULL, sequence bigint NOT NULL, born bigint NOT NULL, at bigint NOT NULL,
      live boolean NOT NULL, purged boolean NOT NULL, body text NOT NULL, rootobject text, rootid text,
      PRIMARY KEY (object, id))`,
    sql`CREATE INDEX recordsequence ON ${record} (object, sequence)`,
    sql`CREATE TABLE ${before} (
      object text NOT NULL, id text NOT NULL, sequence bigint NOT NULL, at bigint NOT NULL, body text NOT NULL,
      PRIMARY KEY (object, id, sequence))`,
    sql`CREATE INDEX beforesequence ON ${before} (sequence)`,
    sql`CREATE TABLE ${client} (
      id text PRIMARY KEY, push bigint NOT NULL, hash text NOT NULL, answer text NOT NULL, usedat bigint NOT NULL)`,
    sql`CREATE TABLE ${number} (
      object text NOT NULL, field text NOT NULL, last text NOT NULL, PRIMARY KEY (object, field))`,
    sql`CREATE TABLE ${uniq} (
      object text NOT NULL, keyname text NOT NULL, keytext text NOT NULL, id text NOT NULL,
      PRIMARY KEY (object, keyname, keytext))`,
    sql`CREATE TABLE ${meta} (name text PRIMARY KEY, value text NOT NULL)`,
    sql`INSERT INTO ${clock} (one, sequence, forgotten, at) VALUES (1, 0, 0, 0)`,
  ],
];
