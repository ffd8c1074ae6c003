import { RemoteFailure } from './remote.ts';

/** What came is not of the format. It counts as a failure that may pass: a portal or a proxy may have answered instead. */
export function malformed(message: string): RemoteFailure {
  return new RemoteFailure('retry', 'SYNC_MALFORMED', `what came is not of the format: ${message}`);
}
