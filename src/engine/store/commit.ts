import { assert } from '../ground/assert.ts';
import type { Batch } from '../write/change.ts';
import type { ChangeFeed } from './change-feed.ts';
import type { Unit } from './unit.ts';

/**
 * The only place where changes come true for everyone: the unit has already made them in tables, columns and indexes;
 * here they get their sequence and are announced. What cannot be committed has been undone before it comes here.
 */
export function commit(unit: Unit, feed: ChangeFeed, at: number): Batch | undefined {
  const changes = unit.netChanges();
  if (changes.length === 0) return undefined;
  const batch: Batch = { sequence: feed.sequence + 1, at, changes };
  const before = feed.sequence;
  feed.publish(batch);
  assert(feed.sequence > before, 'a commit moves the sequence');
  return batch;
}
