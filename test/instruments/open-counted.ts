import { DatabaseCore } from '../../src/engine/database.ts';
import type { ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import { openParts } from '../../src/engine/open-parts.ts';
import type { AnyDatabase } from './any-database.ts';
import { createFakeEnvironment } from './fake-environment.ts';
import { USER } from './session-database.ts';

/** A database whose live queries can be asked what they have cost: how many of them each write has visited. */
export function openCounted(objects: readonly ObjectDefinition[], options: Readonly<Record<string, unknown>> = {}) {
  const env = createFakeEnvironment();
  const parts = openParts({ name: 'counted', objects, user: USER, env, ...options } as never);
  const db = new DatabaseCore(parts) as unknown as AnyDatabase;
  /** How many results a piece of work has visited. */
  const visitsOf = async (work: () => unknown): Promise<number> => {
    const before = parts.live.visitCount;
    await work();
    return parts.live.visitCount - before;
  };
  return { db, env, live: parts.live, visitsOf };
}
