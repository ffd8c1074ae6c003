import { salesforce } from '../../src/collections/catalog.ts';
import { EngineError, type Issue, openDatabase } from '../../src/index.ts';
import { createFakeEnvironment, NOON_MS } from './fake-environment.ts';

export const USER = '0055g00000ABcdeAAD';
export const OTHER_USER = '0055g00000ABcdfAAD';
export const QUEUE = '00G5g00000ABcdeEAD';

export const NOON = new Date(NOON_MS).toISOString();

/** The moment so many milliseconds after noon, in the stored form. */
export function afterNoon(ms: number): string {
  return new Date(NOON_MS + ms).toISOString();
}

/** All Salesforce objects, at noon by a clock that is moved by hand. */
export async function openSessions() {
  const env = createFakeEnvironment();
  const db = await openDatabase({ name: 'sessions', objects: salesforce, user: USER, env });
  return { db, env };
}

export type SessionDatabase = Awaited<ReturnType<typeof openSessions>>['db'];

/** A chat session with nothing but what must be given. */
export const CHAT = {
  AgentId: USER,
  LoginTime: '2026-01-12T08:00:00.000Z',
  LogoutTime: '2026-01-12T16:00:00.000Z',
} as const;

/** The id of a record just created. */
export function idOf(result: { readonly id: string | null }): string {
  if (result.id === null) throw new Error('no record was made');
  return result.id;
}

/** Everything that is wrong, as the call that `action` makes tells it; empty when nothing is. */
export async function issuesOf(action: () => unknown): Promise<readonly Issue[]> {
  try {
    await action();
    return [];
  } catch (error) {
    if (error instanceof EngineError) return error.issues;
    throw error;
  }
}

/** The error of a call that must fail with an `EngineError`. */
export async function errorOf(action: () => unknown): Promise<EngineError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
