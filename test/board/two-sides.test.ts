import { setImmediate as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BoardClock } from '../../src/board/clock.ts';
import { OPENED_AT_MS } from '../../src/board/opened-at.ts';
import { runSeconds } from '../../src/board/run-seconds.ts';
import type { Side } from '../../src/board/side.ts';
import { TwoSides } from '../../src/board/two-sides.ts';
import { memoryStorage, type Storage, systemEnvironment } from '../../src/index.ts';

async function openSides(storage?: Storage) {
  const clock = new BoardClock(OPENED_AT_MS);
  const phases = new Set<string>();
  const { random } = systemEnvironment();
  const sides = await TwoSides.open({
    seed: 4,
    sessions: 600,
    clock,
    elapsed: () => performance.now(),
    pause: () => pause(),
    heapBytes: () => 0,
    onProgress: (phase) => phases.add(phase),
    system: systemEnvironment(),
    port: 0,
    storage,
    ...(storage !== undefined && { random }),
  });
  return { sides, clock, phases };
}

/** Every record of a side, in an order that does not depend on when it came. */
function recordsOf({ db }: Side): string[] {
  const found = [
    ...db.SOSSession.find(),
    ...db.LiveAgentSession.find(),
    ...db.GenesysSession.find(),
    ...db.TwilioProxySession.find(),
    ...db.Case.find(),
    ...db.User.find(),
  ];
  return found.map((record) => JSON.stringify(record)).sort();
}

let opened: Awaited<ReturnType<typeof openSides>>;
beforeAll(async () => {
  opened = await openSides();
});
afterAll(() => opened.sides.close());

const near = () => opened.sides.board.read().queues;
const far = () => opened.sides.readFar().queues;

test('B fetches the day from the server while it is watched, and its board shows what that of A does', async () => {
  const { sides, phases } = opened;
  expect([...phases]).toContain('importing it at the server');
  await sides.inSync();
  expect(far()).toEqual(near());
  expect(near().reduce((sum, { handled }) => sum + handled, 0)).toBeGreaterThan(100);
  expect(sides.readSides().map(({ state, pending, isOnline }) => [state, pending, isOnline])).toEqual([
    ['live', 0, true],
    ['live', 0, true],
  ]);
});

test('offline each goes on by itself: the outbox fills, the boards part, and the case is edited on both', async () => {
  const { sides, clock } = opened;
  sides.a.toggleNetwork();
  sides.b.toggleNetwork();
  const before = far();
  await runSeconds(sides.board, clock, 40);
  sides.endSecond(1000);
  await sides.edit();
  await expect.poll(() => sides.readSides().map(({ state }) => state)).toEqual(['offline', 'offline']);
  const [a, b] = sides.readSides();
  expect(a?.pending).toBeGreaterThan(10);
  expect(b?.pending).toBe(1);
  expect(a?.note).toMatch(/^A1 14:00:10 High New$/);
  expect(b?.note).toMatch(/^B1 14:00:10 Medium Working$/);
  expect(far()).toEqual(before);
  expect(near()).not.toEqual(before);
});

test('back again they agree: both own fields stand, of the shared one what reached the server last, and it is told', async () => {
  const { sides } = opened;
  sides.b.toggleNetwork();
  await sides.b.sync.inSync();
  sides.a.toggleNetwork();
  await sides.inSync();
  const [a, b] = sides.readSides();
  expect(a?.note).toBe('A1 14:00:10 High Working');
  expect(b?.note).toBe(a?.note);
  expect([a?.pending, b?.pending, a?.rejected, b?.rejected]).toEqual([0, 0, 0, 0]);
  expect(a?.conflicts).toBe(1);
  expect(far()).toEqual(near());
  expect(recordsOf(sides.b)).toEqual(recordsOf(sides.a));
});

test('kept, all three go on where they were, with what was not yet sent', async () => {
  const storage = memoryStorage();
  const first = await openSides(storage);
  await first.sides.inSync();
  first.sides.b.toggleNetwork();
  await first.sides.edit();
  await first.sides.close();
  const second = await openSides(storage);
  expect([...second.phases]).not.toContain('importing it at the server');
  await second.sides.inSync();
  const [a, b] = second.sides.readSides();
  expect(a?.note).toMatch(/^B1 /);
  expect(b?.note).toBe(a?.note);
  expect(second.sides.readFar().held).toBe(second.sides.board.read().held);
  await second.sides.close();
});
