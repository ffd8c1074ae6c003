import { LIVE, type Table } from '../store/table.ts';
import { type Condition, conjuncts, testCost } from './condition.ts';
import { adviseIndex } from './index-advice.ts';
import { countIntervals, createSlotPredicate, listSlots, narrow, scanInterval } from './narrow.ts';
import { createSlotComparator, type OrderStep } from './order.ts';
import { type Access, type IndexAccess, type Piece, planAccess } from './plan.ts';

/** A find, checked. */
export interface FindPlan {
  readonly condition: Condition | undefined;
  readonly order: readonly OrderStep[];
  readonly limit: number;
  readonly offset: number;
  /** Which records are asked for: live ones, those in the recycle bin, or both. */
  readonly live: boolean;
  readonly deleted: boolean;
}

/** Slots in the order asked for: the first `count` of `slots`. */
export interface Found {
  readonly slots: Int32Array;
  readonly count: number;
}

/** What a run did; filled in as it goes. */
export interface RunStats {
  access: Access | undefined;
  tested: readonly Condition[];
  visited: number;
  matched: number;
}

export function createRunStats(): RunStats {
  return { access: undefined, tested: [], visited: 0, matched: 0 };
}

function leftToTest(all: readonly Condition[], used: readonly Condition[]): readonly Condition[] {
  return used.length === 0 ? all : all.filter((condition) => !used.includes(condition));
}

/** All slots of an access, in slot order when asked for; not yet tested. */
function readPieces(table: Table, access: IndexAccess, inOrder: boolean): Int32Array {
  const slots = table.slotBuffer(access.size);
  let at = 0;
  for (const { group, from, to } of access.pieces) {
    if (typeof group === 'number') slots[at++] = group;
    else at = group.copy(from, to, slots, at);
  }
  // Entries of one group without an order field already stand by slot.
  if (inOrder && (access.index.orderColumn !== undefined || access.pieces.length > 1)) slots.subarray(0, at).sort();
  return slots;
}

function byCost(parts: readonly Condition[]): readonly Condition[] {
  return [...parts].sort((left, right) => testCost(left) - testCost(right));
}

function scan(table: Table, parts: readonly Condition[], stats: RunStats): Found {
  const slots = table.slotBuffer(table.slotCount);
  stats.visited += table.slotCount;
  const ordered = byCost(parts);
  const first = ordered[0];
  const kept = first === undefined ? undefined : scanInterval(table, first, slots);
  if (kept !== undefined) return { slots, count: narrowAll(table, ordered.slice(1), slots, kept) };
  return { slots, count: narrowAll(table, ordered, slots, listSlots(table, slots)) };
}

function narrowAll(table: Table, parts: readonly Condition[], slots: Int32Array, count: number): number {
  let kept = count;
  for (const part of parts) kept = kept === 0 ? 0 : narrow(table, part, slots, kept);
  return kept;
}

/** Every slot that fits, in slot order where asked for. The slots may stand in a buffer that the next scan takes. */
function collect(table: Table, access: Access, parts: readonly Condition[], stats: RunStats, inOrder: boolean): Found {
  if (access.kind === 'scan') return scan(table, parts, stats);
  if (access.kind === 'ids') {
    const slots = Int32Array.from(access.slots.filter((slot) => table.states[slot] === LIVE));
    stats.visited += slots.length;
    return { slots, count: narrowAll(table, parts, slots, slots.length) };
  }
  const slots = readPieces(table, access, inOrder);
  stats.visited += access.size;
  return { slots, count: narrowAll(table, parts, slots, access.size) };
}

/** The ranks to read one after another so that nulls come where the order wants them. */
function orderedSegments(piece: Piece, step: OrderStep): readonly Piece[] {
  const { group, from, to } = piece;
  if (typeof group === 'number') return [piece];
  const cut = Math.min(to, Math.max(from, group.upperRank(Number.NEGATIVE_INFINITY)));
  const nulls = { group, from, to: cut };
  const rest = { group, from: cut, to };
  return step.nullsFirst ? [nulls, rest] : [rest, nulls];
}

/**
 * Reads an ordered piece until enough have been found. Where the order has further steps, the records that tie in the
 * first are read to their end and sorted among themselves.
 */
function readOrdered(
  table: Table,
  plan: FindPlan,
  access: IndexAccess,
  parts: readonly Condition[],
  stats: RunStats,
): Found {
  const step = plan.order[0] as OrderStep;
  const piece = access.pieces[0];
  if (parts.length === 0 && plan.order.length === 1 && piece !== undefined)
    return readWindow(table, plan, piece, step, stats);
  const wanted = plan.offset + plan.limit;
  const found: number[] = [];
  const tests = parts.map((part) => createSlotPredicate(table, part));
  const single = plan.order.length === 1;
  let tieFrom = 0;
  let lastKey = Number.NaN;
  const compare = single ? undefined : createSlotComparator(table, plan.order);
  const sortTies = () => {
    if (compare === undefined || found.length - tieFrom < 2) return;
    const ties = found.splice(tieFrom).sort(compare);
    for (const slot of ties) found.push(slot);
  };
  for (const segment of piece === undefined ? [] : orderedSegments(piece, step)) {
    if (typeof segment.group === 'number') {
      stats.visited++;
      if (tests.every((test) => test(segment.group as number))) found.push(segment.group);
      continue;
    }
    segment.group.visit(segment.from, segment.to, step.descending, (slot, key) => {
      if (compare !== undefined && key !== lastKey) {
        sortTies();
        if (found.length >= wanted) return false;
        tieFrom = found.length;
        lastKey = key;
      }
      stats.visited++;
      for (let i = 0; i < tests.length; i++) if (!(tests[i] as (slot: number) => boolean)(slot)) return true;
      found.push(slot);
      return compare !== undefined || found.length < wanted;
    });
    if (compare === undefined && found.length >= wanted) break;
  }
  sortTies();
  const slots = Int32Array.from(found);
  return { slots, count: Math.min(slots.length, wanted) };
}

/** The first entries of an ordered piece, nothing to test: they stand side by side in the index and are copied out. */
function readWindow(table: Table, plan: FindPlan, piece: Piece, step: OrderStep, stats: RunStats): Found {
  let left = Math.min(plan.offset + plan.limit, piece.to - piece.from);
  const slots = table.slotBuffer(left);
  let at = 0;
  for (const { group, from, to } of orderedSegments(piece, step)) {
    const taken = Math.min(left, to - from);
    if (taken === 0) continue;
    if (typeof group === 'number') slots[at] = group;
    else if (step.descending) group.copyBackward(to - taken, to, slots, at);
    else group.copy(from, from + taken, slots, at);
    at += taken;
    left -= taken;
  }
  stats.visited += at;
  return { slots, count: at };
}

/** Up to so many wanted, a scan in the order of creation goes record by record and ends with the last one wanted. */
const SCAN_UNTIL_MAX = 256;

function scanUntil(table: Table, parts: readonly Condition[], wanted: number, stats: RunStats): Found {
  const tests = parts.map((part) => createSlotPredicate(table, part));
  const slots = new Int32Array(wanted);
  let count = 0;
  for (let slot = 0; slot < table.slotCount && count < wanted; slot++) {
    if (table.states[slot] !== LIVE) continue;
    stats.visited++;
    if (tests.every((test) => test(slot))) slots[count++] = slot;
  }
  return { slots, count };
}

/** Finds the slots a plan asks for, in order, from offset on and at most limit. */
export function runFind(table: Table, plan: FindPlan, stats: RunStats = createRunStats()): Found {
  if (plan.deleted && (table.bin.size > 0 || !plan.live)) return findWithBin(table, plan, stats);
  const parts = conjuncts(plan.condition);
  const wanted = plan.offset + plan.limit;
  const access = planAccess(table, { conjuncts: parts, order: plan.order, wanted, counting: false });
  stats.access = access;
  const left = access.kind === 'scan' ? parts : leftToTest(parts, access.used);
  stats.tested = left;
  let found: Found;
  let whole = true;
  if (access.kind === 'index' && access.ordered) found = readOrdered(table, plan, access, left, stats);
  else if (access.kind === 'scan' && plan.order.length === 0 && wanted < SCAN_UNTIL_MAX) {
    found = scanUntil(table, left, wanted, stats);
    // One that ended early cost little, and how many fit is not known.
    whole = found.count < wanted;
  } else {
    found = collect(table, access, left, stats, plan.order.length === 0);
    if (plan.order.length > 0) found = sortFound(table, plan, found, wanted);
  }
  stats.matched = found.count;
  if (access.kind === 'scan' && whole) adviseIndex(table, parts, found.count);
  return cut(found, plan);
}

/** What a plan's limit and offset leave. */
function cut({ slots, count }: Found, { offset, limit }: FindPlan): Found {
  const to = Math.min(count, offset + limit);
  const from = Math.min(offset, to);
  return from === 0 ? { slots, count: to } : { slots: slots.subarray(from, to), count: to - from };
}

/** The slots in the recycle bin that meet all conditions. No index knows them, and they are few. */
function collectBin(table: Table, parts: readonly Condition[], stats: RunStats): Found {
  const slots = table.binSlots().slice();
  stats.visited += slots.length;
  return { slots, count: narrowAll(table, byCost(parts), slots, slots.length) };
}

/** Those in the recycle bin, and where live ones are asked for too, what their indexes find. */
function findWithBin(table: Table, plan: FindPlan, stats: RunStats): Found {
  const live = { ...plan, order: [], limit: Number.POSITIVE_INFINITY, offset: 0, deleted: false };
  const kept = plan.live ? runFind(table, live, stats) : { slots: new Int32Array(0), count: 0 };
  const parts = conjuncts(plan.condition);
  if (!plan.live) {
    stats.access = { kind: 'scan' };
    stats.tested = parts;
  }
  // Copied first: the slots of the first stand in a buffer that the next takes.
  const slots = new Int32Array(kept.count + table.bin.size);
  slots.set(kept.slots.subarray(0, kept.count));
  const binned = collectBin(table, parts, stats);
  slots.set(binned.slots.subarray(0, binned.count), kept.count);
  const count = kept.count + binned.count;
  slots.subarray(0, count).sort();
  stats.matched = count;
  const all = { slots, count };
  return cut(plan.order.length === 0 ? all : sortFound(table, plan, all, plan.offset + plan.limit), plan);
}

/** How many fit, without naming them where an index alone can tell. */
export function runCount(table: Table, plan: FindPlan, stats: RunStats = createRunStats()): number {
  const parts = conjuncts(plan.condition);
  if (parts.length === 0) return (plan.live ? table.liveCount : 0) + (plan.deleted ? table.bin.size : 0);
  const live = plan.live ? countLive(table, parts, stats) : 0;
  if (!plan.deleted) return live;
  stats.matched = live + collectBin(table, parts, stats).count;
  return stats.matched;
}

function countLive(table: Table, parts: readonly Condition[], stats: RunStats): number {
  const access = planAccess(table, { conjuncts: parts, order: [], wanted: Number.POSITIVE_INFINITY, counting: true });
  stats.access = access;
  const left = access.kind === 'scan' ? parts : leftToTest(parts, access.used);
  stats.tested = left;
  if (access.kind === 'index' && left.length === 0) {
    stats.matched = access.size;
    return access.size;
  }
  const counted = access.kind === 'scan' ? countIntervals(table, left) : undefined;
  if (counted !== undefined) stats.visited += table.slotCount;
  const count = counted ?? collect(table, access, left, stats, false).count;
  stats.matched = count;
  if (access.kind === 'scan') adviseIndex(table, parts, count);
  return count;
}

/** From this share of the records on, choosing the first few is dearer than sorting all. */
const CHOOSE_SHARE = 0.25;

function sortFound(table: Table, plan: FindPlan, found: Found, wanted: number): Found {
  const compare = createSlotComparator(table, plan.order);
  const slots = found.slots.subarray(0, found.count);
  if (wanted < found.count * CHOOSE_SHARE && wanted <= 4096) return chooseFirst(slots, wanted, compare);
  return { slots: Int32Array.from(Array.from(slots).sort(compare)), count: found.count };
}

/** The first `wanted` in order, by a heap whose top is the last of those chosen so far. */
function chooseFirst(slots: Int32Array, wanted: number, compare: (left: number, right: number) => number): Found {
  const heap: number[] = [];
  for (const slot of slots) {
    if (heap.length < wanted) {
      heap.push(slot);
      siftUp(heap, compare);
    } else if (wanted > 0 && compare(slot, heap[0] as number) < 0) {
      heap[0] = slot;
      siftDown(heap, compare);
    }
  }
  return { slots: Int32Array.from(heap.sort(compare)), count: heap.length };
}

function siftUp(heap: number[], compare: (left: number, right: number) => number): void {
  let at = heap.length - 1;
  while (at > 0) {
    const parent = (at - 1) >>> 1;
    if (compare(heap[at] as number, heap[parent] as number) <= 0) return;
    [heap[at], heap[parent]] = [heap[parent] as number, heap[at] as number];
    at = parent;
  }
}

function siftDown(heap: number[], compare: (left: number, right: number) => number): void {
  let at = 0;
  for (;;) {
    let largest = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && compare(heap[child] as number, heap[largest] as number) > 0) largest = child;
    }
    if (largest === at) return;
    [heap[at], heap[largest]] = [heap[largest] as number, heap[at] as number];
    at = largest;
  }
}
