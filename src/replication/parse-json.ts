import { malformed } from './malformed.ts';

/** No record of ours nests deeper than a few levels; code that walks one by recursion must not meet more than this. */
const DEPTH_MAX = 64;

/**
 * Refuses what JSON can say and no record may hold: numbers too large to be finite, a key that would name a prototype once it is
 * assigned, and nesting that has no end. Walks by a list of its own, so that no depth can exhaust the stack.
 */
export function assertSound(value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw malformed('a number in it is not finite');
  if (typeof value !== 'object' || value === null) return;
  const nodes: object[] = [value];
  const depths: number[] = [1];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const depth = depths.pop() as number;
    if (depth > DEPTH_MAX) throw malformed(`its JSON is deeper than ${DEPTH_MAX} levels`);
    if (!Array.isArray(node) && Object.hasOwn(node, '__proto__')) throw malformed('a key in it names a prototype');
    for (const inner of Array.isArray(node) ? node : Object.values(node)) {
      if (typeof inner === 'number' && !Number.isFinite(inner)) throw malformed('a number in it is not finite');
      if (typeof inner === 'object' && inner !== null) {
        nodes.push(inner);
        depths.push(depth + 1);
      }
    }
  }
}

/** A JSON text as it stands; throws a failure `SYNC_MALFORMED`, whose message holds nothing of the text. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which is personal data.
    throw malformed('it is not JSON');
  }
}

/** A JSON text that is sound. Throws a failure `SYNC_MALFORMED`. */
export function parseJson(text: string): unknown {
  const value = readJson(text);
  assertSound(value);
  return value;
}
