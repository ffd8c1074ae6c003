import { createRxDatabase } from 'rxdb';
import { config } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { memoryStorage } from '../../src/index.ts';
import { getRxStorageSojourn } from '../../src/rxdb/rxdb.ts';
import { codeOf } from '../instruments/any-database.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { hear, note, noteSchema, openNotes, put, write } from '../instruments/rx-documents.ts';

async function manyTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** An environment that counts what is asked of it and not given back. */
function countingEnvironment() {
  const open = { timers: 0, channels: 0 };
  const env = createFakeEnvironment();
  const { wake } = env;
  Object.assign(env, {
    wake: (action: () => void, ms: number) => {
      open.timers++;
      const stop = wake(() => {
        open.timers--;
        action();
      }, ms);
      return () => {
        if (stop() as unknown as boolean) open.timers--;
      };
    },
    channel: () => {
      open.channels++;
      let isOpen = true;
      return {
        send: () => undefined,
        hold: () => undefined,
        close: () => {
          if (isOpen) open.channels--;
          isOpen = false;
        },
      };
    },
  });
  return { env, open };
}

describe('after an instance has closed', () => {
  test('nothing is heard from it, and its stream has completed', async () => {
    for (const kept of [{}, { storage: memoryStorage() }]) {
      const storage = getRxStorageSojourn(kept);
      const params = { collectionName: 'quiet' };
      const [one, other] = await Promise.all([openNotes(storage, params), openNotes(storage, params)]);
      const heard: string[] = [];
      one.changeStream().subscribe({ next: () => heard.push('bulk'), complete: () => heard.push('complete') });
      await put(one, note('a'));
      await one.close();
      await put(other, note('b'));
      await other.close();
      await manyTurns();
      expect(heard).toEqual(['bulk', 'complete']);
      await (await openNotes(storage, params)).remove();
    }
  });

  test('no timer, channel or lock is left', async () => {
    for (const multiInstance of [false, true]) {
      const storage = memoryStorage();
      const { env, open } = countingEnvironment();
      const notes = await openNotes(getRxStorageSojourn({ storage, env }), {
        collectionName: 'handles',
        multiInstance,
      });
      hear(notes);
      await put(notes, note('a'), note('b', { _deleted: true }));
      await notes.cleanup(0);
      await notes.close();
      await manyTurns();
      expect(open).toEqual({ timers: 0, channels: 0 });
      const again = await openNotes(getRxStorageSojourn({ storage, env }), { collectionName: 'handles' });
      expect(await again.findDocumentsById(['a', 'b'], true)).toHaveLength(1);
      await again.remove();
      expect(open).toEqual({ timers: 0, channels: 0 });
    }
  });

  test('a write that was under way is kept or refused, and no half of it', async () => {
    const storage = getRxStorageSojourn({ storage: memoryStorage() });
    const params = { collectionName: 'under way', schema: noteSchema({ attachments: {} }) };
    const notes = await openNotes(storage, params);
    const x = { data: new Blob(['x']), digest: 'd', type: 'text/plain', length: 1 };
    const writes = [
      write(notes, [{ document: note('a') }, { document: note('b') }]),
      write(notes, [{ document: note('c', { _attachments: { x } }) }, { document: note('d') }]),
    ];
    const codes = Promise.all(writes.map((writing) => codeOf(() => writing)));
    await notes.close();
    const again = await openNotes(storage, params);
    for (const [i, code] of (await codes).entries()) {
      const ids = i === 0 ? ['a', 'b'] : ['c', 'd'];
      expect([undefined, 'DATABASE_CLOSED']).toContain(code);
      expect(await again.findDocumentsById(ids, true)).toHaveLength(code === undefined ? 2 : 0);
    }
    await again.close();
  });

  test('closing again is nothing, and removing is refused', async () => {
    const notes = await openNotes(getRxStorageSojourn());
    await Promise.all([notes.close(), notes.close()]);
    await notes.close();
    expect(await codeOf(() => notes.remove())).toBe('DATABASE_CLOSED');
    const other = await openNotes(getRxStorageSojourn());
    await other.remove();
    await other.close();
    expect(await codeOf(() => other.remove())).toBe('DATABASE_CLOSED');
  });
});

test('a listener that throws stops neither the write nor the other listeners', async () => {
  const notes = await openNotes(getRxStorageSojourn());
  const thrown: unknown[] = [];
  const before = config.onUnhandledError;
  config.onUnhandledError = (error) => thrown.push(error);
  try {
    notes.changeStream().subscribe(() => {
      throw new Error('a listener');
    });
    const bulks = hear(notes);
    await put(notes, note('a'));
    await put(notes, note('b'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([bulks.length, thrown.length]).toEqual([2, 2]);
  } finally {
    config.onUnhandledError = before;
  }
  await notes.remove();
});

test('a listener that writes is heard after what it answers', async () => {
  const notes = await openNotes(getRxStorageSojourn());
  const bulks: string[] = [];
  const writes: Promise<void>[] = [];
  notes.changeStream().subscribe(({ events }) => {
    const id = events[0]?.documentId as string;
    if (id.length < 4) writes.push(put(notes, note(`${id}x`)));
    bulks.push(id);
  });
  await put(notes, note('a'));
  await Promise.all(writes);
  expect(bulks).toEqual(['a', 'ax', 'axx', 'axxx']);
  await notes.remove();
});

test('an RxDatabase over it leaves the process nothing to wait for', async () => {
  const before = process.getActiveResourcesInfo();
  const storage = memoryStorage();
  const database = await createRxDatabase({ name: 'quiet', storage: getRxStorageSojourn({ storage }) as never });
  const schema = { version: 0, primaryKey: 'id', type: 'object', properties: { id: { type: 'string', maxLength: 9 } } };
  await database.addCollections({ notes: { schema: schema as never } });
  const live = database.collections.notes?.find().$.subscribe();
  await database.collections.notes?.insert({ id: 'a' });
  await database.close();
  live?.unsubscribe();
  // Those of the test's own process come and go meanwhile; a poll would have a timer itself.
  for (let turn = 0; turn < 200 && process.getActiveResourcesInfo().length > before.length; turn++) await manyTurns();
  expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before.length);
});
