/**
 * A text that equal queries have in common, whatever order their conditions were written in. Undefined where a query
 * holds something else than plain data, which no other query can be known to equal. `of`: what is asked, where queries of
 * several are told apart.
 */
export function queryKey(query: Readonly<Record<string, unknown>>, of = ''): string | undefined {
  const { where, ...others } = query;
  const into = [of, ' '];
  // The parts of an order stand in their order, and a row shows its values as they were selected.
  if (!write(where, true, into) || !write(others, false, into)) return undefined;
  // Joined at once: a text put together piece by piece keeps all its pieces.
  return into.join('');
}

/** Writes a value down. Returns whether it is plain data. */
function write(value: unknown, sorted: boolean, into: string[]): boolean {
  if (value === undefined) into.push('u');
  else if (typeof value === 'string') into.push(JSON.stringify(value));
  else if (value === null || typeof value === 'number' || typeof value === 'boolean') into.push(String(value));
  else if (value instanceof Date) into.push('d', String(value.getTime()));
  else if (Array.isArray(value)) return writeList(value, sorted, into);
  else return typeof value === 'object' && writeObject(value as Record<string, unknown>, sorted, into);
  return true;
}

function writeList(list: readonly unknown[], sorted: boolean, into: string[]): boolean {
  into.push('[');
  for (const each of list) {
    if (!write(each, sorted, into)) return false;
    into.push(',');
  }
  into.push(']');
  return true;
}

function writeObject(object: Record<string, unknown>, sorted: boolean, into: string[]): boolean {
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const keys = Object.keys(object);
  if (sorted) keys.sort();
  into.push('{');
  for (const key of keys) {
    if (object[key] === undefined) continue;
    into.push(JSON.stringify(key), ':');
    if (!write(object[key], sorted, into)) return false;
    into.push(',');
  }
  into.push('}');
  return true;
}
