import { createDelta, type Delta, type Difference, type Keyed, type Placed } from './delta.ts';

/** A row that is in one of the results only, or in another version, and how many rows that are in both stand before it. */
interface Loose {
  readonly index: number;
  readonly passed: number;
}

/** What two results do not have in common. */
interface Loosened {
  readonly gone: readonly Loose[];
  readonly come: readonly Loose[];
}

/** With more than so many rows that differ, finding their partners one by one costs more than looking them up. */
const FEW = 8;

/**
 * What changed where few rows differ and the others follow each other as before: a row that came to the top of a window
 * and the last one that left it for that, a row that went and the one that took its room. One walk along the results, no
 * keys: the way by keys takes 30 us for a window of 50. Undefined where it is not as simple as that.
 */
export function diffFew<T>(
  before: readonly Keyed<T>[],
  after: readonly Keyed<T>[],
  difference: Difference,
): Delta<T> | undefined {
  const loosened = findLoose(before, after, difference);
  return loosened === undefined ? undefined : pairUp(before, after, loosened);
}

function findLoose(
  before: readonly unknown[],
  after: readonly unknown[],
  { start, beforeEnd, afterEnd }: Difference,
): Loosened | undefined {
  const gone: Loose[] = [];
  const come: Loose[] = [];
  let passed = 0;
  let i = start;
  let j = start;
  while (i < beforeEnd || j < afterEnd) {
    if (i < beforeEnd && j < afterEnd && before[i] === after[j]) {
      passed++;
      i++;
      j++;
      continue;
    }
    if (gone.length + come.length >= FEW) return undefined;
    const left = i < beforeEnd;
    const right = j < afterEnd;
    const isGone = !right || (left && i + 1 < beforeEnd && before[i + 1] === after[j]);
    const isCome = !left || (right && j + 1 < afterEnd && after[j + 1] === before[i]);
    // Each takes the other's place: the rows behind them tell, or that there are none.
    const isBoth = !isGone && !isCome;
    if (isBoth && (i + 1 < beforeEnd || j + 1 < afterEnd) && before[i + 1] !== after[j + 1]) return undefined;
    if (isGone || isBoth) gone.push({ index: i++, passed });
    if ((isCome && !isGone) || isBoth) come.push({ index: j++, passed });
  }
  return { gone, come };
}

/** Tells versions of one row from rows that came or went. Of several that changed places the keys must tell who moved. */
function pairUp<T>(
  before: readonly Keyed<T>[],
  after: readonly Keyed<T>[],
  { gone, come }: Loosened,
): Delta<T> | undefined {
  const added: Placed<T>[] = [];
  const changed: Placed<T>[] = [];
  const moved: (Placed<T> & { readonly from: number })[] = [];
  const paired = new Set<Loose>();
  let last = -1;
  for (const { index, passed } of come) {
    const { key, row: record } = after[index] as Keyed<T>;
    const old = gone.find((loose) => before[loose.index]?.key === key);
    if (old === undefined) {
      added.push({ index, record });
      continue;
    }
    paired.add(old);
    if (old.passed !== passed) moved.push({ index, from: old.index, record });
    else if (old.index < last) return undefined;
    else {
      last = old.index;
      if (before[old.index]?.row !== record) changed.push({ index, record });
    }
  }
  if (moved.length > 1) return undefined;
  const removed = gone
    .filter((loose) => !paired.has(loose))
    .map(({ index }) => ({ index, record: (before[index] as Keyed<T>).row }));
  return createDelta({ added, removed, changed, moved, total: after.length });
}
