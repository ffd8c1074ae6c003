/** From the rounds as they were run to one figure a peer and column: medians, and medians of ratios. */

import { LEVELS } from './live-workloads.mjs';
import { WORKLOADS } from './workloads.mjs';

const us = (id) => (results) => results[id]?.us;

const AT_REST = WORKLOADS.filter(({ live }) => !live).map(({ id, title, goal }) => {
  const memory = id === 'W10';
  return { id, title, goal, unit: memory ? 'B' : 'us', read: memory ? (results) => results[id]?.bytes : us(id) };
});

const goalOf = (id) => WORKLOADS.find((workload) => workload.id === id).goal;

const manyColumn = (step) => ({
  id: `W9 ${step}`,
  title: `${step.replace('k', ',000')} live queries, a write that moves one`,
  unit: 'us',
  goal: goalOf('W9'),
  read: (results) => results.W9?.steps?.[step]?.us,
  note: (results) => {
    const figures = results.W9?.steps?.[step];
    return figures && !figures.complete ? ` [${figures.subscribers} subs]` : '';
  },
});

const subscribeColumn = (step) => ({
  id: `sub ${step}`,
  title: `subscribe, up to ${step.replace('k', ',000')}`,
  unit: 'us',
  goal: { at: 20 },
  read: (results) => results.W9?.steps?.[step]?.subscribeUs,
});

const LIVE = [
  { id: 'W8', title: 'one live window of 50, a write', unit: 'us', goal: goalOf('W8'), read: us('W8') },
  { id: 'W8 hit', title: 'the writes of W8 that touch it', unit: 'us', read: (results) => results.W8?.touchedUs },
  ...LEVELS.flatMap(([step]) => [manyColumn(step), subscribeColumn(step)]),
  { id: 'W11', title: 'live list of 2,000, 200 patches', unit: 'us', goal: goalOf('W11'), read: us('W11') },
  { id: 'W12', title: 'live group by, a write', unit: 'us', read: us('W12') },
];

const byNumber = (left, right) => Number(left.id.match(/\d+/)?.[0] ?? 99) - Number(right.id.match(/\d+/)?.[0] ?? 99);

/** Two tables, apart from each other: records at rest, and live queries. */
export const TABLES = [
  { title: 'Records at rest', columns: [...AT_REST].sort(byNumber) },
  { title: 'Live queries', columns: LIVE },
];

export function median(numbers) {
  const sorted = [...numbers].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** One cell: `{ value, ratio, note }`, or undefined where the peer gave no figure in any round. */
function cellOf(column, peer, rounds) {
  const values = [];
  const ratios = [];
  let note = '';
  for (const entries of rounds) {
    const results = entries.find((entry) => entry.peer === peer)?.results;
    const value = results && column.read(results);
    if (value === undefined) continue;
    values.push(value);
    note ||= column.note?.(results) ?? '';
    const baseline = column.read(entries.find((entry) => entry.peer === 'baseline')?.results ?? {});
    if (baseline !== undefined) ratios.push(value / baseline);
  }
  if (values.length === 0) return undefined;
  return { value: median(values), ratio: ratios.length > 0 ? median(ratios) : undefined, note };
}

/** Rows of one size: every peer that ran, with its cells in the columns' order. */
export function rowsOf(rounds, columns) {
  const entries = rounds.flat().filter((entry) => !entry.skipped);
  const peers = [...new Set(entries.map(({ peer }) => peer))];
  return peers.map((peer) => {
    const { version, unindexed = false } = entries.find((entry) => entry.peer === peer);
    return { peer, version, unindexed, cells: columns.map((column) => cellOf(column, peer, rounds)) };
  });
}
