import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bundledScript } from '../instruments/bundle-script.ts';
import type { TabWorker } from './tab-worker.ts';
import { openCalls } from './writer.ts';

const tabWorker = bundledScript(join(import.meta.dirname, 'tab-worker.ts'));
beforeAll(() => tabWorker.build());
afterAll(() => tabWorker.remove());

/** A worker, seen from outside. */
class Remote {
  readonly worker: Worker;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(code: unknown): void }>();
  #turn = 0;

  private constructor(folder: string) {
    this.worker = new Worker(tabWorker.path, { workerData: { folder } });
    this.worker.on('message', ({ turn, result, code }) => {
      const waiting = this.#waiting.get(turn);
      this.#waiting.delete(turn);
      if (code === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(code));
    });
  }

  static async open(folder: string): Promise<Remote> {
    const remote = new Remote(folder);
    workers.push(remote);
    await new Promise((resolve, reject) => {
      remote.#waiting.set(0, { resolve, reject });
      remote.worker.once('error', reject);
    });
    return remote;
  }

  ask<Call extends keyof TabWorker>(
    call: Call,
    ...args: Parameters<TabWorker[Call]>
  ): Promise<Awaited<ReturnType<TabWorker[Call]>>> {
    const turn = ++this.#turn;
    return new Promise((resolve, reject) => {
      this.#waiting.set(turn, { resolve: resolve as (result: unknown) => void, reject });
      this.worker.postMessage({ turn, call, args });
    });
  }
}

const workers: Remote[] = [];
afterEach(async () => {
  for (const { worker } of workers.splice(0)) await worker.terminate();
});

async function openWorkers(count: number): Promise<{ folder: string; remotes: Remote[] }> {
  const folder = await mkdtemp(join(tabWorker.folder, 'data-'));
  const remotes: Remote[] = [];
  while (remotes.length < count) remotes.push(await Remote.open(folder));
  return { folder, remotes };
}

describe('workers of one process on one LevelDB', () => {
  test('write through the first, and see each other’s writes', async () => {
    const { folder, remotes } = await openWorkers(3);
    const [first, second, third] = remotes as [Remote, Remote, Remote];
    expect(await Promise.all(remotes.map((remote) => remote.ask('role')))).toEqual(['leader', 'follower', 'follower']);
    await Promise.all(remotes.map((remote, at) => remote.ask('create', `by ${at}`)));
    for (const remote of remotes) await expect.poll(() => remote.ask('size')).toBe(3);
    expect(await third.ask('importRows', 5_000)).toBe(5_000);
    await expect.poll(() => second.ask('size')).toBe(5_003);
    expect(await second.ask('deleteAll')).toBe(5_003);
    await expect.poll(() => first.ask('size')).toBe(0);
    await expect(second.ask('compact')).rejects.toThrow('WRITER_ELSEWHERE');
    for (const remote of remotes) await remote.ask('close');
    const db = await openCalls(folder);
    expect(db.Call.size).toBe(0);
    await db.close();
  });

  test('when the first is terminated while all write, another takes its place with all that was acknowledged, once', async () => {
    const { remotes } = await openWorkers(3);
    const [first, ...others] = remotes as [Remote, Remote, Remote];
    const acknowledged: string[] = [];
    let isOver = false;
    const writing = others.map(async (remote, by) => {
      for (let turn = 0; !isOver; turn++) {
        const note = `${by}.${turn}`;
        await remote.ask('create', note);
        acknowledged.push(note);
      }
    });
    await expect.poll(() => acknowledged.length).toBeGreaterThan(50);
    await first.worker.terminate();
    const before = acknowledged.length;
    await expect.poll(() => acknowledged.length).toBeGreaterThan(before + 50);
    isOver = true;
    await Promise.all(writing);
    const [left = [], right = []] = await Promise.all(
      others.map(async (remote) => {
        await expect.poll(() => remote.ask('size')).toBe(acknowledged.length);
        return remote.ask('notes');
      }),
    );
    expect(left).toEqual(right);
    expect([...left].sort()).toEqual([...acknowledged].sort());
    expect((await Promise.all(others.map((remote) => remote.ask('role')))).sort()).toEqual(['follower', 'leader']);
  });

  test('a worker that follows and is told to end, ends, and the others go on', async () => {
    const { remotes } = await openWorkers(2);
    const [first, second] = remotes as [Remote, Remote];
    await second.ask('create', 'one');
    await second.ask('close');
    await first.ask('create', 'two');
    expect(await first.ask('notes')).toEqual(['one', 'two']);
  });
});
