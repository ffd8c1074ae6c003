import fc from 'fast-check';
import { test } from 'vitest';
import { memoryStorage } from '../../src/engine/storage/memory-storage.ts';
import { arbitraryStart, arbitraryStep, type Step } from '../instruments/arbitrary-history.ts';
import { arbitraryKey } from '../instruments/arbitrary-key.ts';
import { expectSameState } from '../instruments/expect-same-state.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { createVisitObjects } from '../instruments/visit-object.ts';
import { heldState, toldOf } from '../instruments/whole-state.ts';
import { World } from '../instruments/world.ts';

type Act = Step | { readonly kind: 'reopen' } | { readonly kind: 'compact' };

const arbitraryAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: arbitraryStep },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: 'reopen' }) },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: 'compact' }) },
);

test.each(['trimmed', 'verbatim'] as const)(
  'a database that is closed and opened again holds the same, and goes on the same way, with %s texts',
  async (text) => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryStart,
        fc.array(arbitraryAct, { maxLength: 25 }),
        arbitraryKey,
        async (start, acts, key) => {
          const objects = createVisitObjects(text);
          const names = objects.map(({ name }) => name);
          const world = await World.open(objects, [{ storage: memoryStorage(), key }]);
          try {
            await world.play(start);
            const told = toldOf(world.databases[0] as object, names);
            for (const act of [...acts, { kind: 'reopen' } as const]) {
              if (act.kind === 'compact') await world.databases[0]?.compact();
              else if (act.kind !== 'reopen') await world.play(act);
              else {
                const before = heldState(world.databases[0] as object);
                await world.reopen(0);
                expectSameState(heldState(world.databases[0] as object), before);
              }
            }
            expectSameState(toldOf(world.databases[0] as object, names), told);
            world.expectSameRecords();
          } finally {
            await world.close();
          }
        },
      ),
      lawOptions(40),
    );
  },
);
