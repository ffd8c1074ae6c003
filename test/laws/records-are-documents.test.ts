import fc from 'fast-check';
import { createRxDatabase, normalizeMangoQuery, prepareQuery, type RxCollection } from 'rxdb';
import { expect, test } from 'vitest';
import { defineObject, openDatabase } from '../../src/index.ts';
import { getRxStorageSojourn, rxObjects, toRxCollections } from '../../src/rxdb/rxdb.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';

const Folder = defineObject({
  name: 'Folder__c',
  id: { kind: 'salesforce', prefix: 'a05' },
  fields: { Title__c: { type: 'string' } },
});
const Note = defineObject({
  name: 'Note__c',
  id: { kind: 'salesforce', prefix: 'a06' },
  fields: {
    Number__c: {
      type: 'string',
      properties: 'Autonumber, Defaulted on create, Filter, Sort',
      displayFormat: 'N-{000}',
    },
    Text__c: { type: 'string', length: 12 },
    Weight__c: { type: 'int' },
    Folder__c: { type: 'reference', referenceTo: ['Folder__c'], cascadeDelete: true },
    Tags__c: { type: 'list', of: { type: 'string' }, properties: 'Create, Nillable, Update' },
  },
  indexes: ['Weight__c', ['Text__c', 'Weight__c']],
});

const values = fc.record(
  {
    Text__c: fc.constantFrom('a', 'b', ' padded ', 'far too long a text', null),
    Weight__c: fc.integer({ min: -3, max: 3 }),
    Tags__c: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const step = fc.record({
  by: fc.constantFrom('call', 'document'),
  does: fc.constantFrom('create', 'create', 'update', 'update', 'delete', 'undelete', 'purge', 'folder', 'stale'),
  which: fc.nat(20),
  values,
});

/** That a write is refused is no matter of this law; what it expects is. */
const tried = async (work: () => unknown) => {
  try {
    await work();
    return true;
  } catch (error) {
    if ((error as Error).name === 'AssertionError') throw error;
    return false;
  }
};
const filled = (fields: object) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

type Documents = RxCollection<Record<string, unknown>>;

async function open(run: number) {
  const db = await openDatabase({ name: 'law', objects: [Folder, Note, ...rxObjects], env: createFakeEnvironment() });
  const rx = await createRxDatabase({
    name: `law${run}`,
    storage: getRxStorageSojourn({ database: db, env: createFakeEnvironment() }),
    multiInstance: false,
  });
  const { notes } = await toRxCollections(rx, db, { notes: 'Note__c' });
  return { db, rx, notes: notes as unknown as Documents };
}
type World = Awaited<ReturnType<typeof open>>;

async function take(
  { db, notes }: World,
  { by, does, which, values: given }: typeof step extends fc.Arbitrary<infer S> ? S : never,
) {
  const all = db.Note__c.find({ deleted: does === 'undelete' || does === 'purge' ? 'only' : 'exclude' });
  const id = all[which % Math.max(1, all.length)]?.Id ?? '';
  const folder = db.Folder__c.findOne()?.Id;
  if (does === 'folder')
    return folder === undefined ? db.Folder__c.create({ Title__c: 'f' }) : db.Folder__c.delete(folder);
  if (does === 'undelete') return db.Note__c.undelete(id);
  if (does === 'purge') return db.Note__c.emptyRecycleBin([id]);
  if (by === 'call') {
    if (does === 'create')
      return db.Note__c.create({ ...given, ...(folder !== undefined && { Folder__c: folder }) } as never);
    return does === 'delete' ? db.Note__c.delete(id) : db.Note__c.update({ Id: id, ...given } as never);
  }
  if (does === 'create') return notes.insert(filled({ ...given, Folder__c: folder ?? null }));
  const document = await notes.findOne(id).exec(true);
  if (does === 'delete') return document.remove();
  if (does !== 'stale') return document.incrementalPatch(filled(given));
  await db.Note__c.update({ Id: id, Weight__c: 9 });
  const data = document.toMutableJSON(true) as never;
  const { error } = await notes.storageInstance.bulkWrite(
    [{ previous: data, document: { ...(data as object), Weight__c: 1 } as never }],
    'law',
  );
  expect(error).toMatchObject([{ status: 409, documentInDb: { Weight__c: 9 } }]);
  return undefined;
}

/** What RxDB must see: the records, written out by hand. */
function expected({ db }: World) {
  return new Map(
    db.Note__c.find({ deleted: 'include' }).map(({ IsDeleted, ...fields }) => [
      fields.Id,
      { ...filled(fields), _deleted: IsDeleted },
    ]),
  );
}

function bare(document: object) {
  const { _rev, _meta, _attachments, ...fields } = document as Record<string, unknown>;
  return fields;
}

test('whatever is written by calls and by RxDB, documents are the records, and events and changes lead to them', async () => {
  let run = 0;
  const done: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), async (steps) => {
      const world = await open(run++);
      const { notes, rx, db } = world;
      const { storageInstance } = notes;
      const told = new Map<string, { data: object; rev: string }>();
      const bulks = new Set<string>();
      const stop = storageInstance.changeStream().subscribe(({ id, events }) => {
        expect(bulks.has(id)).toBe(false);
        bulks.add(id);
        for (const { documentId, documentData, operation, previousDocumentData } of events) {
          const before = told.get(documentId);
          // Each begins where the one before ended.
          if (operation === 'UPDATE') expect((previousDocumentData as { _rev: string })._rev).toBe(before?.rev);
          told.set(documentId, { data: bare(documentData), rev: (documentData as { _rev: string })._rev });
        }
      });
      let checkpoint: unknown;
      const fetched = new Map<string, object>();
      try {
        for (const one of steps) {
          if (await tried(() => take(world, one))) done[one.by] = (done[one.by] ?? 0) + 1;
          for (;;) {
            const page = await storageInstance.getChangedDocumentsSince?.(2, checkpoint as never);
            for (const document of page?.documents ?? []) fetched.set(document.Id as string, bare(document));
            checkpoint = page?.checkpoint;
            if ((page?.documents.length ?? 0) < 2) break;
          }
          const truth = expected(world);
          const held = await storageInstance.findDocumentsById([...truth.keys()], true);
          expect(new Map(held.map((document) => [document.Id, bare(document)]))).toEqual(truth);
          for (const [id, document] of truth) {
            expect(told.get(id)?.data).toEqual(document);
            expect(fetched.get(id)).toEqual(document);
          }
          // A record that has left for good is a document that is deleted.
          for (const [id, document] of fetched) if (!truth.has(id)) expect(document).toMatchObject({ _deleted: true });
        }
        const schema = storageInstance.schema;
        const selector = { _deleted: false, Weight__c: { $gte: 0 } };
        const query = normalizeMangoQuery(schema, { selector, sort: [{ Weight__c: 'desc' }] } as never);
        const { documents } = await storageInstance.query(prepareQuery(schema, query));
        const byHand = db.Note__c.find({ where: { Weight__c: { $gte: 0 } } }).toSorted(
          (a, b) => (b.Weight__c ?? 0) - (a.Weight__c ?? 0) || (a.Id < b.Id ? -1 : 1),
        );
        expect(documents.map(({ Id }) => Id)).toEqual(byHand.map(({ Id }) => Id));
      } finally {
        stop.unsubscribe();
        await rx.close();
        await db.close();
      }
    }),
    lawOptions(60),
  );
  // Most writes are made, or nothing was tried here.
  for (const by of ['call', 'document']) expect(done[by]).toBeGreaterThan(run * 3);
});
