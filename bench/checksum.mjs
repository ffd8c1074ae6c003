/** Order-sensitive: the same numbers in another order give another sum. */
export function mix(sum, number) {
  return (Math.imul(sum, 31) + number) | 0;
}

export function mixText(sum, text) {
  let mixed = sum;
  for (let index = 0; index < text.length; index += 1) mixed = mix(mixed, text.charCodeAt(index));
  return mixed;
}

/**
 * The workloads' sums after the same number of operations must be equal in all peers that got so far. Returns one
 * sentence for each that is not; `entries` are `{ peer, results }` of one n.
 */
export function findDisagreements(entries) {
  const firstByPlace = new Map();
  const disagreements = [];
  for (const { peer, results } of entries) {
    for (const [workload, { sums = {} }] of Object.entries(results)) {
      for (const [operations, sum] of Object.entries(sums)) {
        const place = `${workload} after ${operations} operations`;
        const first = firstByPlace.get(place);
        if (first === undefined) firstByPlace.set(place, { peer, sum });
        else if (first.sum !== sum)
          disagreements.push(`${place}: ${peer} gives ${sum}, ${first.peer} gives ${first.sum}`);
      }
    }
  }
  return disagreements;
}
