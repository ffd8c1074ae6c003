import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { documentOfRow, type PulledRow } from '../../src/replication/pulled-row.ts';
import type { PullPage, Remote } from '../../src/replication/remote.ts';
import { replicate } from '../../src/replication/replicate.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import { Account, Item } from '../instruments/open-synced.ts';

const STAMPS = ['2026-01-02T03:04:05.000Z', '2026-02-02T03:04:05.000Z'];
const ITEM = ['Id', 'Label', 'CreatedDate', 'SystemModstamp', 'Unknown'];
const ACCOUNT = ['Id', 'Code', 'Name', 'CreatedDate', 'SystemModstamp'];
const item = (id: unknown, label: unknown): PulledRow => ({
  place: 0,
  line: [0, id, label, ...STAMPS, 1],
  fields: ITEM,
});
const account = (id: unknown, code: string): PulledRow => ({
  place: 1,
  line: [1, id, code, code, ...STAMPS],
  fields: ACCOUNT,
});

/** What a client comes to that pulls these pages. `written`: ids of records that it has made before. */
async function pulled(pages: readonly PullPage['documents'][], written: readonly string[]) {
  const db = await openDatabase({ name: 'client', objects: [Account, Item, ...syncObjects] });
  const remote: Remote = {
    async *pull(): AsyncGenerator<PullPage> {
      for (const [at, documents] of pages.entries())
        yield { documents, checkpoint: `c${at}`, done: at === pages.length - 1 };
    },
    push: (_request, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('called off')))),
  };
  if (written.length > 0)
    await db.Item.import(
      written.map((Id) => ({ Id, Label: 'mine', CreatedDate: STAMPS[0], SystemModstamp: STAMPS[0] })),
    );
  const sync = replicate(db, { remote, objects: ['Item', 'Account'] });
  onTestFinished(async () => {
    await sync.close();
    await db.close();
  });
  await expect.poll(() => sync.status.lastPullAt).toBeDefined();
  return {
    items: db.Item.find({}).map(({ Id, Label, CreatedDate, SystemModstamp }) => [
      Id,
      Label,
      CreatedDate,
      SystemModstamp,
    ]),
    accounts: db.Account.find({}).map(({ Id, Code, Name, LastModifiedDate }) => [Id, Code, Name, LastModifiedDate]),
    aside: db.SyncQuarantine.find({}).map(({ RecordId, Code, Document }) => [RecordId, Code, Document]),
    waiting: sync.outbox.list().map(({ id, kind, fields }) => [id, kind, fields]),
  };
}

/** The same by rows as by the documents that they stand for. */
async function eitherWay(pages: readonly (readonly PulledRow[])[], written: readonly string[] = []) {
  const byRows = await pulled(pages, written);
  const documents = pages.map((page) => page.map((row) => [row.place, documentOfRow(row)] as const));
  expect(byRows).toEqual(await pulled(documents, written));
  return byRows;
}

async function newIds() {
  const db = await openDatabase({ name: 'ids', objects: [Account, Item] });
  onTestFinished(() => db.close());
  const idsOf = (results: readonly { readonly id: string | null }[]) => results.map(({ id }) => id as string);
  return {
    items: idsOf(await db.Item.create([{ Label: 'a' }, { Label: 'b' }, { Label: 'c' }])),
    accounts: idsOf(await db.Account.create([{ Note: 'a' }, { Note: 'b' }])),
  };
}

it('rows come to what their documents come to', async () => {
  const { items, accounts } = await newIds();
  const [a, b] = items;
  const { items: found } = await eitherWay([
    [item(a, 'one'), account(accounts[0], 'X'), item(b, 'two')],
    [item(a, 'one more'), account(accounts[1], 'Y')],
  ]);
  expect(found.map(([id, label]) => [id, label])).toEqual([
    [a, 'one more'],
    [b, 'two'],
  ]);
});

it('also where a record comes twice at once, or by the short form of its id', async () => {
  const { items } = await newIds();
  const [a, b] = items as [string, string];
  await eitherWay([[item(a, 'one'), item(a, 'two'), item(b.slice(0, 15), 'three')], [item(b.slice(0, 15), 'four')]]);
});

it('where unique keys go from one to the other', async () => {
  const { accounts } = await newIds();
  const [a, b] = accounts;
  await eitherWay([
    [account(a, 'X'), account(b, 'Y')],
    [account(a, 'Y'), account(b, 'X')],
  ]);
});

it('where something was written here', async () => {
  const { items } = await newIds();
  const [a, b, c] = items as [string, string, string];
  const { waiting } = await eitherWay([[item(a, 'theirs'), item(b, 'mine')]], [a, b, c]);
  expect(waiting.length).toBeGreaterThan(0);
});

it('and where some cannot be stored', async () => {
  const { items, accounts } = await newIds();
  const [a, b] = items;
  const bad = [item('nonsense', 'x'), item(7, 'x'), item(null, 'x'), item(accounts[0], 'x'), item(a, 7)];
  const { aside, items: found } = await eitherWay([[...bad, item(b, 'good')], [item(a, 'better')]]);
  expect(aside).toHaveLength(4);
  expect(found).toHaveLength(2);
});
