import { resolveTarget } from '../query/check-where.ts';
import type { Condition } from '../query/condition.ts';
import type { Hit } from './search-tree.ts';
import type { TextIndex } from './text-index.ts';

/** The condition that a record is among those found: by its id, so that nothing else is visited. */
export function amongHits({ reader }: TextIndex, hits: ReadonlyMap<number, Hit>): Condition {
  const { definition, table } = reader.entity;
  const { id } = definition.roles;
  const keys = new Set<string>();
  for (const slot of hits.keys()) keys.add(table.row(slot)?.[id] as string);
  return {
    kind: 'leaf',
    target: resolveTarget(reader.scope, id),
    test: { op: 'in', keys, withNull: false },
    negated: false,
  };
}

/** The slots found that meet a condition too, the best first; of those alike the one created earlier. */
export function rankHits(
  index: TextIndex,
  hits: ReadonlyMap<number, Hit>,
  condition: Condition | undefined,
): readonly number[] {
  let slots = [...hits.keys()];
  if (condition !== undefined && slots.length > 0) {
    const parts = [amongHits(index, hits), condition];
    const found = index.reader.run({
      condition: { kind: 'and', parts },
      order: [],
      limit: Number.POSITIVE_INFINITY,
      offset: 0,
      live: true,
      deleted: false,
    });
    slots = Array.from(found.slots.subarray(0, found.count));
  }
  const scoreOf = (slot: number) => (hits.get(slot) as Hit).score;
  return slots.sort((left, right) => scoreOf(right) - scoreOf(left) || left - right);
}
