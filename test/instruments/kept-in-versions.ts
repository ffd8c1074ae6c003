import type { ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import type { Storage } from '../../src/engine/storage/storage.ts';
import { type AnyDatabase, type AnyDatabaseOptions, openAny } from './any-database.ts';
import type { Photo } from './crash-storage.ts';
import { createFakeEnvironment, type FakeEnvironment } from './fake-environment.ts';

let seed = 1000;

/** Opens what is kept with these objects, lets `work` do something with it, and closes it. */
export async function withKept<T>(
  storage: Storage,
  objects: readonly unknown[],
  work: (db: AnyDatabase, env: FakeEnvironment) => T | Promise<T>,
  options: Partial<AnyDatabaseOptions> = {},
): Promise<T> {
  const env = createFakeEnvironment({ seed: seed++ });
  const db = await openAny({ objects: objects as readonly ObjectDefinition[], env, storage, ...options });
  try {
    return await work(db, env);
  } finally {
    await db.close();
  }
}

/** All that a medium holds, as one text. */
export function textOf({ blocks, mark }: Photo): string {
  const lines = [...blocks].map(([key, bytes]) => `${key} ${Buffer.from(bytes).toString('base64')}`).sort();
  return [...lines, mark === undefined ? '' : Buffer.from(mark).toString('base64')].join('\n');
}
