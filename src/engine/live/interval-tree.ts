import type { Key, Range } from '../query/condition.ts';

interface Node<T> {
  readonly range: Range;
  readonly value: T;
  /** Apart from others of the same lower end. */
  readonly sequence: number;
  readonly priority: number;
  left: Node<T> | undefined;
  right: Node<T> | undefined;
  /** The range of this subtree that reaches highest. */
  highest: Range;
}

/** Undefined is open to below: lower than every key. */
function compareLower(left: Key | undefined, right: Key | undefined): number {
  if (left === right) return 0;
  if (left === undefined) return -1;
  if (right === undefined) return 1;
  return left < right ? -1 : 1;
}

function reachesHigher(left: Range, right: Range): boolean {
  if (right.upper === undefined) return false;
  return left.upper === undefined || left.upper > right.upper;
}

/** Spreads consecutive numbers, so that the tree keeps its balance whatever order ranges come in. */
function priorityOf(sequence: number): number {
  return Math.imul(sequence, 0x9e3779b1) >>> 0;
}

/**
 * Ranges, found by a key that lies in them: a treap by lower end in which every subtree knows how high it reaches. Adding
 * and removing cost the logarithm of their number, finding the same and what is found. All keys are of one kind.
 */
export class IntervalTree<T> {
  #root: Node<T> | undefined;
  #sequence = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a range and returns what takes it out again. */
  add(range: Range, value: T): () => void {
    const sequence = ++this.#sequence;
    const node: Node<T> = {
      range,
      value,
      sequence,
      priority: priorityOf(sequence),
      left: undefined,
      right: undefined,
      highest: range,
    };
    this.#root = insert(this.#root, node);
    this.#size++;
    let there = true;
    return () => {
      if (!there) return;
      there = false;
      this.#root = remove(this.#root, node);
      this.#size--;
    };
  }

  /** Calls `visit` with the value of every range that the key is in. */
  visit(key: Key, visit: (value: T) => void): void {
    visitNode(this.#root, key, visit);
  }
}

function isBefore<T>(left: Node<T>, right: Node<T>): boolean {
  const order = compareLower(left.range.lower, right.range.lower);
  return order === 0 ? left.sequence < right.sequence : order < 0;
}

function refresh<T>(node: Node<T>): Node<T> {
  let { range: highest } = node;
  for (const below of [node.left, node.right])
    if (below !== undefined && reachesHigher(below.highest, highest)) highest = below.highest;
  node.highest = highest;
  return node;
}

/** Parts a subtree at a node: what comes before it and what comes after. */
function split<T>(root: Node<T> | undefined, at: Node<T>): [Node<T> | undefined, Node<T> | undefined] {
  if (root === undefined) return [undefined, undefined];
  if (isBefore(root, at)) {
    const [left, right] = split(root.right, at);
    root.right = left;
    return [refresh(root), right];
  }
  const [left, right] = split(root.left, at);
  root.left = right;
  return [left, refresh(root)];
}

function insert<T>(root: Node<T> | undefined, node: Node<T>): Node<T> {
  if (root === undefined) return node;
  if (node.priority > root.priority) {
    [node.left, node.right] = split(root, node);
    return refresh(node);
  }
  if (isBefore(node, root)) root.left = insert(root.left, node);
  else root.right = insert(root.right, node);
  return refresh(root);
}

function merge<T>(left: Node<T> | undefined, right: Node<T> | undefined): Node<T> | undefined {
  if (left === undefined) return right;
  if (right === undefined) return left;
  if (left.priority > right.priority) {
    left.right = merge(left.right, right);
    return refresh(left);
  }
  right.left = merge(left, right.left);
  return refresh(right);
}

function remove<T>(root: Node<T> | undefined, node: Node<T>): Node<T> | undefined {
  if (root === undefined) return undefined;
  if (root === node) return merge(root.left, root.right);
  if (isBefore(node, root)) root.left = remove(root.left, node);
  else root.right = remove(root.right, node);
  return refresh(root);
}

function visitNode<T>(root: Node<T> | undefined, key: Key, visit: (value: T) => void): void {
  for (let node = root; node !== undefined; node = node.right) {
    const reach = node.highest.upper;
    if (reach !== undefined && reach < key) return;
    visitNode(node.left, key, visit);
    const { lower, lowerOpen, upper, upperOpen } = node.range;
    // Those further right begin higher still.
    if (lower !== undefined && lower > key) return;
    const startsBefore = lower === undefined || (lowerOpen ? lower < key : lower <= key);
    if (startsBefore && (upper === undefined || (upperOpen ? key < upper : key <= upper))) visit(node.value);
  }
}
