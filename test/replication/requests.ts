import { PROTOCOL, type PullRequest, type PushRequest } from '../../src/replication/wire.ts';

/** A signal that is never raised. */
export const { signal: never } = new AbortController();

export function pullOf(names: readonly string[], more: Partial<PullRequest> = {}): PullRequest {
  const objects = names.map((name) => ({ name, version: 0 }));
  return { protocol: PROTOCOL, client: 'client', objects, checkpoint: null, limit: 100, ...more };
}

export function pushOf(commits: PushRequest['commits'], push = 1): PushRequest {
  return { protocol: PROTOCOL, client: 'client', push, versions: { Visit: 0 }, commits };
}
