import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChangeLog } from '../../src/rxdb/change-log.ts';
import { DocumentEntry } from '../../src/rxdb/document-entry.ts';
import { lawOptions } from '../instruments/law-options.ts';

const build = () => {
  throw new Error('a log makes no documents');
};
const entry = (id: string, sequence: number) =>
  new DocumentEntry(id, { Id: id, Sequence: sequence }, { Sequence: sequence }, false, build);

/** A commit: the documents that it writes, and those that leave with it. A step back is a state taken over from another tab. */
const commit = fc.record({
  written: fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 5 }),
  purged: fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 2 }),
  back: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.nat({ max: 6 })),
});

test('a log gives the last versions after any place, in order, and each once, whatever came and went', () => {
  fc.assert(
    fc.property(
      fc.array(commit, { maxLength: 30 }),
      fc.nat({ max: 60 }),
      fc.integer({ min: 1, max: 9 }),
      (commits, at, limit) => {
        const held = new Map<string, DocumentEntry>();
        const log = new ChangeLog([], (one) => held.get(one.id) === one);
        let sequence = 0;
        for (const { written, purged, back } of commits) {
          sequence = Math.max(0, sequence - back);
          const changes = [];
          // A state that was taken over has none of what came later than it.
          for (const [id, before] of [...held])
            if (before.sequence > sequence || purged.includes(Number(id))) {
              held.delete(id);
              changes.push({ id, before, after: undefined });
            }
          for (const number of written) {
            const id = String(number);
            const after = entry(id, ++sequence);
            changes.push({ id, before: held.get(id), after });
            held.set(id, after);
          }
          log.addAll(changes);
        }
        const expected = [...held.values()].sort((left, right) => left.sequence - right.sequence);
        expect(log.after(at, limit)).toEqual(expected.filter((one) => one.sequence > at).slice(0, limit));
      },
    ),
    lawOptions(500),
  );
});

test('a log keeps no more than twice what it gives', () => {
  const held = new Map<string, DocumentEntry>();
  let asked = 0;
  const log = new ChangeLog([], (one) => {
    asked++;
    return held.get(one.id) === one;
  });
  for (let sequence = 1; sequence <= 20_000; sequence++) {
    const id = String(sequence % 100);
    const after = entry(id, sequence);
    log.addAll([{ id, before: held.get(id), after }]);
    held.set(id, after);
  }
  asked = 0;
  expect(log.after(0, 1_000)).toHaveLength(100);
  expect(asked).toBeLessThanOrEqual(1_100);
});
