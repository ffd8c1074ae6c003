/** A stored record: plain, frozen JSON with every field of its definition present, unset ones null. */
export type StoredRecord = Readonly<Record<string, unknown>>;

/** Copies and freezes plain JSON, so that nothing a caller keeps can change what is stored. */
export function freezeJson(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return Object.freeze(value.map(freezeJson));
  const copy: Record<string, unknown> = {};
  for (const [key, nested] of Object.entries(value)) copy[key] = freezeJson(nested);
  return Object.freeze(copy);
}

/** Whether two stored values are the same JSON. */
export function isSameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  return isSameObject(left as StoredRecord, right as StoredRecord);
}

/** By `for in`, which walks the names that the hidden class knows: lists of keys took four times as long, and made garbage. */
function isSameObject(left: StoredRecord, right: StoredRecord): boolean {
  let more = 0;
  for (const key in left) {
    const value = left[key];
    const other = right[key];
    if (value !== other && !isSameJson(value, other)) return false;
    // Not there is another thing than undefined, though no stored value is that.
    if (other === undefined && !Object.hasOwn(right, key)) return false;
    more++;
  }
  for (const _ in right) more--;
  return more === 0;
}
