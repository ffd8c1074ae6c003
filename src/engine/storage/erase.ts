import { ALL_BLOCKS, HEAD_KEY, KEYS_KEY } from './block-keys.ts';
import type { Storage } from './storage.ts';

/** Takes away all that is kept under a name: the keys first, then what they open. */
export async function erase(storage: Storage, name: string): Promise<void> {
  const connection = await storage.connect(name);
  try {
    await connection.write({ put: [], remove: [{ from: KEYS_KEY, to: HEAD_KEY }] }, true);
    // Before the blocks: a mark without blocks would say that they have vanished.
    await connection.writeMark?.(new Uint8Array(0));
    await connection.write({ put: [], remove: [ALL_BLOCKS] }, true);
  } finally {
    await connection.close();
  }
}
