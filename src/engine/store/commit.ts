import { assert } from '../ground/assert.ts';
import type { Batch, Origin } from '../write/change.ts';
import type { ChangeFeed } from './change-feed.ts';
import type { Unit } from './unit.ts';

/**
 * The only place where changes come true for everyone: the unit has already made them in tables, columns and indexes;
 * here they get their sequence and are announced. What cannot be committed has been undone before it comes here.
 */
export function commit(unit: Unit, feed: ChangeFeed, at: number, origin?: Origin): Batch | undefined {
  const changes = unit.netChanges();
  if (changes.length === 0) return undefined;
  const sequence = feed.sequence + 1;
  const batch: Batch = origin === undefined ? { sequence, at, changes } : { sequence, at, changes, origin };
  const before = feed.sequence;
  feed.publish(batch);
  assert(feed.sequence > before, 'a commit moves the sequence');
  return batch;
}
