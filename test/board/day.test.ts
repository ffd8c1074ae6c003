import { describe, expect, test } from 'vitest';
import { createDay } from '../../src/board/day.ts';
import { QUEUES } from '../../src/board/queues.ts';
import type { Happening, Login, Stay } from '../../src/board/stay.ts';

const openedAtMs = Date.parse('2026-03-05T14:00:00Z');
const day = createDay({ seed: 4, sessions: 6000, openedAtMs });

function shown(stay: Stay): unknown[] {
  return [stay.serial, stay.queue?.name, stay.arrivedMs, stay.answeredMs, stay.endedMs, stay.login?.serial];
}

test('one seed makes one day, another seed another', () => {
  const again = createDay({ seed: 4, sessions: 6000, openedAtMs });
  expect(again.stays.map(shown)).toEqual(day.stays.map(shown));
  const other = createDay({ seed: 5, sessions: 6000, openedAtMs });
  expect(other.stays.map(shown)).not.toEqual(day.stays.map(shown));
});

test('there are exactly as many sessions as asked for', () => {
  expect(day.stays.length + day.logins.length).toBe(6000);
  expect(new Set(day.stays.map((stay) => stay.serial)).size).toBe(day.stays.length);
});

test('the parts of the queues add up to the whole', () => {
  expect(QUEUES.reduce((sum, queue) => sum + queue.share, 0)).toBeCloseTo(1, 9);
});

describe('every session', () => {
  test('arrives before it is answered, and that before it ends', () => {
    for (const { arrivedMs, answeredMs = arrivedMs, endedMs = openedAtMs } of day.stays) {
      expect([arrivedMs, answeredMs, endedMs, openedAtMs]).toEqual([arrivedMs, answeredMs, endedMs, openedAtMs].sort());
    }
  });

  test('is among the open ones exactly while it has not ended', () => {
    const open = new Set(day.centre.open);
    for (const stay of day.stays) expect(open.has(stay)).toBe(stay.endedMs === undefined);
    expect(day.centre.open.map((stay) => stay.place)).toEqual(day.centre.open.map((_, i) => i));
  });

  test('is answered by someone of its queue who is logged in', () => {
    for (const { login, answeredMs, queue } of day.stays) {
      expect(login === undefined).toBe(answeredMs === undefined);
      if (login === undefined || answeredMs === undefined) continue;
      expect(login.agent.queue).toBe(queue);
      expect(answeredMs >= login.fromMs && answeredMs < login.untilMs).toBe(true);
    }
  });
});

test('those who are answered are answered in the order they came in', () => {
  for (const queue of QUEUES) {
    const answered = day.stays.filter((stay) => stay.queue === queue && stay.answeredMs !== undefined);
    const times = answered.map((stay) => stay.answeredMs as number);
    expect(times).toEqual([...times].sort((left, right) => left - right));
  }
});

test('nobody has more sessions at a time than seats', () => {
  const steps = new Map<Login, { readonly atMs: number; readonly by: number }[]>();
  for (const { login, answeredMs, endedMs } of day.stays) {
    if (login === undefined) continue;
    const own = steps.get(login) ?? [];
    own.push({ atMs: answeredMs as number, by: 1 });
    if (endedMs !== undefined) own.push({ atMs: endedMs, by: -1 });
    steps.set(login, own);
  }
  for (const [login, own] of steps) {
    own.sort((left, right) => left.atMs - right.atMs || left.by - right.by);
    let busy = 0;
    let busiest = 0;
    for (const { by } of own) {
      busy += by;
      busiest = Math.max(busiest, busy);
    }
    expect(busiest).toBeLessThanOrEqual(login.agent.queue.seats);
  }
});

test('an agent is logged in once at a time', () => {
  const untilByAgent = new Map<number, number>();
  for (const { agent, fromMs, untilMs } of day.logins) {
    expect(untilByAgent.get(agent.serial) ?? 0).toBeLessThanOrEqual(fromMs);
    untilByAgent.set(agent.serial, untilMs);
  }
});

describe('after the opening', () => {
  test('steps bring what is due, at the moment of the step, and no more than asked for', () => {
    const { centre } = createDay({ seed: 4, sessions: 20_000, openedAtMs });
    const happenings: Happening[] = [];
    for (let nowMs = openedAtMs; nowMs <= openedAtMs + 120_000; nowMs += 1000) {
      const from = happenings.length;
      centre.step(nowMs, 5, (happening) => happenings.push(happening));
      for (const { atMs } of happenings.slice(from)) expect(atMs).toBe(nowMs);
      // Things that come about together are not taken apart.
      expect(happenings.length - from).toBeLessThan(30);
    }
    const kinds = new Set(happenings.map((happening) => happening.kind));
    expect([...kinds].sort()).toEqual(expect.arrayContaining(['answered', 'arrived', 'ended']));
  });

  test('no agents turn up who have not worked today', () => {
    const { centre, agents } = createDay({ seed: 9, sessions: 6000, openedAtMs });
    const count = agents.length;
    for (let nowMs = openedAtMs; nowMs <= openedAtMs + 3_600_000; nowMs += 10_000) centre.step(nowMs, 1000, () => {});
    expect(centre.agents.length).toBe(count);
  });
});

test('a day asked for at midnight has hardly begun', () => {
  const early = createDay({ seed: 1, sessions: 100, openedAtMs: Date.parse('2026-03-05T00:00:00Z') });
  for (const stay of early.stays) expect(stay.arrivedMs).toBeLessThanOrEqual(early.openedAtMs);
});
