import { createError } from '../engine/ground/errors.ts';

/** Deeper documents are refused: each level is a call, here and wherever they are read. */
const DEPTH_MAX = 200;

/**
 * A frozen copy of a JSON value, as writing it down and reading it again would give it: without what is undefined, minus zero is
 * zero, what is not a finite number is null. Whoever gave the value may go on changing it. Throws `INVALID_TYPE_ON_FIELD_IN_RECORD` for
 * what JSON cannot say.
 */
export function copyJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (typeof value !== 'object') throw unspeakable();
  if (depth >= DEPTH_MAX)
    throw createError('INVALID_TYPE_ON_FIELD_IN_RECORD', `a document is nested deeper than ${DEPTH_MAX}`);
  if (Array.isArray(value)) return Object.freeze(value.map((one) => (isSaid(one) ? copyJson(one, depth + 1) : null)));
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function')
    return copyJson((value as { toJSON(): unknown }).toJSON(), depth + 1);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const own = (value as Record<string, unknown>)[key];
    if (isSaid(own)) setOwn(copy, key, copyJson(own, depth + 1));
  }
  return Object.freeze(copy);
}

/** Whether JSON has a word for it. */
export function isSaid(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}

/** Sets a key as a key, whatever its name: assigning `__proto__` would change what the object inherits. */
export function setOwn(into: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') into[key] = value;
  else Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
}

function unspeakable() {
  return createError('INVALID_TYPE_ON_FIELD_IN_RECORD', 'a document holds a value that JSON cannot say');
}
