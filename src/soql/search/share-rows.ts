/**
 * How many rows each object gives of those it has, when all together may give `max`: evenly, and what one does not need
 * goes to those that have more (SOSL reference, LIMIT).
 */
export function shareRows(counts: readonly number[], max: number): readonly number[] {
  const shares = counts.map(() => 0);
  const fewestFirst = counts.map((_, at) => at).sort((left, right) => (counts[left] ?? 0) - (counts[right] ?? 0));
  let left = max;
  fewestFirst.forEach((at, turn) => {
    const fair = Math.floor(left / (fewestFirst.length - turn));
    const share = Math.min(counts[at] ?? 0, fair);
    shares[at] = share;
    left -= share;
  });
  return shares;
}
