import { NULL_KEY } from '../store/column-key.ts';
import type { Dictionary } from '../store/dictionary.ts';
import type { Group, OrderedIndex } from '../store/ordered-index.ts';
import type { Table } from '../store/table.ts';
import { type Condition, isPlainField, type Leaf, type Range } from './condition.ts';
import type { OrderStep } from './order.ts';

/** A piece of an index: the entries of one group between two ranks. */
export interface Piece {
  readonly group: Group;
  readonly from: number;
  readonly to: number;
}

/** How a query reaches its records, with what is left to test. */
export type Access =
  | { readonly kind: 'ids'; readonly slots: readonly number[]; readonly used: readonly Condition[] }
  | {
      readonly kind: 'index';
      readonly index: OrderedIndex;
      readonly pieces: readonly Piece[];
      /** Entries in all pieces: counted, not guessed. */
      readonly size: number;
      readonly used: readonly Condition[];
      /** Whether reading the one piece gives the first step of the order. */
      readonly ordered: boolean;
    }
  | { readonly kind: 'scan' };

export type IndexAccess = Extract<Access, { kind: 'index' }>;

/** What reading costs, in units of one index entry read with its record. Measured; only ratios matter. */
const SCAN_COST = 0.05;
const TEST_COST = 0.5;
const SORT_COST = 0.25;
/** How many groups one query may join from an index before a scan is sure to be better. */
const PIECES_MAX = 1024;

export interface PlanInput {
  readonly conjuncts: readonly Condition[];
  readonly order: readonly OrderStep[];
  /** How many records are wanted at most, offset included; Infinity for all. */
  readonly wanted: number;
  /** Whether only their number is wanted: an index that meets every condition then gives it without being read. */
  readonly counting: boolean;
}

function findLeaf(conjuncts: readonly Condition[], field: string, fits: (leaf: Leaf) => boolean): Leaf | undefined {
  for (const condition of conjuncts) {
    if (condition.kind !== 'leaf' || condition.negated) continue;
    const { target } = condition;
    if (target.field.name !== field || !isPlainField(target)) continue;
    if (fits(condition)) return condition;
  }
  return undefined;
}

function isEqual(leaf: Leaf): boolean {
  return leaf.test.op === 'eq';
}

function isPoint(leaf: Leaf): boolean {
  const { op } = leaf.test;
  return op === 'eq' || op === 'in' || op === 'null';
}

/** The group keys that a leaf admits in a coded column: codes, -1 for null. */
function codesOf(leaf: Leaf, dictionary: Dictionary): number[] | undefined {
  const { test } = leaf;
  if (test.op === 'null') return [-1];
  if (test.op === 'eq') {
    const code = dictionary.find(test.key as string);
    return code < 0 ? [] : [code];
  }
  if (test.op === 'in') {
    if (test.keys.size > PIECES_MAX) return undefined;
    const codes = [...test.keys].map((key) => dictionary.find(key as string)).filter((code) => code >= 0);
    if (test.withNull) codes.push(-1);
    // Two spellings given for one text are one code.
    return [...new Set(codes)];
  }
  return textRange(leaf, dictionary);
}

/** The codes of a range or of a LIKE with a fixed beginning, by the order of texts. */
function textRange(leaf: Leaf, dictionary: Dictionary): number[] | undefined {
  const { test } = leaf;
  if (test.op === 'like') return test.prefix === '' ? undefined : codesWithPrefix(test.prefix, dictionary);
  if (test.op !== 'range') return undefined;
  const { folded } = dictionary;
  const codes = dictionary.ordered();
  const found: number[] = [];
  for (let at = test.lower === undefined ? 0 : dictionary.lowerBound(test.lower as string); at < codes.length; at++) {
    const code = codes[at] as number;
    const text = folded[code] as string;
    if (test.upper !== undefined && (test.upperOpen ? text >= test.upper : text > test.upper)) break;
    if (test.lowerOpen && text === test.lower) continue;
    found.push(code);
    if (found.length > PIECES_MAX) return undefined;
  }
  return found;
}

function codesWithPrefix(prefix: string, dictionary: Dictionary): number[] | undefined {
  const codes = dictionary.ordered();
  const found: number[] = [];
  for (let at = dictionary.lowerBound(prefix); at < codes.length; at++) {
    const code = codes[at] as number;
    if (!(dictionary.folded[code] as string).startsWith(prefix)) break;
    found.push(code);
    if (found.length > PIECES_MAX) return undefined;
  }
  return found;
}

function numbersOf(leaf: Leaf): number[] | undefined {
  const { test } = leaf;
  if (test.op === 'eq') return [test.key as number];
  if (test.op === 'null') return [NULL_KEY];
  if (test.op !== 'in' || test.keys.size > PIECES_MAX) return undefined;
  const numbers = [...test.keys] as number[];
  return test.withNull ? [...numbers, NULL_KEY] : numbers;
}

/** For each group field a leaf that names its groups; undefined when some group field is free. */
function matchLeaves(index: OrderedIndex, conjuncts: readonly Condition[]): readonly Leaf[] | undefined {
  const leaves: Leaf[] = [];
  for (const [i, { field, isCoded }] of index.groupColumns.entries()) {
    const last = i === index.groupColumns.length - 1 && index.orderColumn === undefined;
    const leaf =
      findLeaf(conjuncts, field.name, isPoint) ??
      (last && isCoded ? findLeaf(conjuncts, field.name, () => true) : undefined);
    if (leaf === undefined) return undefined;
    leaves.push(leaf);
  }
  return leaves;
}

/** The groups that the conditions admit, or undefined when some group field is free. */
function matchGroups(index: OrderedIndex, conjuncts: readonly Condition[], used: Condition[]): Group[] | undefined {
  const flat = index.groupColumns.length === 1 && index.groupColumns[0]?.isCoded === true;
  if (flat) {
    // By far the commonest: one value of one text or reference.
    const { field, dictionary } = index.groupColumns[0] as OrderedIndex['groupColumns'][number];
    const leaf = findLeaf(conjuncts, field.name, isEqual);
    if (leaf !== undefined && leaf.test.op === 'eq') {
      index.wake();
      used.push(leaf);
      const code = (dictionary as Dictionary).find(leaf.test.key as string);
      const group = code < 0 ? undefined : index.group([code]);
      return group === undefined ? [] : [group];
    }
  }
  const leaves = matchLeaves(index, conjuncts);
  if (leaves === undefined) return undefined;
  index.wake();
  let combinations: number[][] = [[]];
  for (const [i, leaf] of leaves.entries()) {
    const { dictionary } = index.groupColumns[i] as OrderedIndex['groupColumns'][number];
    const keys = dictionary === undefined ? numbersOf(leaf) : codesOf(leaf, dictionary);
    if (keys === undefined || keys.length * combinations.length > PIECES_MAX) return undefined;
    // A nested index keys null as a number of its own; a flat one as the code -1.
    const stored = dictionary === undefined || flat ? keys : keys.map((code) => (code === -1 ? NULL_KEY : code));
    combinations = combinations.flatMap((head) => stored.map((key) => [...head, key]));
    // A LIKE is only narrowed by its beginning; the rest of it is tested.
    if (leaf.test.op !== 'like') used.push(leaf);
  }
  const groups: Group[] = [];
  for (const keys of combinations) {
    const group = index.group(keys);
    if (group !== undefined) groups.push(group);
  }
  return groups;
}

function sizeOf(group: Group): number {
  return typeof group === 'number' ? 1 : group.size;
}

/** The ranks of a group that a leaf on the order field admits. A group of one slot is taken whole and tested. */
function boundsOf(group: Group, leaf: Leaf): Piece {
  if (typeof group === 'number') return { group, from: 0, to: 1 };
  const { test } = leaf;
  if (test.op === 'null') return { group, from: 0, to: group.upperRank(NULL_KEY) };
  if (test.op === 'eq')
    return { group, from: group.lowerRank(test.key as number), to: group.upperRank(test.key as number) };
  const range = test as Range;
  const lower = range.lower as number | undefined;
  const upper = range.upper as number | undefined;
  const from =
    lower === undefined ? group.upperRank(NULL_KEY) : range.lowerOpen ? group.upperRank(lower) : group.lowerRank(lower);
  const to = upper === undefined ? group.size : range.upperOpen ? group.lowerRank(upper) : group.upperRank(upper);
  return { group, from, to: Math.max(from, to) };
}

function matchIndex(index: OrderedIndex, input: PlanInput): IndexAccess | undefined {
  const orderField = index.orderColumn?.field.name;
  const step = input.order[0];
  const gives = step !== undefined && step.target.steps.length === 0 && step.target.field.name === orderField;
  const leaf =
    orderField === undefined
      ? undefined
      : findLeaf(
          input.conjuncts,
          orderField,
          ({ test }) => test.op === 'range' || test.op === 'eq' || test.op === 'null',
        );
  const isRoot = index.groupColumns.length === 0;
  // An index whose every entry would be read serves only for its order.
  if (isRoot && leaf === undefined && !gives) return undefined;
  const used: Condition[] = [];
  const groups = isRoot ? [index.group([]) as Group] : matchGroups(index, input.conjuncts, used);
  if (groups === undefined) return undefined;
  const pieces: Piece[] = [];
  let size = 0;
  let tested = false;
  for (const group of groups) {
    const piece = leaf === undefined ? { group, from: 0, to: sizeOf(group) } : boundsOf(group, leaf);
    if (typeof group === 'number') tested = true;
    if (piece.to > piece.from) pieces.push(piece);
    size += piece.to - piece.from;
  }
  if (leaf !== undefined && !tested) used.push(leaf);
  return { kind: 'index', index, pieces, size, used, ordered: pieces.length <= 1 && gives };
}

/** What an access costs, expecting `matching` of all live records to fit every condition. */
function costOf(access: Access, table: Table, input: PlanInput, matching: number): number {
  const sorts = input.order.length > 0;
  if (access.kind === 'ids') return access.slots.length;
  if (access.kind === 'scan') {
    const found = Math.min(matching, table.liveCount);
    const tests = Math.max(1, input.conjuncts.length);
    return table.slotCount * SCAN_COST * tests + (sorts ? found * SORT_COST * Math.log2(found + 2) : 0);
  }
  const left = input.conjuncts.length - access.used.length;
  if (input.counting && left === 0) return access.pieces.length;
  let read = access.size;
  if (access.ordered && input.wanted < Number.POSITIVE_INFINITY) {
    // Reading in order stops as soon as enough have been found.
    const share = Math.max(1, Math.min(matching, access.size)) / Math.max(1, access.size);
    read = Math.min(read, left === 0 ? input.wanted : input.wanted / share);
  }
  const sorting = (access.ordered && sorts) || input.counting ? 0 : SORT_COST * Math.log2(access.size + 2);
  return 8 + access.pieces.length + read * (1 + left * TEST_COST + sorting);
}

function matchIds(table: Table, conjuncts: readonly Condition[]): Access | undefined {
  const leaf = findLeaf(conjuncts, table.definition.roles.id, ({ test }) => test.op === 'eq' || test.op === 'in');
  if (leaf === undefined) return undefined;
  const ids = leaf.test.op === 'eq' ? [leaf.test.key] : leaf.test.op === 'in' ? leaf.test.keys : [];
  const slots: number[] = [];
  for (const id of ids) {
    const slot = table.slotOf(id as string);
    if (slot !== undefined) slots.push(slot);
  }
  return { kind: 'ids', slots: slots.sort((left, right) => left - right), used: [leaf] };
}

/** A way this cheap is taken without looking for a cheaper one: looking costs as much. */
const CHEAP = 256;

/** Chooses the cheapest way, by the true sizes of the ranges each index offers. */
export function planAccess(table: Table, input: PlanInput): Access {
  const ids = matchIds(table, input.conjuncts);
  if (ids !== undefined) return ids;
  const candidates: IndexAccess[] = [];
  // The smallest range any index offers bounds how many records can fit. Indexes on most fields are looked at first.
  let matching = table.liveCount;
  for (const index of table.indexesByWidth()) {
    const access = matchIndex(index, input);
    if (access === undefined) continue;
    if (access.used.length === input.conjuncts.length && costOf(access, table, input, access.size) < CHEAP)
      return access;
    candidates.push(access);
    if (access.used.length > 0) matching = Math.min(matching, access.size);
  }
  let best: Access = { kind: 'scan' };
  let bestCost = costOf(best, table, input, matching);
  for (const access of candidates) {
    const cost = costOf(access, table, input, matching);
    if (cost < bestCost) {
      best = access;
      bestCost = cost;
    }
  }
  return best;
}
