import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'vitest';
import { memoryStorage } from '../../src/index.ts';
import { levelStorage } from '../../src/level/level-storage.ts';
import { arbitraryKey } from '../instruments/arbitrary-key.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { arbitraryRxStory } from '../instruments/rx-history.ts';
import { RxPair } from '../instruments/rx-pair.ts';

test('a collection that is kept is the same when it is opened again, and so are the checkpoints given before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean().chain(arbitraryRxStory), arbitraryKey, (story, key) =>
      RxPair.tell(story, { storage: memoryStorage(), key }),
    ),
    lawOptions(40),
  );
});

test('so it is on disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sojourn-rxdb-'));
  try {
    const storage = levelStorage(folder);
    await fc.assert(
      fc.asyncProperty(arbitraryRxStory(false), (story) => RxPair.tell(story, { storage, durability: 'relaxed' })),
      lawOptions(4),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
