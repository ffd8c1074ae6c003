import { describe, expect, test } from 'vitest';
// Loaded before, as what is loaded when wanted takes turns of its own.
import '../../src/engine/tabs/tab.ts';
import { getRxStorageSojourn } from '../../src/rxdb/rxdb.ts';
import { codeOf } from '../instruments/any-database.ts';
import {
  type AnyRxBulk,
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
import type { AnyRxDocument } from '../instruments/rx-schemas.ts';
import { type SimulatedTab, TabNetwork } from '../instruments/tab-network.ts';

const schema = noteSchema({ attachments: {} });
const params = { collectionName: 'tabs', multiInstance: true, schema };

interface OpenTab {
  readonly tab: SimulatedTab;
  readonly notes: AnyRxInstance;
  readonly bulks: AnyRxBulk[];
}

class Tabs {
  readonly network: TabNetwork;
  #opened = 0;

  constructor(seed = 1) {
    this.network = new TabNetwork(seed, true);
  }

  /** Lets the tabs talk until `work` is done. */
  async done<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    work.then(end, end);
    for (let second = 0; second < 60 && !isDone; second++) await this.network.advance(1);
    return work;
  }

  async open(): Promise<OpenTab> {
    const tab = this.network.createTab(++this.#opened);
    const storage = getRxStorageSojourn({ storage: tab.storage, env: tab.env });
    const notes = await this.done(openNotes(storage, params));
    return { tab, notes, bulks: hear(notes) };
  }
}

const idsOf = (bulks: readonly AnyRxBulk[]) => bulks.map(({ events }) => events.map(({ documentId }) => documentId));

/** What of bulks is the same in all tabs. */
const plain = (bulks: readonly AnyRxBulk[]) =>
  bulks.map(({ events, context, checkpoint }) => ({ events, context, checkpoint }));

describe('two tabs on one collection', () => {
  test('hear each bulk once, with its context, whichever wrote it, and hold the same', async () => {
    const tabs = new Tabs();
    const [leader, follower] = [await tabs.open(), await tabs.open()];
    await tabs.done(write(leader.notes, [{ document: note('a') }, { document: note('b') }], 'of the leader'));
    await tabs.done(write(follower.notes, [{ document: note('c') }, { document: note('d') }], 'of the follower'));
    await tabs.network.advance(1);
    for (const { bulks } of [leader, follower]) {
      expect(idsOf(bulks)).toEqual([
        ['a', 'b'],
        ['c', 'd'],
      ]);
      expect(bulks.map(({ context }) => context)).toEqual(['of the leader', 'of the follower']);
      expect(new Set(bulks.map(({ id }) => id)).size).toBe(2);
    }
    expect(plain(follower.bulks)).toEqual(plain(leader.bulks));
    const ids = ['a', 'b', 'c', 'd'];
    expect(await follower.notes.findDocumentsById(ids, true)).toEqual(await leader.notes.findDocumentsById(ids, true));
    await tabs.done(Promise.all([leader.notes.close(), follower.notes.close()]));
  });

  test('refuse what the other has written before, and events are told before a write settles', async () => {
    const tabs = new Tabs();
    const [leader, follower] = [await tabs.open(), await tabs.open()];
    const first = note('a', { rank: 0 });
    await tabs.done(put(follower.notes, first));
    expect(follower.bulks).toHaveLength(1);
    const rows = [changed(first, { rank: 1 }), changed(first, { rank: 2 })] as const;
    const results = await tabs.done(Promise.all([write(follower.notes, [rows[0]]), write(leader.notes, [rows[1]])]));
    expect(results.flat().map(({ status }) => status)).toEqual([409]);
    const refused = results.findIndex((errors) => errors.length === 1);
    expect(results[refused]?.[0]?.writeRow).toBe(rows[refused]);
    await tabs.network.advance(1);
    expect(await byId(follower.notes, 'a')).toEqual(await byId(leader.notes, 'a'));
    expect(plain(follower.bulks)).toEqual(plain(leader.bulks));
    expect(leader.bulks).toHaveLength(2);
    await tabs.done(Promise.all([leader.notes.close(), follower.notes.close()]));
  });

  test('write what a row was when it was given', async () => {
    const tabs = new Tabs();
    const [leader, follower] = [await tabs.open(), await tabs.open()];
    const document = note('a', { rank: 1 }) as AnyRxDocument & { rank: number };
    // Another comes before, so that it is asked for again.
    const before = write(leader.notes, [{ document: note('b') }]);
    const writing = write(follower.notes, [{ document }]);
    document.rank = 2;
    await tabs.done(Promise.all([before, writing]));
    for (const { notes } of [leader, follower]) expect((await byId(notes, 'a'))?.rank).toBe(1);
    await tabs.done(Promise.all([leader.notes.close(), follower.notes.close()]));
  });

  test('have the same attachments and checkpoints', async () => {
    const tabs = new Tabs();
    const [leader, follower] = [await tabs.open(), await tabs.open()];
    const data = new Blob(['text'], { type: 'text/plain' });
    const x = { data, digest: 'd1', type: 'text/plain', length: 4 };
    await tabs.done(put(follower.notes, note('a', { _attachments: { x } })));
    await tabs.network.advance(1);
    for (const { notes } of [leader, follower])
      expect(await (await notes.getAttachmentData('a', 'x', 'd1')).text()).toBe('text');
    const [atLeader, atFollower] = await Promise.all(
      [leader, follower].map(({ notes }) => notes.getChangedDocumentsSince?.(10, undefined as never)),
    );
    expect(atFollower).toEqual(atLeader);
    expect(atLeader?.documents).toHaveLength(1);
    await tabs.done(Promise.all([leader.notes.close(), follower.notes.close()]));
  });

  test('go on when the one that writes is gone, and the changes since a checkpoint are the same', async () => {
    for (const ending of ['close', 'kill'] as const) {
      const tabs = new Tabs();
      const [leader, follower] = [await tabs.open(), await tabs.open()];
      await tabs.done(put(leader.notes, note('a')));
      await tabs.done(put(follower.notes, note('b')));
      const checkpoint = follower.bulks.at(-1)?.checkpoint as { readonly seq: number };
      if (ending === 'close') await tabs.done(leader.notes.close());
      else tabs.network.kill(leader.tab);
      await tabs.done(put(follower.notes, note('c')));
      const since = await follower.notes.getChangedDocumentsSince?.(10, checkpoint);
      expect(since?.documents.map(({ id }) => id)).toEqual(['c']);
      const late = await tabs.open();
      expect(await late.notes.findDocumentsById(['a', 'b', 'c'], false)).toHaveLength(3);
      expect(await late.notes.getChangedDocumentsSince?.(10, checkpoint)).toEqual(since);
      await tabs.done(Promise.all([follower.notes.close(), late.notes.close()]));
    }
  });

  test('are both without documents when one removes the collection', async () => {
    for (const remover of [0, 1]) {
      const tabs = new Tabs();
      const both = [await tabs.open(), await tabs.open()];
      const [one, other] = [both[remover], both[1 - remover]] as [OpenTab, OpenTab];
      const x = { data: new Blob(['text']), digest: 'd1', type: 'text/plain', length: 4 };
      await tabs.done(put(other.notes, note('a', { _attachments: { x } }), note('b', { _deleted: true })));
      await tabs.done(one.notes.remove());
      await tabs.network.advance(30);
      expect(await other.notes.findDocumentsById(['a', 'b'], true)).toEqual([]);
      expect(await codeOf(() => other.notes.getAttachmentData('a', 'x', 'd1'))).toBe('NOT_FOUND');
      await tabs.done(put(other.notes, note('c')));
      await tabs.done(other.notes.close());
      expect(await codeOf(() => byId(one.notes, 'c'))).toBe('DATABASE_CLOSED');
    }
  });
});

test('a tab that was put aside hears at last what it missed, as one bulk, and what it had is in order', async () => {
  const tabs = new Tabs();
  const [leader, follower] = [await tabs.open(), await tabs.open()];
  await tabs.done(put(leader.notes, note('a'), note('b')));
  await tabs.network.advance(1);
  const checkpoint = follower.bulks.at(-1)?.checkpoint as { readonly seq: number };
  await follower.notes.getChangedDocumentsSince?.(1, checkpoint);
  follower.tab.isFrozen = true;
  for (const id of ['c', 'd', 'e']) await tabs.done(put(leader.notes, note(id)));
  const held = (await byId(leader.notes, 'a')) as AnyRxDocument;
  await tabs.done(write(leader.notes, [changed(held, { _deleted: true })]));
  tabs.network.thaw();
  await tabs.network.advance(30);
  expect(new Set(idsOf(follower.bulks).flat())).toEqual(new Set(['a', 'b', 'c', 'd', 'e']));
  const ids = ['a', 'b', 'c', 'd', 'e'];
  expect(await follower.notes.findDocumentsById(ids, true)).toEqual(await leader.notes.findDocumentsById(ids, true));
  const since = await follower.notes.getChangedDocumentsSince?.(10, checkpoint);
  expect(since?.documents.map(({ id }) => id)).toEqual(['c', 'd', 'e', 'a']);
  expect(await leader.notes.getChangedDocumentsSince?.(10, checkpoint)).toEqual(since);
  await tabs.done(Promise.all([leader.notes.close(), follower.notes.close()]));
});

test('a tab that was overtaken gives up what it had not stored, and gives each change since a checkpoint once', async () => {
  const tabs = new Tabs();
  const [leader, follower] = [await tabs.open(), await tabs.open()];
  await tabs.done(put(leader.notes, note('a', { rank: 0 })));
  await tabs.network.advance(1);
  const first = (await byId(leader.notes, 'a')) as AnyRxDocument;
  const checkpoint = leader.bulks.at(-1)?.checkpoint as { readonly seq: number };
  await leader.notes.getChangedDocumentsSince?.(1, checkpoint);
  leader.tab.isFrozen = true;
  const lost = [
    put(leader.notes, note('b')),
    write(leader.notes, [changed(first, { rank: 1 })]),
    put(leader.notes, note('c')),
  ];
  const codes = Promise.all(lost.map((writing) => codeOf(() => writing)));
  await tabs.done(write(follower.notes, [changed(first, { rank: 2 })]));
  await tabs.done(put(follower.notes, note('d')));
  tabs.network.thaw();
  await tabs.network.advance(30);
  const since = await follower.notes.getChangedDocumentsSince?.(10, checkpoint);
  expect(await leader.notes.getChangedDocumentsSince?.(10, checkpoint)).toEqual(since);
  const ids = ['a', 'b', 'c', 'd'];
  expect(await leader.notes.findDocumentsById(ids, true)).toEqual(await follower.notes.findDocumentsById(ids, true));
  const { documents: found } = (await leader.notes.getChangedDocumentsSince?.(10, checkpoint)) ?? { documents: [] };
  for (const [i, code] of (await codes).entries())
    expect(code === undefined).toBe(
      found.some(({ id, rank }) => (i === 1 ? rank === 1 : id === ids[i + (i === 0 ? 1 : 0)])),
    );
  await tabs.done(Promise.all([leader.notes.close(), follower.notes.close()]));
});
