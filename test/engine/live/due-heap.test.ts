import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueHeap } from '../../../src/engine/live/due-heap.ts';

test('what is due by a moment is taken, whatever was put in, brought nearer and taken out before', () => {
  const moment = fc.oneof(fc.nat({ max: 50 }), fc.constant(Number.POSITIVE_INFINITY));
  const act = fc.record({
    kind: fc.constantFrom('put', 'put', 'nearer', 'remove', 'take'),
    moment,
    at: fc.nat({ max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
      const heap = new DueHeap<{ dueMs: number }>();
      const all = Array.from({ length: 10 }, () => ({ dueMs: Number.POSITIVE_INFINITY }));
      const waiting = new Set<{ dueMs: number }>();
      for (const { kind, moment: ms, at } of acts) {
        const due = all[at] as { dueMs: number };
        if (kind === 'put' && !waiting.has(due)) {
          due.dueMs = ms;
          waiting.add(due);
          heap.put(due);
        } else if (kind === 'nearer' && waiting.has(due) && ms < due.dueMs) {
          due.dueMs = ms;
          heap.put(due);
        } else if (kind === 'remove') {
          waiting.delete(due);
          heap.remove(due);
        } else if (kind === 'take' && Number.isFinite(ms)) {
          const expected = [...waiting].filter(({ dueMs }) => dueMs <= ms);
          const taken = heap.take(ms);
          expect(new Set(taken)).toEqual(new Set(expected));
          expect(taken.map(({ dueMs }) => dueMs)).toEqual(taken.map(({ dueMs }) => dueMs).sort((a, b) => a - b));
          for (const each of taken) {
            each.dueMs = ms + 1 + (at % 3);
            heap.put(each);
          }
        }
        const first = Math.min(Number.POSITIVE_INFINITY, ...[...waiting].map(({ dueMs }) => dueMs));
        expect(heap.firstMs).toBe(first);
        expect(heap.size).toBe(waiting.size);
      }
    }),
  );
});
