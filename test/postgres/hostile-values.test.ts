import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresMaster } from '../../src/postgres/postgres.ts';
import type { Master } from '../../src/server/master.ts';
import { type OpenPostgres, openPostgres } from '../instruments/open-postgres.ts';
import { binned, edited, made, objects, purged, pushOf, readAll, write } from './tickets.ts';

const LONG = '\u{1f600}é"\\'.repeat(20_000);
const HOSTILE: Readonly<Record<string, string>> = {
  quotes: `'; DROP SCHEMA hostile CASCADE; --`,
  doubled: `"" '' \`\` $$ $1 $2 $tag$ {a,b} {"c"} \\'; \\" NULL null`,
  zero: 'a\u0000b\\u0000c',
  halves: '\ud800 and \udfff',
  emoji: '\u{1f469}\u200d\u{1f680}\ufeff\u2028\u2029',
  controls: Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join(''),
  statement: 'UPDATE hostile.clock SET sequence = 0 WHERE one = 1 RETURNING sequence',
  prototype: '__proto__',
  long: LONG,
};

let server: OpenPostgres;
let sql: Sql;
let master: Master;
/** All that was sent as a statement. */
const statements: string[] = [];

beforeAll(async () => {
  server = await openPostgres();
  sql = postgres(server.url, {
    debug: (_connection, statement) => statements.push(statement),
    onnotice: () => undefined,
  });
  master = await postgresMaster({ sql, objects, schema: 'hostile' });
});
afterAll(async () => {
  await master?.close();
  await sql?.end({ timeout: 1 });
  await server?.stop();
});

test('hostile texts in every place come back as they were, and stand in no statement', async () => {
  const values = Object.values(HOSTILE);
  // Ids of the longest; an id is no place for a text of any length.
  const idOf = (text: string) => (text === LONG ? 'long' : text);
  for (const [at, text] of values.entries()) {
    const id = idOf(text);
    const row = made(id, { Subject: text, Code: text.slice(0, 200), Payload: { inner: text.slice(0, 900) } });
    const client = text.slice(0, 1000);
    const push = pushOf([[row], [edited(id, { Subject: 'no' }, { Subject: 'yes' })]], { client, push: 1, hash: text });
    const outcome = await master.write(push);
    expect(outcome, Object.keys(HOSTILE)[at]).toMatchObject({
      commits: [[{ status: 'applied' }], [{ status: 'conflict' }]],
    });
    expect(await master.write(push)).toEqual({ ...outcome, repeated: true });
    const duplicate = await write(master, [made(`${at}`, { Code: text.slice(0, 200) })]);
    expect(duplicate).toMatchObject([{ code: 'DUPLICATE_VALUE' }]);
  }
  const entries = await readAll(master);
  expect(entries.map(({ id }) => id)).toEqual(values.map(idOf));
  for (const [at, { record }] of entries.entries()) {
    const text = values[at] as string;
    expect(record?.Subject).toBe(text);
    expect(record?.Code).toBe(text.slice(0, 200));
    expect(record?.Payload).toEqual({ inner: text.slice(0, 900) });
  }
  // As what took another along, in the bin and for good.
  for (const text of values.map(idOf)) {
    const root = { _deleted: true, _deletedWith: ['Ticket', text] as const };
    expect(await write(master, [edited(text, { _deleted: false }, root)])).toMatchObject([{ status: 'applied' }]);
  }
  const taken = await readAll(master);
  expect(taken.map(({ root }) => root?.id)).toEqual(values.map(idOf));
  const { entries: before } = await master.read({
    objects: ['Ticket'],
    after: values.length,
    limit: 100,
    withBefore: true,
    heldOnly: false,
  });
  expect(before.map((entry) => entry.before?.Subject)).toEqual(values);
  for (const text of values.map(idOf)) await write(master, [purged(text)]);
  expect((await readAll(master)).every(({ record }) => record === undefined)).toBe(true);

  const sent = new Set(statements);
  // A few statements, each used again and again, whatever is bound to them.
  expect(sent.size).toBeLessThan(60);
  const text = [...sent].join('\n');
  for (const value of values) expect(text).not.toContain(value);
  for (const word of ['DROP', 'inner', 'applied', '\u{1f600}', 'long']) expect(text).not.toContain(word);
});

test('ids that look alike to a text of the database are kept apart', async () => {
  const ids = ['\ud800', '\udc00', '\ufffd', '\\ud800', 'A', 'a', 'e\u0301', 'é', '\u0000', '\\u0000', '"', '\\"'];
  await write(
    master,
    ids.map((id) => made(id, { Subject: id }, 'Ticket')),
  );
  const { entries } = await master.read({
    objects: ['Ticket'],
    after: (await master.position()).sequence - 1,
    limit: 100,
    withBefore: false,
    heldOnly: true,
  });
  expect(entries.map(({ id, record }) => [id, record?.Id, record?.Subject]).toSorted()).toEqual(
    ids.map((id) => [id, id, id]).toSorted(),
  );
  for (const id of ids) expect(await write(master, [binned(id)])).toMatchObject([{ status: 'applied' }]);
});

test('what a record must not be is refused with a code, without a word of its values', async () => {
  const secret = 'very-secret';
  for (const [row, code] of [
    [made('x'.repeat(900), { Subject: secret }), 'MALFORMED_ID'],
    [made('n1', { Size: secret }), 'INVALID_TYPE_ON_FIELD_IN_RECORD'],
    [made('n2', { [secret]: 1 }), 'INVALID_FIELD'],
    [made('n3', {}, 'Nothing'), 'INVALID_TYPE'],
    [made('n4', {}, "Ticket'; --"), 'INVALID_TYPE'],
  ] as const) {
    const [answer] = await write(master, [row]);
    expect(answer).toMatchObject({ status: 'refused', code });
    expect((answer as { message: string }).message).not.toContain(secret);
  }
});
