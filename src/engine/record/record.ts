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
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every(
    (key) => Object.hasOwn(right, key) && isSameJson((left as StoredRecord)[key], (right as StoredRecord)[key]),
  );
}
