import { createError } from '../engine/ground/errors.ts';

/** Deeper documents are refused: each level is a call, here and wherever they are read. */
const DEPTH_MAX = 200;

/**
 * A frozen copy of a value, as writing it down as JSON and reading it again would give it: undefined for what JSON has no word for,
 * null for what is not a finite number. Whoever gave the value may go on changing it. Throws `INVALID_TYPE_ON_FIELD_IN_RECORD` for what
 * cannot be written down at all. `key`: under which it stands.
 */
export function copyJson(given: unknown, key: string, depth: number): unknown {
  const value = typeof given === 'object' && given !== null ? jsonOf(given, key) : given;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  // Minus zero is written as zero.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object')
    throw createError('INVALID_TYPE_ON_FIELD_IN_RECORD', 'a document holds a value that JSON cannot say');
  if (depth >= DEPTH_MAX)
    throw createError('INVALID_TYPE_ON_FIELD_IN_RECORD', `a document is nested deeper than ${DEPTH_MAX}`);
  return Object.freeze(Array.isArray(value) ? copyList(value, depth) : copyFields(value, depth));
}

/** What of an object is written down: what it says itself, and of a boxed value the value. */
function jsonOf(value: object, key: string): unknown {
  const { toJSON } = value as { toJSON?: unknown };
  const said: unknown = typeof toJSON === 'function' ? toJSON.call(value, key) : value;
  const isBoxed = said instanceof Number || said instanceof String || said instanceof Boolean;
  return isBoxed ? said.valueOf() : said;
}

/** By place, as a list may have holes, which are null like all that has no word. */
function copyList(list: readonly unknown[], depth: number): unknown[] {
  const copy: unknown[] = [];
  for (let i = 0; i < list.length; i++) copy.push(copyJson(list[i], String(i), depth + 1) ?? null);
  return copy;
}

function copyFields(value: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const own = copyJson((value as Record<string, unknown>)[key], key, depth + 1);
    if (own !== undefined) setOwn(copy, key, own);
  }
  return copy;
}

/** Sets a key as a key, whatever its name: assigning `__proto__` would change what the object inherits. */
export function setOwn(into: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') into[key] = value;
  else Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
}
