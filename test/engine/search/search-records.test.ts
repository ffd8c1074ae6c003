import { beforeEach, describe, expect, test } from 'vitest';
import { defineObject, openDatabase } from '../../../src/index.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { errorOf, idOf, USER } from '../../instruments/session-database.ts';

const Note = defineObject({
  name: 'Note__c',
  id: { kind: 'salesforce', prefix: 'a02' },
  fields: {
    Name: { type: 'string' },
    Body__c: { type: 'textarea' },
    Email__c: { type: 'email' },
    Phone__c: { type: 'phone' },
    Secret__c: { type: 'encryptedstring', properties: 'Create, Nillable, Update' },
    Address__c: { type: 'url', searchable: false },
    Score__c: { type: 'int' },
    Device__c: { type: 'object', fields: { maker: { type: 'string' }, size: { type: 'int' } } },
  },
});
const Sealed = defineObject({ name: 'Sealed__c', calls: ['create', 'query'], fields: { Name: { type: 'string' } } });

async function openNotes() {
  const env = createFakeEnvironment();
  const db = await openDatabase({ name: 'notes', objects: [Note, Sealed], user: USER, env });
  const made = await db.Note__c.create([
    { Name: 'Red shoes', Body__c: 'The customer wants red shoes, size 42.', Email__c: 'anna@example.com', Score__c: 1 },
    { Name: 'Refund', Body__c: 'Shoes came back; refund of the red pair.', Phone__c: '+49 30 1234', Score__c: 2 },
    {
      Name: 'Blue socks',
      Body__c: 'Größe 42, blau',
      Secret__c: 'red',
      Address__c: 'https://x.example/red',
      Score__c: 3,
    },
    { Name: 'Call', Device__c: { maker: 'Fairphone', size: 5 }, Score__c: 4 },
  ]);
  return { db, env, ids: made.map(idOf) };
}

let notes: Awaited<ReturnType<typeof openNotes>>;
const found = async (text: string, options = {}) =>
  (await notes.db.Note__c.search(text, options)).map(({ record }) => record.Name);

beforeEach(async () => {
  notes = await openNotes();
});

describe('a search of an object', () => {
  test('finds the records that have every word, in whatever texts and case', async () => {
    expect(await found('RED shoes')).toEqual(['Red shoes', 'Refund']);
    expect(await found('shoes 42')).toEqual(['Red shoes']);
    expect(await found('grösse')).toEqual(['Blue socks']);
    expect(await found('red socks')).toEqual([]);
  });

  test('or any of them, where that is asked', async () => {
    expect((await found('refund socks', { match: 'any' })).sort()).toEqual(['Blue socks', 'Refund']);
  });

  test('takes words that hang together as one: addresses and numbers are found as they are written', async () => {
    expect(await found('anna@example.com')).toEqual(['Red shoes']);
    expect(await found('example@anna.com')).toEqual([]);
    expect(await found('+49 30 1234')).toEqual(['Refund']);
  });

  test('finds what begins like the last word, and what is spelt almost like a word, where that is asked', async () => {
    expect(await found('sho')).toEqual([]);
    expect(await found('red sho', { prefix: true })).toEqual(['Red shoes', 'Refund']);
    expect(await found('sho red', { prefix: true })).toEqual([]);
    expect(await found('custmer', { fuzzy: true })).toEqual(['Red shoes']);
    expect(await found('cstmer', { fuzzy: true })).toEqual([]);
    expect(await found('cstmer', { fuzzy: 2 })).toEqual(['Red shoes']);
  });

  test('looks into nested texts, and never into encrypted ones or those that are not searchable', async () => {
    expect(await found('fairphone')).toEqual(['Call']);
    expect(await found('fairphone', { fields: ['Device__c.maker'] })).toEqual(['Call']);
    expect(await found('red')).not.toContain('Blue socks');
  });

  test('looks only into the fields named, and keeps to a condition, a limit and an offset', async () => {
    expect(await found('red', { fields: ['Name'] })).toEqual(['Red shoes']);
    expect(await found('red', { fields: ['Body__c'], where: { Score__c: { $gt: 1 } } })).toEqual(['Refund']);
    expect(await found('red shoes', { limit: 1 })).toEqual(['Red shoes']);
    expect(await found('red shoes', { limit: 1, offset: 1 })).toEqual(['Refund']);
    expect(await found('red', { fields: [] })).toEqual([]);
  });

  test('gives the stored records themselves, the best first, with the places of the words where that is asked', async () => {
    const [best] = await notes.db.Note__c.search('red', { highlight: true, fields: ['Name', 'Body__c'] });
    expect(best?.record).toBe(notes.db.Note__c.get(notes.ids[0] as string));
    const [from, to] = best?.highlights?.Body__c?.[0] ?? [0, 0];
    expect(best?.record.Body__c?.slice(from, to)).toBe('red');
    expect(best?.highlights?.Name).toEqual([[0, 3]]);
    // Folding makes the word longer than what is written.
    const [folded] = await notes.db.Note__c.search('grösse', { highlight: true });
    expect(folded?.highlights).toEqual({ Body__c: [[0, 5]] });
  });

  test('marks the words of a phrase only where they stand side by side', async () => {
    const Body__c = 'anna@example.com and example of com';
    await notes.db.Note__c.create({ Name: 'Phrase', Body__c });
    const [hit] = await notes.db.Note__c.search('anna@example.com', { highlight: true, fields: ['Body__c'] });
    expect(hit?.highlights?.Body__c?.map(([from, to]) => Body__c.slice(from, to))).toEqual(['anna', 'example', 'com']);
  });

  test('finds a UUID by any beginning while it is typed', async () => {
    const uuid = 'deadbeef-1234-4abc-8def-0123456789ab';
    await notes.db.Note__c.create({ Name: 'Uuid', Body__c: `id ${uuid}` });
    for (let length = 7; length <= uuid.length; length++)
      expect(await found(uuid.slice(0, length), { prefix: true }), `${length}`).toEqual(['Uuid']);
    await notes.db.Note__c.create({ Name: 'Part', Body__c: 'deadbeef-12 is none' });
    expect((await found('deadbeef-12', { prefix: true })).sort()).toEqual(['Part', 'Uuid']);
  });

  test('takes letters that are written in two ways as one', async () => {
    await notes.db.Note__c.create({ Name: 'e\u0301te' });
    expect(await found('\u00e9te')).toEqual(['e\u0301te']);
  });

  test('looks for a word once, however often it is given', async () => {
    await notes.db.Note__c.create(Array.from({ length: 300 }, (_, at) => ({ Name: `memo ${at}` })));
    expect(await found('memo '.repeat(2000), { match: 'any', limit: 500 })).toHaveLength(300);
  });

  test('of no word at all finds nothing', async () => {
    expect(await found('')).toEqual([]);
    expect(await found(' . , ')).toEqual([]);
  });
});

describe('what has been written is found at the next search:', () => {
  test('created, changed, deleted, undeleted, purged', async () => {
    const { db, ids } = notes;
    expect(await found('green')).toEqual([]);
    const green = idOf(await db.Note__c.create({ Name: 'Green' }));
    expect(await found('green')).toEqual(['Green']);
    await db.Note__c.update({ Id: ids[1] as string, Name: 'Green refund' });
    expect((await found('green')).sort()).toEqual(['Green', 'Green refund']);
    await db.Note__c.delete(green);
    expect(await found('green')).toEqual(['Green refund']);
    await db.Note__c.undelete(green);
    expect((await found('green')).sort()).toEqual(['Green', 'Green refund']);
    await db.Note__c.delete(green);
    await db.Note__c.emptyRecycleBin([green]);
    expect(await found('green')).toEqual(['Green refund']);
  });

  test('but not what a transaction took back', async () => {
    const { db } = notes;
    await found('red');
    expect(() =>
      db.transaction((tx) => {
        tx.Note__c.create({ Name: 'Violet' });
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(await found('violet')).toEqual([]);
  });

  test('also when it was written while the index was being built, or all at once', async () => {
    const { db } = notes;
    await db.Note__c.create(Array.from({ length: 2500 }, (_, at) => ({ Name: `bulk ${at}` })));
    const searching = db.Note__c.search('bulk', { limit: 5000 });
    await db.Note__c.create({ Name: 'bulk late' });
    expect((await searching).length).toBe(2501);
    await db.Note__c.update(db.Note__c.find().map(({ Id }) => ({ Id, Name: 'moved' })));
    expect(await found('bulk')).toEqual([]);
    expect((await db.Note__c.search('moved', { limit: 5000 })).length).toBe(2505);
  });
});

describe('refused is', () => {
  test.each([
    ['a text that is none', [5], 'MALFORMED_SEARCH'],
    ['a text without end', ['x '.repeat(6000)], 'MALFORMED_SEARCH'],
    ['a field that is not searched', ['x', { fields: ['Score__c'] }], 'INVALID_FIELD'],
    ['an encrypted field', ['x', { fields: ['Secret__c'] }], 'INVALID_FIELD'],
    ['an option there is not', ['x', { prefx: true }], 'INVALID_OPTION'],
    ['a match there is not', ['x', { match: 'some' }], 'INVALID_OPTION'],
    ['options that are none', ['x', null], 'INVALID_OPTION'],
    ['a name that is none', ['x', { fields: [Object.create(null)] }], 'INVALID_OPTION'],
    ['too many words to guess at', ['memo '.repeat(40), { fuzzy: true }], 'MALFORMED_SEARCH'],
    ['too much leniency', ['x', { fuzzy: 40 }], 'INVALID_OPTION'],
    ['a limit that is none', ['x', { limit: -1 }], 'MALFORMED_QUERY'],
    ['a condition of no field', ['x', { where: { Nope: 1 } }], 'INVALID_FIELD'],
  ])('%s', async (_, args, code) => {
    const search = notes.db.Note__c.search as (...given: readonly unknown[]) => Promise<unknown>;
    expect((await errorOf(() => search.apply(notes.db.Note__c, args as unknown[]))).code).toBe(code);
  });

  test('an object that is not searched, and a database that is closed', async () => {
    expect((await errorOf(() => notes.db.Sealed__c.search('x'))).code).toBe('METHOD_NOT_ALLOWED');
    await notes.db.Note__c.create(Array.from({ length: 3000 }, () => ({ Name: 'bulk' })));
    const searching = notes.db.Note__c.search('bulk');
    await notes.db.close();
    expect((await errorOf(() => searching)).code).toBe('DATABASE_CLOSED');
    expect((await errorOf(() => notes.db.Note__c.search('x'))).code).toBe('DATABASE_CLOSED');
  });
});
