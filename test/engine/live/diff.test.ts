import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyDelta, type Keyed } from '../../../src/engine/live/delta.ts';
import { diff } from '../../../src/engine/live/diff.ts';
import { diffFew } from '../../../src/engine/live/diff-few.ts';

type Row = { readonly name: string };
type Rows = readonly Keyed<Row>[];

const rowsOf = (count: number, from = 0): Keyed<Row>[] =>
  Array.from({ length: count }, (_, at) => ({ key: from + at, row: { name: `r${from + at}` } }));
const shown = (rows: Rows) => rows.map(({ row }) => row);
const wholeOf = (before: Rows, after: Rows) => ({ start: 0, beforeEnd: before.length, afterEnd: after.length });

/** The most rows of both that keep their order among themselves, by trying every pair: the oracle's way. */
function longestStay(before: Rows, after: Rows): number {
  const best: number[] = [];
  const places = after.map(({ key }) => before.findIndex((row) => row.key === key));
  places.forEach((place, at) => {
    best[at] =
      place < 0
        ? 0
        : 1 +
          Math.max(
            0,
            ...best.slice(0, at).filter((_, i) => (places[i] as number) >= 0 && (places[i] as number) < place),
          );
  });
  return Math.max(0, ...best);
}

/** Edits as a commit makes them: rows go, come, get a new version where they are or somewhere else. */
const editArbitrary = fc.record({
  kind: fc.constantFrom('remove', 'insert', 'renew', 'move', 'push out'),
  at: fc.nat(),
  to: fc.nat(),
});

function edit(rows: Rows, edits: readonly { kind: string; at: number; to: number }[]): Keyed<Row>[] {
  const after = [...rows];
  edits.forEach(({ kind, at, to }, turn) => {
    const place = at % Math.max(1, after.length);
    const fresh = (key: number | string) => ({ key, row: { name: `${key} of ${turn}` } });
    const old = after[place];
    if (kind === 'insert') after.splice(place, 0, fresh(1_000 + turn));
    if (kind === 'push out') {
      after.splice(place, 0, fresh(1_000 + turn));
      after.pop();
    }
    if (old === undefined) return;
    if (kind === 'remove') after.splice(place, 1);
    if (kind === 'renew') after[place] = fresh(old.key);
    if (kind === 'move') {
      after.splice(place, 1);
      after.splice(to % (after.length + 1), 0, turn % 2 === 0 ? old : fresh(old.key));
    }
  });
  return after;
}

describe('the difference of two results', () => {
  test('leads from the one to the other, and moves no more rows than must move', () => {
    fc.assert(
      fc.property(fc.nat({ max: 12 }), fc.array(editArbitrary, { maxLength: 6 }), (count, edits) => {
        const before = rowsOf(count);
        const after = edit(before, edits);
        const delta = diff(before, after);
        expect(applyDelta(shown(before), delta)).toEqual(shown(after));
        const common = after.filter(({ key }) => before.some((row) => row.key === key)).length;
        expect(delta.moved.length).toBe(common - longestStay(before, after));
        expect(delta.added.length + common).toBe(after.length);
        expect(delta.removed.length + common).toBe(before.length);
      }),
      { numRuns: 3_000 },
    );
  });

  test('is told by one walk where a row comes to a full window', () => {
    const before = rowsOf(50);
    const [fresh] = rowsOf(1, 900);
    const after = [fresh as Keyed<Row>, ...before.slice(0, 49)];
    expect(diffFew(before, after, wholeOf(before, after))).toEqual({
      added: [{ index: 0, record: { name: 'r900' } }],
      removed: [{ index: 49, record: { name: 'r49' } }],
      changed: [],
      moved: [],
      total: 50,
    });
  });

  test('is told by one walk where a row goes and another takes the room at the end', () => {
    const before = rowsOf(50);
    const after = [...before.slice(0, 7), ...before.slice(8), ...rowsOf(1, 900)];
    expect(diffFew(before, after, wholeOf(before, after))).toMatchObject({
      added: [{ index: 49 }],
      removed: [{ index: 7 }],
      moved: [],
    });
  });

  test('is told by one walk where a row moves with a new version', () => {
    const before = rowsOf(50);
    const after = [{ key: 30, row: { name: 'new' } }, ...before.slice(0, 30), ...before.slice(31)];
    expect(diffFew(before, after, wholeOf(before, after))).toMatchObject({
      added: [],
      removed: [],
      changed: [],
      moved: [{ index: 0, from: 30, record: { name: 'new' } }],
    });
  });

  test('is left to the keys where many rows differ', () => {
    const before = rowsOf(50);
    const after = [...before].reverse();
    expect(diffFew(before, after, wholeOf(before, after))).toBeUndefined();
    expect(applyDelta(shown(before), diff(before, after))).toEqual(shown(after));
  });

  test('of equal rows in other wrappings is none', () => {
    const before = rowsOf(3);
    const after = before.map((entry) => ({ ...entry }));
    expect(diff(before, after)).toEqual({ added: [], removed: [], changed: [], moved: [], total: 3 });
  });
});
