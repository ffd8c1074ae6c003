import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledScript } from '../instruments/bundle-script.ts';
import { createNumbers } from '../instruments/fake-environment.ts';
import { openCalls } from './writer.ts';

const KILLS = Number(process.env.SOJOURN_KILLS ?? 12);
const seed = Number(process.env.SOJOURN_SEED ?? Date.now() % 100_000);

const writer = bundledScript(join(import.meta.dirname, 'writer.ts'));
beforeAll(() => writer.build());
afterAll(() => writer.remove());

/** Lets the writer run for some lines and a moment more, kills it, and gives what it had said. */
async function runAndKill(folder: string, from: number, lines: number, waitMs: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [writer.path, folder, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  const ended = new Promise((resolve) => child.once('close', resolve));
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(line);
    if (said.length === lines) setTimeout(() => child.kill('SIGKILL'), waitMs);
  });
  await ended;
  return said;
}

test(`a process that is killed ${KILLS} times while it writes has every acknowledged write, in whole commits (seed ${seed})`, async () => {
  const folder = await mkdtemp(join(writer.folder, 'data-'));
  const numbers = createNumbers(seed);
  const live = new Map<string, { turn: number; note: string }>();
  const gone = new Set<string>();
  let from = 1;
  for (let kill = 0; kill < KILLS; kill++) {
    const said = await runAndKill(folder, from, 3 + (numbers() % 200), numbers() % 30);
    expect(said[0]).toBe('ready');
    for (const line of said.slice(1)) {
      const [sign, id = '', turn, ...note] = line.split(' ');
      if (sign === '+') live.set(id, { turn: Number(turn), note: note.join(' ') });
      else {
        live.delete(id);
        gone.add(id);
      }
      if (turn !== undefined) from = Math.max(from, Number(turn) + 1);
    }
    const db = await openCalls(folder);
    // What was not yet acknowledged may be there too: the newest turn, and what it did to one older record.
    const newest = Math.max(0, ...db.Call.find({ select: ['Turn'] }).map(({ Turn }) => Turn ?? 0));
    let differences = 0;
    for (const [id, { turn, note }] of live) {
      const record = db.Call.get(id);
      if (record?.Turn !== turn || record.Note !== note) differences++;
    }
    expect(differences).toBeLessThanOrEqual(1);
    for (const id of gone) expect(db.Call.get(id)).toBeUndefined();
    for (const id of gone) expect(db.Call.count({ where: { Id: id } })).toBe(0);
    // A commit is there whole or not at all.
    const perTurn = new Map<number, number>();
    for (const { Turn } of db.Call.find({ deleted: 'include' }))
      perTurn.set(Turn ?? 0, (perTurn.get(Turn ?? 0) ?? 0) + 1);
    for (const [turn, count] of perTurn) expect([turn, count]).toEqual([turn, 1 + (turn % 5)]);
    // No number was given twice.
    const names = db.Call.find({ deleted: 'include' }).map(({ Name }) => Name);
    expect(new Set(names).size).toBe(names.length);
    for (const { Id, Turn, Note } of db.Call.find()) live.set(Id, { turn: Turn ?? 0, note: Note ?? '' });
    for (const id of [...live.keys()]) if (db.Call.get(id) === undefined) live.delete(id);
    from = Math.max(from, newest + 1);
    await db.close();
  }
  await rm(folder, { recursive: true, force: true });
});
