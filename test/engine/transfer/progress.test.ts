import { describe, expect, test } from 'vitest';
import { createProgressReporter, type Progress } from '../../../src/engine/transfer/progress.ts';

function reportEvery(stepMs: number, steps: number) {
  let now = 5000;
  const told: [number, Progress][] = [];
  const reporter = createProgressReporter((progress) => told.push([now, progress]), { elapsed: () => now });
  for (let done = 0; done < steps; done++) {
    reporter.report({ phase: 'import', done });
    now += stepMs;
  }
  return { told, reporter };
}

describe('progress', () => {
  test('is told at once and then at most ten times a second', () => {
    const { told } = reportEvery(1, 2000);
    expect(told[0]).toEqual([5000, { phase: 'import', done: 0 }]);
    expect(told).toHaveLength(20);
    for (let i = 1; i < told.length; i++)
      expect((told[i]?.[0] ?? 0) - (told[i - 1]?.[0] ?? 0)).toBeGreaterThanOrEqual(100);
  });

  test('is told each time where reports are rare', () => {
    expect(reportEvery(150, 10).told).toHaveLength(10);
    expect(reportEvery(100, 10).told).toHaveLength(10);
  });

  test('is told once more at the end, however short the time, and not after that', () => {
    const { told, reporter } = reportEvery(1, 2);
    reporter.finish({ phase: 'import', done: 2, total: 2 });
    reporter.finish({ phase: 'import', done: 2, total: 2 });
    reporter.report({ phase: 'import', done: 3 });
    expect(told.map(([, progress]) => progress)).toEqual([
      { phase: 'import', done: 0 },
      { phase: 'import', done: 2, total: 2 },
    ]);
  });

  test('reads no clock when nobody listens', () => {
    const reporter = createProgressReporter(undefined, {
      elapsed: () => {
        throw new Error('no clock');
      },
    });
    reporter.report({ phase: 'import', done: 1 });
    reporter.finish({ phase: 'import', done: 1 });
  });

  test('passes on what the listener throws', () => {
    const reporter = createProgressReporter(
      () => {
        throw new Error('mine');
      },
      { elapsed: () => 0 },
    );
    expect(() => reporter.report({ phase: 'import', done: 1 })).toThrow('mine');
  });
});
