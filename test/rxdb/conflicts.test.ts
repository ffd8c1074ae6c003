import { describe, expect, test } from 'vitest';
import { getRxStorageSojourn } from '../../src/rxdb/rxdb.ts';
import { byId, changed, hear, note, openNotes, put, write } from '../instruments/rx-documents.ts';
import type { AnyRxDocument } from '../instruments/rx-schemas.ts';

const open = () => openNotes(getRxStorageSojourn());

describe('a row is refused with 409', () => {
  test('that inserts a document which is there, with what is there and the row itself', async () => {
    const notes = await open();
    const first = note('a', { text: 'first' });
    await put(notes, first);
    const row = { document: note('a', { text: 'second' }) };
    const [error, ...others] = await write(notes, [row], 'why');
    expect(others).toEqual([]);
    expect(error).toEqual({
      isError: true,
      status: 409,
      documentId: 'a',
      writeRow: row,
      documentInDb: first,
      context: 'why',
    });
    expect(error?.writeRow).toBe(row);
    expect(Object.keys((error as { documentInDb: object }).documentInDb).sort()).toEqual(Object.keys(first).sort());
    expect(await byId(notes, 'a')).toEqual(first);
  });

  test('that was made from another revision than the one that is there', async () => {
    const notes = await open();
    const first = note('a');
    await put(notes, first);
    await write(notes, [changed(first, { text: 'new' })]);
    const errors = await write(notes, [changed(first, { text: 'late' }), changed(first, { _deleted: true })]);
    expect(errors.map(({ status }) => status)).toEqual([409, 409]);
    expect((await byId(notes, 'a'))?.text).toBe('new');
  });

  test('that inserts over a document which was deleted, and taken with what was deleted as its previous', async () => {
    const notes = await open();
    const first = note('a');
    await put(notes, first);
    await write(notes, [changed(first, { _deleted: true })]);
    const deleted = (await byId(notes, 'a')) as AnyRxDocument;
    const [error] = await write(notes, [{ document: note('a') }]);
    expect(error).toMatchObject({ status: 409, documentInDb: deleted });
    const bulks = hear(notes);
    expect(await write(notes, [changed(deleted, { _deleted: false, text: 'back' })])).toEqual([]);
    expect(bulks.flatMap(({ events }) => events)).toMatchObject([
      { operation: 'INSERT', documentData: { text: 'back' } },
    ]);
  });

  test('that names a document a second time in one call, which is written once', async () => {
    const notes = await open();
    const bulks = hear(notes);
    const errors = await write(notes, [{ document: note('a', { rank: 1 }) }, { document: note('a', { rank: 2 }) }]);
    expect(errors.map(({ status }) => status)).toEqual([409]);
    expect((await byId(notes, 'a'))?.rank).toBe(1);
    expect(bulks.flatMap(({ events }) => events)).toHaveLength(1);
  });
});

describe('the other rows of a call are written', () => {
  test('where some are refused, and are heard of alone', async () => {
    const notes = await open();
    await put(notes, note('b'));
    const bulks = hear(notes);
    const errors = await write(notes, [{ document: note('a') }, { document: note('b') }, { document: note('c') }]);
    expect(errors.map(({ documentId }) => documentId)).toEqual(['b']);
    expect(bulks.map(({ events }) => events.map(({ documentId }) => documentId))).toEqual([['a', 'c']]);
  });

  test('and nothing is heard where all are refused', async () => {
    const notes = await open();
    await put(notes, note('a'));
    const bulks = hear(notes);
    await write(notes, [{ document: note('a') }]);
    expect(bulks).toEqual([]);
  });
});

test('of calls at one time the first is taken and the others are refused', async () => {
  const notes = await open();
  const first = note('a', { rank: 0 });
  await put(notes, first);
  const results = await Promise.all([1, 2, 3].map((rank) => write(notes, [changed(first, { rank })])));
  expect(results.map((errors) => errors.map(({ status }) => status))).toEqual([[], [409], [409]]);
  expect((await byId(notes, 'a'))?.rank).toBe(1);
});

test('a revision may jump, and one that is lower is as good as any other', async () => {
  const notes = await open();
  const first = note('a', { _rev: '7-x' });
  await put(notes, first);
  expect(await write(notes, [{ previous: first, document: note('a', { _rev: '2-y' }) }])).toEqual([]);
  expect((await byId(notes, 'a'))?._rev).toBe('2-y');
});

test('a document that comes deleted is kept and changes the checkpoint, and nobody hears of it', async () => {
  const notes = await open();
  const bulks = hear(notes);
  await put(notes, note('a', { _deleted: true }));
  expect(bulks).toEqual([]);
  const changes = await notes.getChangedDocumentsSince?.(10, undefined as never);
  expect(changes?.documents).toMatchObject([{ id: 'a', _deleted: true }]);
  expect(await notes.findDocumentsById(['a'], false)).toEqual([]);
});
