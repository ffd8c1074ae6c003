import fc from 'fast-check';
import { test } from 'vitest';
import { memoryStorage } from '../../src/index.ts';
import { getRxStorageSojourn } from '../../src/rxdb/rxdb.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { arbitraryRxHistory, type RxAct } from '../instruments/rx-history.ts';
import { openRxInstance, RxPair } from '../instruments/rx-pair.ts';
import { arbitraryRxIndexes, rxSchema } from '../instruments/rx-schemas.ts';

interface Story {
  readonly indexes: readonly (readonly string[])[];
  readonly acts: readonly RxAct[];
}

function arbitraryStory(odd: boolean): fc.Arbitrary<Story> {
  return arbitraryRxIndexes.chain((indexes) => {
    const hints = rxSchema(indexes).indexes as readonly (readonly string[])[];
    return arbitraryRxHistory(indexes, hints, odd).map((acts) => ({ indexes, acts }));
  });
}

let runs = 0;

async function run({ indexes, acts }: Story, isKept: boolean): Promise<void> {
  const schema = rxSchema(indexes);
  const env = createFakeEnvironment();
  const storage = getRxStorageSojourn({ env, ...(isKept && { storage: memoryStorage() }) });
  const collectionName = `law${runs++}`;
  const open = () => openRxInstance(storage as never, schema, { collectionName });
  const pair = await RxPair.open(schema, { open, env, isKept });
  for (const act of acts) await pair.play(act);
  await pair.close();
}

test('a collection in memory is what the memory storage of RxDB is, whatever was written and asked', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryStory(false), (story) => run(story, false)),
    lawOptions(60),
  );
});

test('so it is where documents hold what their schema does not allow', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryStory(true), (story) => run(story, false)),
    lawOptions(60),
  );
});
