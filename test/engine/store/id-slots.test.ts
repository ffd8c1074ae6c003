import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdSlots } from '../../../src/engine/store/id-slots.ts';

const id = fc.constantFrom<string>('a', 'b', 'c', 'd', 'e', 'f');

test('ids are found as in a map of all, whatever of them was stored, added, taken out and put back', () => {
  const act = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), id }),
    fc.record({ kind: fc.constant('delete' as const), id }),
    fc.record({ kind: fc.constant('get' as const), id }),
    fc.constant({ kind: 'keep' as const }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(id), fc.array(act, { maxLength: 30 }), (stored, acts) => {
      const slots = new IdSlots();
      const all = new Map(stored.map((text, slot) => [text, slot]));
      slots.addStored(() => ({ find: (text) => (stored.includes(text) ? stored.indexOf(text) : undefined) }));
      let next = stored.length;
      for (const one of acts) {
        if (one.kind === 'keep') slots.keepStored();
        else if (one.kind === 'get') expect(slots.get(one.id)).toBe(all.get(one.id));
        else if (one.kind === 'delete') {
          slots.delete(one.id);
          all.delete(one.id);
        } else if (!all.has(one.id)) {
          slots.set(one.id, next);
          all.set(one.id, next++);
        }
      }
      for (const text of 'abcdef') expect(slots.get(text)).toBe(all.get(text));
    }),
  );
});

test('the index of stored ids is made when an id is asked for that no write has brought, and once', () => {
  let made = 0;
  const slots = new IdSlots();
  slots.addStored(() => {
    made++;
    return { find: () => undefined };
  });
  slots.set('a', 0);
  expect(slots.get('a')).toBe(0);
  expect([made, slots.isIndexed]).toEqual([0, false]);
  slots.get('b');
  slots.get('c');
  expect([made, slots.isIndexed]).toEqual([1, true]);
});
