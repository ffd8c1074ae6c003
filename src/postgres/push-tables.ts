import type { Store } from '../engine/store/store.ts';
import type { Held, MasterRow } from '../server/row-verdict.ts';
import { type HeldRecord, numberKey, type PushDraft, type RecordChange, recordKey } from './draft-push.ts';
import { fromBody, fromKey, toBody, toKey, toRoot } from './stored-body.ts';
import type { Statements, Tables } from './tables.ts';
import { keyId, type UniqueKey } from './unique-keys.ts';

interface HeldRow {
  readonly object: string;
  readonly id: string;
  readonly body: string;
  readonly purged: boolean;
  readonly rootobject: string | null;
  readonly rootid: string | null;
  /** Of one that is gone for good, how it was at the end. */
  readonly last: string | null;
}

/** What is held of the records that rows name, by `recordKey`. */
export async function readHeld(
  sql: Statements,
  { record, before }: Tables,
  store: Store,
  rows: readonly MasterRow[],
): Promise<ReadonlyMap<string, HeldRecord>> {
  const names = new Map(rows.map((row) => [recordKey(row), row]));
  const objects = [...names.values()].map(({ object }) => object);
  const ids = [...names.values()].map(({ id }) => toKey(id));
  const found = await sql<HeldRow[]>`
    SELECT r.object, r.id, r.body, r.purged, r.rootobject, r.rootid, b.body AS last
    FROM unnest(${objects}::text[], ${ids}::text[]) AS asked (object, id)
    JOIN ${record} r ON r.object = asked.object AND r.id = asked.id
    LEFT JOIN ${before} b ON r.purged AND b.object = r.object AND b.id = r.id AND b.sequence = r.sequence`;
  return new Map(
    found.map(({ object, id, body, purged, rootobject, rootid, last }) => {
      const entity = store.entity(object);
      const held: HeldRecord = purged
        ? { record: undefined, isPurged: true, last: last === null || last === '' ? undefined : fromBody(entity, last) }
        : { record: fromBody(entity, body), root: toRoot(rootobject, rootid), isPurged: false };
      return [recordKey({ object, id: fromKey(id) }), held];
    }),
  );
}

/** The last number given of each field of some objects. */
export async function readNumbers(
  sql: Statements,
  { number }: Tables,
  objects: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (objects.length === 0) return new Map();
  const found = await sql<{ object: string; field: string; last: string }[]>`
    SELECT object, field, last FROM ${number} WHERE object = ANY(${[...objects]}::text[])`;
  return new Map(found.map(({ object, field, last }) => [numberKey(object, field), last]));
}

/** Whose each key is, '' where it is free. */
export async function readOwners(
  sql: Statements,
  { uniq }: Tables,
  keys: readonly UniqueKey[],
): Promise<ReadonlyMap<string, string>> {
  const owners = new Map(keys.map((key) => [keyId(key), '']));
  const found = await sql<{ object: string; name: string; text: string; id: string }[]>`
    SELECT u.object, u.keyname AS name, u.keytext AS text, u.id
    FROM unnest(${keys.map(({ object }) => object)}::text[], ${keys.map(({ name }) => name)}::text[],
      ${keys.map(({ text }) => text)}::text[]) AS asked (object, name, text)
    JOIN ${uniq} u ON u.object = asked.object AND u.keyname = asked.name AND u.keytext = asked.text`;
  for (const { id, ...key } of found) owners.set(keyId(key), fromKey(id));
  return owners;
}

/** The commit that a draft is written as. */
export interface CommitMark {
  readonly sequence: number;
  /** Milliseconds since 1970, never less than those of a commit before. */
  readonly at: number;
}

/** Writes records as they are now, and what they were. All statements are sent at once, and carried out in this order. */
export function writeChanges(
  sql: Statements,
  { record, before }: Tables,
  store: Store,
  changes: readonly RecordChange[],
  { sequence, at }: CommitMark,
): Promise<unknown>[] {
  const objects = changes.map(({ object }) => object);
  const ids = changes.map(({ id }) => toKey(id));
  // As texts: the library takes a list of truths for a single one.
  const live = changes.map(({ object, now }) => String(isLive(store, object, now)));
  const purged = changes.map(({ now }) => String(now.isPurged));
  const bodies = changes.map(({ now }) => (now.record === undefined ? '' : toBody(now.record)));
  const rootObjects = changes.map(({ now }) => now.root?.object ?? null);
  const rootIds = changes.map(({ now }) => (now.root === undefined ? null : toKey(now.root.id)));
  const known = changes.filter(({ isNew }) => !isNew);
  const keep = sql`
    INSERT INTO ${before} (object, id, sequence, at, body)
    SELECT r.object, r.id, ${sequence}::bigint, ${at}::bigint, r.body
    FROM unnest(${known.map(({ object }) => object)}::text[], ${known.map(({ id }) => toKey(id))}::text[])
      AS asked (object, id)
    JOIN ${record} r ON r.object = asked.object AND r.id = asked.id`;
  return [
    ...(known.length > 0 ? [keep] : []),
    sql`
      INSERT INTO ${record} AS held (object, id, sequence, born, at, live, purged, body, rootobject, rootid)
      SELECT made.object, made.id, ${sequence}::bigint, ${sequence}::bigint, ${at}::bigint,
        made.live::boolean, made.purged::boolean, made.body, made.rootobject, made.rootid
      FROM unnest(${objects}::text[], ${ids}::text[], ${live}::text[], ${purged}::text[], ${bodies}::text[],
        ${rootObjects}::text[], ${rootIds}::text[])
        AS made (object, id, live, purged, body, rootobject, rootid)
      ON CONFLICT (object, id) DO UPDATE SET sequence = excluded.sequence, at = excluded.at, live = excluded.live,
        purged = excluded.purged, body = excluded.body, rootobject = excluded.rootobject, rootid = excluded.rootid`,
  ];
}

function isLive(store: Store, object: string, { record }: Held): boolean {
  return record !== undefined && record[store.entity(object).definition.roles.deleted] !== true;
}

/** Writes how far the numbers have come. */
export function writeNumbers(sql: Statements, { number }: Tables, numbers: PushDraft['numbers']): Promise<unknown>[] {
  if (numbers.size === 0) return [];
  const names = [...numbers.keys()].map((key) => key.split('\n') as [string, string]);
  return [
    sql`
      INSERT INTO ${number} (object, field, last)
      SELECT object, field, last FROM unnest(${names.map(([object]) => object)}::text[],
        ${names.map(([, field]) => field)}::text[], ${[...numbers.values()]}::text[]) AS given (object, field, last)
      ON CONFLICT (object, field) DO UPDATE SET last = excluded.last`,
  ];
}

/** Writes whose the keys are now. */
export function writeOwners(
  sql: Statements,
  { uniq }: Tables,
  { owners, keys }: Pick<PushDraft, 'owners' | 'keys'>,
): Promise<unknown>[] {
  const all = [...owners].map(([key, id]) => ({ ...(keys.get(key) as UniqueKey), id: toKey(id) }));
  const freed = all.filter(({ id }) => id === '');
  const taken = all.filter(({ id }) => id !== '');
  const statements: Promise<unknown>[] = [];
  if (freed.length > 0)
    statements.push(sql`
      DELETE FROM ${uniq} WHERE (object, keyname, keytext) IN (
        SELECT object, name, text FROM unnest(${freed.map(({ object }) => object)}::text[],
          ${freed.map(({ name }) => name)}::text[], ${freed.map(({ text }) => text)}::text[]) AS freed (object, name, text))`);
  if (taken.length > 0)
    statements.push(sql`
      INSERT INTO ${uniq} (object, keyname, keytext, id)
      SELECT object, name, text, id FROM unnest(${taken.map(({ object }) => object)}::text[],
        ${taken.map(({ name }) => name)}::text[], ${taken.map(({ text }) => text)}::text[],
        ${taken.map(({ id }) => id)}::text[]) AS taken (object, name, text, id)
      ON CONFLICT (object, keyname, keytext) DO UPDATE SET id = excluded.id`);
  return statements;
}
