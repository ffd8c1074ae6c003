import { expect, test } from 'vitest';
import { choosePaint, coloured, plain, spread, toWidth } from '../../src/board/line.ts';
import { meter, sparkline } from '../../src/board/meter.ts';
import { formatCount, formatDay, formatMicros, formatPart, formatTime, formatWait } from '../../src/board/words.ts';

test('counts have commas', () => {
  expect([0, 999, 1000, 84_210, 1_234_567.6].map(formatCount)).toEqual(['0', '999', '1,000', '84,210', '1,234,568']);
});

test('waits run from seconds to hours and never below none', () => {
  expect([-5, 7_900, 760_000, 3_753_000].map(formatWait)).toEqual(['0:00', '0:07', '12:40', '1:02:33']);
});

test('a part of nothing is a dash', () => {
  expect([formatPart(undefined), formatPart(0.8137), formatPart(1)]).toEqual(['–', '81.4 %', '100.0 %']);
});

test('a change is told in the unit that fits it', () => {
  expect([undefined, 6.24, 61.4, 2130].map(formatMicros)).toEqual(['–', '6.2 µs', '61 µs', '2.1 ms']);
});

test('moments are told in UTC', () => {
  const ms = Date.parse('2026-03-05T23:59:07+01:00');
  expect(`${formatDay(ms)} ${formatTime(ms)}`).toBe('Thu 5 Mar 2026 22:59:07');
});

test('text is cut or filled to its width', () => {
  expect([toWidth('abc', 5), toWidth('abc', 5, 'right'), toWidth('abcdef', 4), toWidth('abc', 0)]).toEqual([
    'abc  ',
    '  abc',
    'abc…',
    '',
  ]);
});

test('gaps fill a line, the last ones with what is left over, and are never none', () => {
  expect(spread(20, 10, 4, 9)).toEqual([3, 3, 4]);
  expect(spread(20, 10, 4, 2)).toEqual([2, 2, 2]);
  expect(spread(9, 10, 3, 2)).toEqual([1, 1]);
});

test('a meter is always as wide as asked for and shows its target on either side', () => {
  for (const part of [-1, 0, 0.26, 0.8, 0.95, 1, 2]) {
    const { done, left } = meter(part, 10, 0.8);
    expect(done.length + left.length).toBe(10);
  }
  expect(meter(0.5, 10, 0.8)).toEqual({ done: '━━━━━', left: '───┼─' });
  expect(meter(0.95, 10, 0.8)).toEqual({ done: '━━━━━━━━┿╸', left: '' });
  expect(meter(0.85, 10, 0.8)).toEqual({ done: '━━━━━━━━┽', left: '─' });
});

test('a sparkline shows the newest values on the right', () => {
  expect(sparkline([0, 4, 8], 5)).toBe('  ▁▅█');
  expect(sparkline([9, 9, 0, 8], 2)).toBe('▁█');
  expect(sparkline([], 3)).toBe('   ');
});

test('only a terminal gets colours, unless it was asked to do without', () => {
  expect(choosePaint(true, {})).toBe(coloured);
  expect(choosePaint(true, { NO_COLOR: '' })).toBe(coloured);
  expect(choosePaint(true, { NO_COLOR: '1' })).toBe(plain);
  expect(choosePaint(true, { TERM: 'dumb' })).toBe(plain);
  expect(choosePaint(false, {})).toBe(plain);
});
