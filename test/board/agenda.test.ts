import { expect, test } from 'vitest';
import { Agenda } from '../../src/board/agenda.ts';
import { Fifo } from '../../src/board/fifo.ts';
import { Random } from '../../src/board/random.ts';

test('an agenda gives what is soonest, whatever order it was noted in', () => {
  const random = new Random(11);
  const agenda = new Agenda<number>();
  const times = Array.from({ length: 500 }, () => random.below(100));
  for (const time of times) agenda.add(time, time);
  const taken = times.map(() => agenda.take());
  expect(taken).toEqual([...times].sort((left, right) => left - right));
  expect(agenda.take()).toBeUndefined();
  expect(agenda.nextMs).toBe(Number.POSITIVE_INFINITY);
});

test('of two things of one moment the one noted first comes first', () => {
  const agenda = new Agenda<string>();
  for (const name of ['a', 'b', 'c', 'd']) agenda.add(5, name);
  expect([agenda.take(), agenda.take(), agenda.take(), agenda.take()]).toEqual(['a', 'b', 'c', 'd']);
});

test('a line gives back in order what went into it, also when it is long', () => {
  const line = new Fifo<number>();
  let out = 0;
  for (let i = 0; i < 5000; i++) {
    line.push(i);
    if (i % 3 !== 0) expect(line.shift()).toBe(out++);
  }
  expect(line.length).toBe(5000 - out);
  while (line.length > 0) expect(line.shift()).toBe(out++);
  expect(line.shift()).toBeUndefined();
  expect(out).toBe(5000);
});
