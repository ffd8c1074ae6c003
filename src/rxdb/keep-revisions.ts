import type { OpenCommit } from '../engine/definition/definition.ts';
import { parseDateTime } from '../engine/ground/date-time.ts';
import { COMMIT_SPAN, heightOf, OWN_CONTEXT, revisionKey } from './revision.ts';

/** Behind those that RxDB's own writes of a commit take. */
const FIRST_NUMBER = COMMIT_SPAN / 2;

/**
 * Gives each record of an object that RxDB sees a new revision, within the commit that changes it, whoever makes that: a call, an
 * import, a server that was synced with. What RxDB writes itself comes with its revision.
 */
export function keepRevisions(commit: OpenCommit): void {
  const tokens = new Map<string, string>();
  for (const { Id, Token } of commit.all('RxObject')) tokens.set(Id as string, Token as string);
  if (tokens.size === 0) return;
  const given = new Set(commit.changes.flatMap(({ object, id }) => (object === 'RxRevision' ? [id] : [])));
  let number = commit.sequence * COMMIT_SPAN + FIRST_NUMBER;
  for (const change of commit.changes) {
    const token = tokens.get(change.object);
    const key = revisionKey(change.object, change.id);
    if (token === undefined || given.has(key)) continue;
    const before = commit.find('RxRevision', key);
    commit.put('RxRevision', key, {
      Object: change.object,
      RecordId: change.id,
      Revision: `${heightOf(before?.Revision) + 1}-${token}`,
      Given: null,
      WriteTime: parseDateTime(commit.now),
      Meta: before?.Meta ?? null,
      Sequence: number++,
      Context: OWN_CONTEXT,
    });
  }
}
