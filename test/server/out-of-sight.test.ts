import { describe, expect, it, onTestFinished } from 'vitest';
import type { SyncHandlerOptions } from '../../src/server/sync-options.ts';
import { pull, tryHandler } from './try-handler.ts';

type Page = { documents: [number, Record<string, unknown>][]; checkpoint: string; done: boolean };

const mine: SyncHandlerOptions['canRead'] = (user, _object, record) => record.Owner === user;

async function open() {
  const tried = await tryHandler({ canRead: mine });
  onTestFinished(() => tried.end());
  const page = async (checkpoint: string | null, limit = 100) =>
    (await (await tried.post('/pull', pull(checkpoint, { limit }))).json()) as Page;
  return { ...tried, page };
}

describe('a record that has left the sight of a user', () => {
  it('leaves a pull of many pages, though it was written again after it had left', async () => {
    const { db, page } = await open();
    const { id } = await db.Desk.create({ Title: 'one', Owner: 'ann' });
    const { checkpoint } = await page(null);
    await db.Desk.update({ Id: id as string, Owner: 'bob' });
    for (let i = 0; i < 5; i++) await db.Desk.create({ Title: `${i}`, Owner: 'ann' });
    await db.Desk.update({ Id: id as string, Title: 'two' });
    const shown: unknown[] = [];
    let at = checkpoint;
    for (let done = false; !done; ) {
      const next = await page(at, 2);
      for (const [, document] of next.documents) shown.push(document.Id);
      ({ done, checkpoint: at } = next);
    }
    expect(shown).toContain(id);
  });

  it('leaves the next pull of a user who made it since the one before', async () => {
    const { db, page } = await open();
    const { checkpoint } = await page(null);
    const { id } = await db.Desk.create({ Title: 'one', Owner: 'ann' });
    await db.Desk.update({ Id: id as string, Owner: 'bob' });
    const { documents } = await page(checkpoint);
    expect(documents).toEqual([[0, { Id: id, _deleted: true, _removed: true }]]);
  });
});
