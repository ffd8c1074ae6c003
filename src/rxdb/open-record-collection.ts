import { parseDateTime } from '../engine/ground/date-time.ts';
import { createError } from '../engine/ground/errors.ts';
import type { DatabaseParts } from '../engine/open-parts.ts';
import type { StoredRecord } from '../engine/record/record.ts';
import { putFields } from '../engine/store/put-fields.ts';
import type { Unit } from '../engine/store/unit.ts';
import { randomName } from '../engine/tabs/tab-name.ts';
import { type AnySchema, DocumentCollection } from './document-collection.ts';
import { RecordLayout } from './record-layout.ts';
import { COMMIT_SPAN, OWN_CONTEXT, revisionKey } from './revision.ts';
import type { OpenCollection } from './shared-collections.ts';

/** The revisions of one commit at most: fewer than the numbers it has for them. */
const RECORDS_MAX = 100_000;

/**
 * Opens the records of an object of a database as a collection, and has the database give each of them a revision from then on. Throws
 * `INVALID_OPTION` for an object that it does not have, or where it lacks `rxObjects`.
 */
export async function openRecordCollection(
  parts: DatabaseParts,
  object: string,
  schema: AnySchema,
): Promise<OpenCollection> {
  const { store } = parts;
  if (store.find(object) === undefined)
    throw createError('INVALID_OPTION', `the database has no object ${object.slice(0, 80)}`);
  if (store.find('RxRevision') === undefined)
    throw createError(
      'INVALID_OPTION',
      'a database whose records are to be documents is opened with rxObjects among its objects',
    );
  const token = await register(parts, object);
  const layout = new RecordLayout(parts, object, token);
  const collection = new DocumentCollection(layout, schema, randomName(store.environment));
  return {
    collection,
    // Whoever opened the database closes it.
    close: async () => undefined,
    empty: () => collection.empty(),
    erase: async () => undefined,
  };
}

/** Has the database keep revisions of an object. Gives what its revisions end with. */
async function register(parts: DatabaseParts, object: string): Promise<string> {
  const { store, keeper } = parts;
  const objects = store.entity('RxObject');
  const tokenOf = () => {
    const slot = objects.table.slotOf(object);
    return slot === undefined ? undefined : (objects.table.row(slot)?.Token as string);
  };
  const commit = async (work: (unit: Unit) => void) => {
    const write = () => store.write(work);
    await (keeper?.transact === undefined ? store.kept(write()) : keeper.transact(write));
  };
  const fresh = randomName(store.environment).slice(0, 12);
  if (tokenOf() === undefined)
    await commit((unit) => {
      if (tokenOf() === undefined) putFields(unit, objects, object, { Token: fresh }, store.moment());
    });
  // Records that were there before get their first revision, some at a time. Where all have one nothing is written, as a database
  // may be there to be read alone.
  while (!unrevised(parts, object).next().done)
    await commit((unit) => giveRevisions(parts, unit, object, tokenOf() ?? fresh));
  return tokenOf() ?? fresh;
}

/** The records of an object that have no revision. */
function* unrevised({ store }: DatabaseParts, object: string): Generator<StoredRecord> {
  const { table, definition } = store.entity(object);
  const revisions = store.entity('RxRevision').table;
  for (let slot = 0; slot < table.slotCount; slot++) {
    const record = table.row(slot);
    if (record === undefined) continue;
    if (revisions.slotOf(revisionKey(object, record[definition.roles.id] as string)) === undefined) yield record;
  }
}

function giveRevisions(parts: DatabaseParts, unit: Unit, object: string, token: string): void {
  const { store } = parts;
  const { roles } = store.entity(object).definition;
  const revisions = store.entity('RxRevision');
  const moment = store.moment();
  let number = (store.feed.sequence + 1) * COMMIT_SPAN;
  let left = RECORDS_MAX;
  for (const record of unrevised(parts, object)) {
    if (left-- === 0) return;
    const id = record[roles.id] as string;
    const values = {
      Object: object,
      RecordId: id,
      Revision: `1-${token}`,
      Given: null,
      WriteTime: parseDateTime(record[roles.stamp] as string),
      Meta: null,
      Sequence: number++,
      Context: OWN_CONTEXT,
    };
    putFields(unit, revisions, revisionKey(object, id), values, moment);
  }
}
