import fc from 'fast-check';
import { test } from 'vitest';
import { lawOptions } from '../instruments/law-options.ts';
import { arbitraryRxStory } from '../instruments/rx-history.ts';
import { RxPair } from '../instruments/rx-pair.ts';

test('a collection in memory is what the memory storage of RxDB is, whatever was written and asked', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryRxStory(false), (story) => RxPair.tell(story, {})),
    lawOptions(60),
  );
});

test('so it is where documents hold what their schema does not allow', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryRxStory(true), (story) => RxPair.tell(story, {})),
    lawOptions(60),
  );
});
