import { createError } from '../engine/ground/errors.ts';
import type { Entity, Store } from '../engine/store/store.ts';
import { lockSteps } from './migrate-tables.ts';
import { fromBody } from './stored-body.ts';
import type { Statements, Tables } from './tables.ts';
import { keyNames, keysOf } from './unique-keys.ts';

/** Records read at a time. */
const CHUNK = 2000;

/** What is remembered of an object's definition. */
interface KnownObject {
  readonly version: number;
  /** The unique keys that the table of keys is filled for. */
  readonly keys: readonly string[];
}

async function readKnown(sql: Statements, { meta }: Tables): Promise<ReadonlyMap<string, KnownObject>> {
  const rows = await sql<{ name: string; value: string }[]>`SELECT name, value FROM ${meta}`;
  return new Map(rows.map(({ name, value }) => [name, JSON.parse(value) as KnownObject]));
}

/**
 * Fills the table of keys for an object whose unique keys are others than before. Throws `MIGRATION_FAILED` where two records have
 * the same one.
 */
async function fillKeys(sql: Statements, { record, uniq }: Tables, entity: Entity): Promise<void> {
  const { name } = entity.definition;
  await sql`DELETE FROM ${uniq} WHERE object = ${name}`;
  if (entity.table.uniques.length === 0) return;
  let last = '';
  for (;;) {
    const rows = await sql<{ id: string; body: string }[]>`
      SELECT id, body FROM ${record} WHERE object = ${name} AND live AND id > ${last} ORDER BY id LIMIT ${CHUNK}`;
    const keys = rows.flatMap(({ id, body }) => keysOf(entity, fromBody(entity, body)).map((key) => ({ ...key, id })));
    const filled = await sql`
      INSERT INTO ${uniq} (object, keyname, keytext, id)
      SELECT ${name}, keyname, keytext, id FROM unnest(${keys.map((key) => key.name)}::text[],
        ${keys.map(({ text }) => text)}::text[], ${keys.map(({ id }) => id)}::text[]) AS made (keyname, keytext, id)
      ON CONFLICT (object, keyname, keytext) DO NOTHING`;
    if (filled.count !== keys.length)
      throw createError(
        'MIGRATION_FAILED',
        `${name}: records share a key that is to be unique from now on: settle which of them keeps it first`,
      );
    const end = rows.at(-1);
    if (end === undefined || rows.length < CHUNK) return;
    last = end.id;
  }
}

/**
 * Sees that what is kept of each object is of the definitions given. Throws `STORAGE_NEWER` for an object of a later version than
 * is known here, and `MIGRATION_FAILED` for an earlier one that functions of the definition would have to carry over: here, a field
 * that has come gets its default, and no function is run.
 */
export async function matchObjects(sql: Statements, tables: Tables, store: Store): Promise<void> {
  await lockSteps(sql, tables);
  const known = await readKnown(sql, tables);
  for (const entity of store.entities) {
    const { name, version, spec } = entity.definition;
    const before = known.get(name);
    const keys = keyNames(entity);
    if (before !== undefined && before.version > version)
      throw createError(
        'STORAGE_NEWER',
        `${name} is kept in version ${before.version}, and defined here in ${version}: open it with the later definition`,
      );
    if (before !== undefined && before.version < version && spec.migrations !== undefined)
      throw createError(
        'MIGRATION_FAILED',
        `${name}: a master in PostgreSQL runs no migrations: carry its records over yourself, and leave migrations out`,
      );
    if (before === undefined || before.keys.join() !== keys.join()) await fillKeys(sql, tables, entity);
    const value = JSON.stringify({ version, keys } satisfies KnownObject);
    await sql`
      INSERT INTO ${tables.meta} (name, value) VALUES (${name}, ${value})
      ON CONFLICT (name) DO UPDATE SET value = excluded.value`;
  }
}
