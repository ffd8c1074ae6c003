import type { ServerResponse } from 'node:http';
import { expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { endpoints } from '../../src/replication/endpoints.ts';
import { replicate } from '../../src/replication/replicate.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import { Step } from '../instruments/sync-fleet.ts';
import { type Got, sendJson, serve } from './serve.ts';

/** A thing of the foreign API, which has names of its own for everything, and a revision by which it is changed. */
interface Ticket {
  readonly key: string;
  readonly title: string;
  readonly memo: string;
  readonly closed: boolean;
  readonly changed: string;
  readonly rev: number;
}

/** A REST API that has never heard of any sync: lists by revision, one thing by its key, and changes under `if-match`. */
async function serveTickets() {
  const tickets = new Map<string, Ticket>();
  let revision = 0;
  let changes = 0;
  const put = (key: string, ticket: Partial<Ticket>) => {
    const old = tickets.get(key) ?? { title: '', memo: '', closed: false, changed: '' };
    tickets.set(key, { ...old, ...ticket, key, rev: ++revision });
    changes++;
  };
  const answer = ({ method, path, headers, body }: Got, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(path, 'http://x');
    const key = pathname.split('/')[2];
    if (key === undefined) {
      const found = [...tickets.values()].filter(({ rev }) => rev > Number(searchParams.get('since')));
      return sendJson(
        response,
        found.sort((left, right) => left.rev - right.rev).slice(0, Number(searchParams.get('count'))),
      );
    }
    const held = tickets.get(key);
    if (method === 'GET') return held === undefined ? sendJson(response, {}, 404) : sendJson(response, held);
    if (String(held?.rev ?? 0) !== headers['if-match']) return sendJson(response, {}, 412);
    put(key, JSON.parse(body));
    return sendJson(response, tickets.get(key));
  };
  return { ...(await serve(answer)), tickets, put, changes: () => changes };
}

/** The remote that whoever uses such an API writes. */
function ticketRemote(url: string) {
  const get = async (key: string) => {
    const response = await fetch(`${url}/tickets/${key}`);
    return response.status === 404 ? undefined : ((await response.json()) as Ticket);
  };
  const isSame = (held: Ticket, assumed: Ticket) =>
    held.title === assumed.title && held.memo === assumed.memo && held.closed === assumed.closed;
  return endpoints({
    pull: async ({ checkpoint, limit, signal }) => {
      const since = (checkpoint as number | null) ?? 0;
      const response = await fetch(`${url}/tickets?since=${since}&count=${limit}`, { signal });
      const documents = (await response.json()) as Ticket[];
      return { documents, checkpoint: documents.at(-1)?.rev ?? since };
    },
    push: async ({ rows }) => {
      const conflicts: Ticket[] = [];
      for (const { assumedMasterState, newDocumentState } of rows) {
        const { key, ...fields } = newDocumentState as Ticket;
        const held = await get(key);
        if (held !== undefined && (assumedMasterState === undefined || !isSame(held, assumedMasterState as Ticket))) {
          conflicts.push(held);
          continue;
        }
        const headers = { 'if-match': String(held?.rev ?? 0) };
        const response = await fetch(`${url}/tickets/${key}`, { method: 'PUT', headers, body: JSON.stringify(fields) });
        // Someone was faster.
        if (response.status === 412) conflicts.push((await get(key)) as Ticket);
      }
      return conflicts;
    },
    toRecord: (_object, foreign) => {
      const { key, title, memo, closed, changed } = foreign as Ticket;
      return { Id: key, Subject: title || null, Note: memo || null, SystemModstamp: changed, _deleted: closed };
    },
    toDocument: (_object, { Id, Subject, Note, SystemModstamp, _deleted }) => ({
      key: Id,
      title: Subject ?? '',
      memo: Note ?? '',
      closed: _deleted === true,
      changed: SystemModstamp,
    }),
  });
}

test('a foreign REST API with names of its own is synced with by functions and mappers, both ways', async () => {
  const api = await serveTickets();
  const open = async () => {
    const db = await openDatabase({ name: 'desk', objects: [Step, ...syncObjects] });
    const sync = replicate(db, { remote: ticketRemote(api.url), objects: ['Step'], pollMs: 30, batch: { pull: 2 } });
    return { db, sync };
  };
  const [one, two] = [await open(), await open()];
  const ids: string[] = [];
  for (const Subject of ['a', 'b', 'c', 'd', 'e']) ids.push((await one.db.Step.create({ Subject })).id as string);
  await one.sync.inSync();
  await two.sync.inSync();
  expect(two.db.Step.find({}).map(({ Id, Subject }) => [Id, Subject])).toEqual(
    one.db.Step.find({}).map(({ Id, Subject }) => [Id, Subject]),
  );
  const [a, b] = ids as [string, string];
  await one.db.Step.update({ Id: a, Note: 'noted' });
  api.put(a, { title: 'by the API' });
  await two.db.Step.delete(b);
  await two.sync.inSync();
  const shown = (db: typeof one.db) =>
    new Map(
      db.Step.find({ deleted: 'include' } as never).map(({ Id, Subject, Note, IsDeleted }) => [
        Id,
        [Subject ?? '', Note ?? '', IsDeleted],
      ]),
    );
  const held = () =>
    new Map([...api.tickets.values()].map(({ key, title, memo, closed }) => [key, [title, memo, closed]]));
  for (const { db, sync } of [one, two])
    await vi.waitFor(
      () => {
        expect(sync.status.pending).toBe(0);
        expect(shown(db)).toEqual(held());
      },
      { timeout: 20_000, interval: 20 },
    );
  expect(api.tickets.get(a)).toMatchObject({ title: 'by the API', memo: 'noted' });
  expect(api.tickets.get(b)).toMatchObject({ closed: true });
  expect(one.db.Step.get(b)).toBeUndefined();
  // Five made, one changed here, one there, one deleted.
  expect(api.changes()).toBe(8);
  const puts = api.got.filter(({ method }) => method === 'PUT').length;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(api.got.filter(({ method }) => method === 'PUT')).toHaveLength(puts);
  for (const { db, sync } of [one, two]) {
    await sync.close();
    await db.close();
  }
});
