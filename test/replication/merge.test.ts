import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeFields } from '../../src/replication/merge.ts';
import { lawOptions } from '../instruments/law-options.ts';

const FIELDS = ['A', 'B', 'C', '_deleted'] as const;
const value = fc.constantFrom(null, 1, 2, 'x');
const document = fc.record(
  Object.fromEntries(FIELDS.map((name) => [name, value])) as Record<(typeof FIELDS)[number], typeof value>,
);
const isOwn = () => true;

/** What each field must come to, said case by case. */
function expected(
  was: unknown,
  mine: unknown,
  theirs: unknown,
  isWritten: boolean,
): { held: unknown; waits: boolean; conflict: boolean } {
  if (!isWritten) return { held: theirs, waits: false, conflict: false };
  if (mine === theirs) return { held: mine, waits: false, conflict: false };
  return { held: mine, waits: true, conflict: was !== theirs };
}

test('each field becomes what its three values say, and what still waits has what the server holds for its base', () => {
  fc.assert(
    fc.property(document, document, document, fc.subarray([...FIELDS]), (first, mine, theirs, written) => {
      const base = Object.fromEntries(written.map((name) => [name, first[name]]));
      const merged = mergeFields({ base, mine, theirs, sent: {}, isOwn });
      for (const name of FIELDS) {
        const want = expected(first[name], mine[name], theirs[name], written.includes(name));
        expect(name in merged.take ? merged.take[name] : mine[name], name).toBe(want.held);
        expect(name in merged.base, name).toBe(want.waits);
        if (want.waits) expect(merged.base[name]).toBe(theirs[name]);
        expect(merged.conflicts.includes(name), name).toBe(want.conflict);
      }
    }),
    lawOptions(500),
  );
});

test('merging what was merged with the same again finds nothing to do', () => {
  fc.assert(
    fc.property(document, document, document, fc.subarray([...FIELDS]), (first, mine, theirs, written) => {
      const base = Object.fromEntries(written.map((name) => [name, first[name]]));
      const merged = mergeFields({ base, mine, theirs, sent: {}, isOwn });
      const now = { ...mine, ...merged.take };
      const again = mergeFields({ base: merged.base, mine: now, theirs, sent: {}, isOwn });
      expect(again).toEqual({ take: {}, base: merged.base, conflicts: [] });
    }),
    lawOptions(500),
  );
});

test('a value that was sent and has come back is no conflict', () => {
  const three = { base: { A: 1 }, mine: { A: 3 }, theirs: { A: 2 }, isOwn };
  expect(mergeFields({ ...three, sent: {} }).conflicts).toEqual(['A']);
  expect(mergeFields({ ...three, sent: { A: 2 } })).toEqual({ take: {}, base: { A: 2 }, conflicts: [] });
});

test('of a record made on both sides each fills what the other left open', () => {
  const merged = mergeFields({
    base: undefined,
    mine: { A: 1, B: null, C: 3 },
    theirs: { A: null, B: 2, C: 4 },
    sent: {},
    isOwn,
  });
  expect(merged).toEqual({ take: { B: 2 }, base: { A: null, C: 4 }, conflicts: ['A', 'C'] });
});

test('what a server sets is taken over and never waits', () => {
  const merged = mergeFields({
    base: { A: 1 },
    mine: { A: 1, Stamp: 5 },
    theirs: { A: 1, Stamp: 6 },
    sent: {},
    isOwn: (name) => name !== 'Stamp',
  });
  expect(merged).toEqual({ take: { Stamp: 6 }, base: {}, conflicts: [] });
});
