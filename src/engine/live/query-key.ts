/**
 * A text that equal queries have in common, whatever order their conditions were written in. Undefined where a query
 * holds something else than plain data, which no other query can be known to equal.
 */
export function queryKey(query: Readonly<Record<string, unknown>>): string | undefined {
  const { where, ...others } = query;
  try {
    // The parts of an order stand in their order, and a row shows its values as they were selected.
    return `${textOf(where, true)} ${textOf(others, false)}`;
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

class NotPlain extends Error {}

function textOf(value: unknown, sorted: boolean): string {
  if (value === undefined) return 'u';
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number') return String(value);
  if (value instanceof Date) return `d${value.getTime()}`;
  if (Array.isArray(value)) return `[${Array.from(value, (each) => textOf(each, sorted)).join()}]`;
  if (typeof value !== 'object') throw new NotPlain();
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new NotPlain();
  const keys = Object.keys(value).filter((key) => (value as Record<string, unknown>)[key] !== undefined);
  if (sorted) keys.sort();
  const parts = keys.map((key) => `${JSON.stringify(key)}:${textOf((value as Record<string, unknown>)[key], sorted)}`);
  return `{${parts.join()}}`;
}
