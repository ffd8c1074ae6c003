import type { Condition, Leaf } from './condition.ts';
import type { Explanation } from './query.ts';
import type { RunStats } from './run-find.ts';

/** A used condition in words, its values left out: they may be personal data. */
function describeLeaf({ target, test }: Leaf): string {
  switch (test.op) {
    case 'null':
      return `${target.path} null`;
    case 'eq':
      return `${target.path} equal`;
    case 'in':
      return `${target.path} in ${test.keys.size + (test.withNull ? 1 : 0)}`;
    case 'like':
      return `${target.path} like`;
    case 'range': {
      const both = test.lower !== undefined && test.upper !== undefined;
      return `${target.path} ${both ? 'between' : test.lower !== undefined ? 'from' : 'up to'}`;
    }
  }
}

function fieldsTested(conditions: readonly Condition[], found = new Set<string>()): ReadonlySet<string> {
  for (const condition of conditions) {
    if (condition.kind === 'leaf') found.add(condition.target.path);
    else if (condition.kind === 'record') for (const name of condition.fields) found.add(name);
    else if (condition.kind === 'not') fieldsTested([condition.part], found);
    else fieldsTested(condition.parts, found);
  }
  return found;
}

export function explain(stats: RunStats, returned: number): Explanation {
  const { access } = stats;
  const base = { tested: [...fieldsTested(stats.tested)], visited: stats.visited, matched: stats.matched, returned };
  if (access === undefined || access.kind === 'scan')
    return { index: undefined, range: 'all records', ordered: false, ...base };
  const words = access.used.map((condition) => describeLeaf(condition as Leaf)).join(', ');
  if (access.kind === 'ids') return { index: ['id'], range: words, ordered: false, ...base };
  return { index: access.index.fields, range: words === '' ? 'in order' : words, ordered: access.ordered, ...base };
}
