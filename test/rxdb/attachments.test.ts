import { describe, expect, test } from 'vitest';
import { memoryStorage } from '../../src/index.ts';
import { getRxStorageSojourn } from '../../src/rxdb/rxdb.ts';
import { codeOf } from '../instruments/any-database.ts';
import {
  type AnyRxInstance,
  byId,
  changed,
  hear,
  note,
  noteSchema,
  openNotes,
  put,
  write,
} from '../instruments/rx-documents.ts';
import { expectFrozen } from '../instruments/rx-pair.ts';
import type { AnyRxDocument } from '../instruments/rx-schemas.ts';

const schema = noteSchema({ attachments: {} });
const open = (storage = getRxStorageSojourn(), more: object = {}) => openNotes(storage, { schema, ...more });

const bytes = Uint8Array.from({ length: 1_000 }, (_, i) => (i * 7) & 0xff);
function attached(data: string | Uint8Array<ArrayBuffer>, digest: string, type = 'text/plain') {
  const blob = new Blob([data], { type });
  return { data: blob, digest, type, length: blob.size };
}

async function read(notes: AnyRxInstance, id: string, name: string, digest: string) {
  const blob = await notes.getAttachmentData(id, name, digest);
  return { type: blob.type, bytes: new Uint8Array(await blob.arrayBuffer()) };
}

const refused = (notes: AnyRxInstance, id: string, name: string, digest: string) =>
  codeOf(() => notes.getAttachmentData(id, name, digest));

describe('the data of an attachment', () => {
  test('comes back byte for byte, with its type, and stands in no document', async () => {
    const notes = await open();
    const bulks = hear(notes);
    await put(
      notes,
      note('a', { _attachments: { 'x.bin': attached(bytes, 'd1', 'application/x-y'), none: attached('', 'd0') } }),
    );
    expect(await read(notes, 'a', 'x.bin', 'd1')).toEqual({ type: 'application/x-y', bytes });
    expect((await read(notes, 'a', 'none', 'd0')).bytes).toHaveLength(0);
    const held = await byId(notes, 'a');
    expect(held?._attachments).toEqual({
      'x.bin': { length: 1_000, type: 'application/x-y', digest: 'd1' },
      none: { length: 0, type: 'text/plain', digest: 'd0' },
    });
    expectFrozen(held);
    expect(bulks.flatMap(({ events }) => events.map(({ documentData }) => documentData))).toEqual([held]);
  });

  test('is given by its digest alone', async () => {
    const notes = await open();
    await put(notes, note('a', { _attachments: { x: attached('one', 'd1') } }));
    for (const [id, name, digest] of [
      ['a', 'x', 'd2'],
      ['a', 'y', 'd1'],
      ['b', 'x', 'd1'],
      ['a', 'x', ''],
    ] as const)
      expect(await refused(notes, id, name, digest)).toBe('NOT_FOUND');
  });

  test('stays where a document says that it has it still, and is another with another digest', async () => {
    const notes = await open();
    await put(notes, note('a', { _attachments: { x: attached('one', 'd1') } }));
    const first = (await byId(notes, 'a')) as AnyRxDocument;
    expect(await write(notes, [changed(first, { text: 'new' })])).toEqual([]);
    expect((await read(notes, 'a', 'x', 'd1')).bytes).toEqual(new TextEncoder().encode('one'));
    const second = (await byId(notes, 'a')) as AnyRxDocument;
    const _attachments = { x: attached('two', 'd2'), y: attached('more', 'd3') };
    expect(await write(notes, [changed(second, { _attachments })])).toEqual([]);
    expect((await read(notes, 'a', 'x', 'd2')).bytes).toEqual(new TextEncoder().encode('two'));
    expect(await refused(notes, 'a', 'x', 'd1')).toBe('NOT_FOUND');
    expect((await read(notes, 'a', 'y', 'd3')).bytes).toEqual(new TextEncoder().encode('more'));
  });

  test('leaves with the attachment, and with the document', async () => {
    const notes = await open();
    const _attachments = { x: attached('one', 'd1'), y: attached('two', 'd2') };
    await put(notes, note('a', { _attachments }));
    const first = (await byId(notes, 'a')) as AnyRxDocument;
    await write(notes, [changed(first, { _attachments: { y: first._attachments.y } })]);
    expect(await refused(notes, 'a', 'x', 'd1')).toBe('NOT_FOUND');
    expect((await read(notes, 'a', 'y', 'd2')).type).toBe('text/plain');
    const second = (await byId(notes, 'a')) as AnyRxDocument;
    await write(notes, [changed(second, { _deleted: true })]);
    expect(await refused(notes, 'a', 'y', 'd2')).toBe('NOT_FOUND');
  });

  test('does not come back with the document', async () => {
    const notes = await open();
    await put(notes, note('a', { _attachments: { x: attached('one', 'd1') } }));
    await write(notes, [changed((await byId(notes, 'a')) as AnyRxDocument, { _deleted: true, _attachments: {} })]);
    const deleted = (await byId(notes, 'a')) as AnyRxDocument;
    const stub = { x: { digest: 'd1', length: 3, type: 'text/plain' } };
    const [error] = await write(notes, [changed(deleted, { _deleted: false, _attachments: stub })]);
    expect(error).toMatchObject({ status: 510, attachmentId: 'x' });
    expect(await write(notes, [changed(deleted, { _deleted: false })])).toEqual([]);
    expect(await refused(notes, 'a', 'x', 'd1')).toBe('NOT_FOUND');
  });

  test('is what it was when the call was made', async () => {
    const notes = await open();
    const document = note('a', { text: 'given', _attachments: { x: attached('one', 'd1') } }) as AnyRxDocument & {
      text: string;
    };
    const writing = put(notes, document);
    document.text = 'changed';
    Object.assign(document._attachments, { y: attached('two', 'd2') });
    await writing;
    expect(await byId(notes, 'a')).toMatchObject({ text: 'given' });
    expect(Object.keys((await byId(notes, 'a'))?._attachments ?? {})).toEqual(['x']);
  });
});

describe('a row is refused with 510', () => {
  const stub = { x: { digest: 'd1', length: 3, type: 'text/plain' } };

  test('that names an attachment which nobody has, and none of it is written', async () => {
    const notes = await open();
    const bulks = hear(notes);
    const row = { document: note('a', { _attachments: { ...stub, y: attached('two', 'd2') } }) };
    const errors = await write(notes, [row, { document: note('b') }], 'why');
    expect(errors).toEqual([
      { isError: true, status: 510, documentId: 'a', attachmentId: 'x', writeRow: row, context: 'why' },
    ]);
    expect(await byId(notes, 'a')).toBeUndefined();
    expect(await refused(notes, 'a', 'y', 'd2')).toBe('NOT_FOUND');
    expect(bulks.flatMap(({ events }) => events.map(({ documentId }) => documentId))).toEqual(['b']);
  });

  test('and told what is there, where the document is', async () => {
    const notes = await open();
    const first = note('a');
    await put(notes, first);
    const [error] = await write(notes, [changed(first, { _attachments: stub })]);
    expect(error).toMatchObject({ status: 510, attachmentId: 'x', documentInDb: first });
    expect(await byId(notes, 'a')).toEqual(first);
  });
});

test('attachments are there again when the collection is opened again, and gone where they were deleted', async () => {
  const storage = getRxStorageSojourn({ storage: memoryStorage() });
  const names = { collectionName: 'kept' };
  let notes = await open(storage, names);
  await put(
    notes,
    note('a', { _attachments: { x: attached(bytes, 'd1') } }),
    note('b', { _attachments: { x: attached('b', 'd2') } }),
  );
  await write(notes, [changed((await byId(notes, 'b')) as AnyRxDocument, { _deleted: true, _attachments: {} })]);
  const before = await byId(notes, 'a');
  await notes.close();
  notes = await open(storage, names);
  expect(await byId(notes, 'a')).toEqual(before);
  expect((await read(notes, 'a', 'x', 'd1')).bytes).toEqual(bytes);
  expect(await refused(notes, 'b', 'x', 'd2')).toBe('NOT_FOUND');
  expect(await notes.cleanup(0)).toBe(true);
  expect(await byId(notes, 'b')).toBeUndefined();
  await notes.close();
});

test('attachments with the names of what every object has are attachments like others', async () => {
  const notes = await open();
  for (const name of ['constructor', '__proto__', 'toString']) {
    const stub = Object.fromEntries([[name, { digest: 'd1', length: 3, type: 'text/plain' }]]);
    const [error] = await write(notes, [{ document: note(`no ${name}`, { _attachments: stub }) }]);
    expect(error).toMatchObject({ status: 510, attachmentId: name });
    await put(notes, note(name, { _attachments: Object.fromEntries([[name, attached('one', 'd1')]]) }));
    expect((await read(notes, name, name, 'd1')).bytes).toHaveLength(3);
    const [refusal] = await write(notes, [changed(note(name), { _attachments: stub })]);
    expect(refusal).toMatchObject({ status: 409 });
    const held = (await byId(notes, name)) as AnyRxDocument;
    expect(await write(notes, [changed(held, { text: 'new' })])).toEqual([]);
    expect((await read(notes, name, name, 'd1')).bytes).toHaveLength(3);
  }
});
