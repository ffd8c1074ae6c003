/**
 * Whether lists and objects stand inside `value` more than `max` deep; a list or object that is `value` itself is at
 * depth 0. Walks with its own stack, since a payload can be nested deeper than the stack of calls is high, and goes
 * down before it goes on, so that a value which contains itself is found out after `max` steps.
 */
export function isNestedDeeper(value: unknown, max: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const open: object[] = [value];
  const depths: number[] = [0];
  for (;;) {
    const container = open.pop();
    const depth = depths.pop();
    if (container === undefined || depth === undefined) return false;
    if (depth > max) return true;
    for (const nested of Object.values(container)) {
      if (typeof nested !== 'object' || nested === null) continue;
      open.push(nested);
      depths.push(depth + 1);
    }
  }
}
