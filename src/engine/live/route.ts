import {
  type Condition,
  conjuncts,
  isPlainField,
  type Key,
  type Leaf,
  type Range,
  type Target,
} from '../query/condition.ts';

/** What a record must have for a query to be concerned with it: a way to find the query from the record. */
export type Route =
  /** These fields have these values; null is one. */
  | { readonly kind: 'equal'; readonly targets: readonly Target[]; readonly keys: readonly (Key | null)[] }
  /** This field's value is in a range; a beginning of a text is one. */
  | { readonly kind: 'range'; readonly target: Target; readonly range: Range };

/** A condition in more ways than this is asked at every write instead. */
const ROUTES_MAX = 1024;

function keysOf({ test, target, negated }: Leaf): readonly (Key | null)[] | undefined {
  if (negated || !isPlainField(target)) return undefined;
  if (test.op === 'eq') return [test.key];
  if (test.op === 'null') return [null];
  return test.op === 'in' ? [...test.keys, ...(test.withNull ? [null] : [])] : undefined;
}

/** One route for each combination of the values that the fields may have; undefined when there are too many. */
function equalRoutes(leaves: readonly Leaf[]): readonly Route[] | undefined {
  const byField = new Map<string, { target: Target; keys: readonly (Key | null)[] }>();
  for (const leaf of leaves) {
    const keys = keysOf(leaf);
    const known = byField.get(leaf.target.field.name);
    // Of two demands on one field the narrower finds the query as well.
    if (keys !== undefined && (known === undefined || keys.length < known.keys.length))
      byField.set(leaf.target.field.name, { target: leaf.target, keys });
  }
  // Fewest values first, so that a long list is what is left to the test.
  const fields = [...byField.values()].sort((left, right) => left.keys.length - right.keys.length);
  let routes: { targets: Target[]; keys: (Key | null)[] }[] = [{ targets: [], keys: [] }];
  for (const { target, keys } of fields) {
    if (routes.length * keys.length > ROUTES_MAX) break;
    routes = routes.flatMap((route) =>
      keys.map((key) => ({ targets: [...route.targets, target], keys: [...route.keys, key] })),
    );
  }
  if (routes[0]?.targets.length === 0) return undefined;
  return routes.map(sortByField);
}

/** Queries on the same fields share one table, whatever order they name them in. */
function sortByField({ targets, keys }: { targets: readonly Target[]; keys: readonly (Key | null)[] }): Route {
  const order = targets.map((_, at) => at);
  const nameAt = (at: number) => (targets[at] as Target).field.name;
  order.sort((left, right) => (nameAt(left) < nameAt(right) ? -1 : 1));
  return {
    kind: 'equal',
    targets: order.map((at) => targets[at] as Target),
    keys: order.map((at) => keys[at] as Key | null),
  };
}

function rangeOf({ test, target, negated }: Leaf): Range | undefined {
  if (negated || !isPlainField(target)) return undefined;
  // A range that moves would have to be put anew at every moment.
  if (test.op === 'range') return test.ages === undefined ? test : undefined;
  if (test.op !== 'like' || test.prefix === '') return undefined;
  return { op: 'range', lower: test.prefix, lowerOpen: false, upper: afterAll(test.prefix), upperOpen: true };
}

/** The lowest text higher than all that begin with `prefix`; undefined where there is none. */
function afterAll(prefix: string): string | undefined {
  const last = prefix.charCodeAt(prefix.length - 1);
  return last === 0xffff ? undefined : prefix.slice(0, -1) + String.fromCharCode(last + 1);
}

/** Bounded on both sides before bounded on one. */
function narrowness({ lower, upper }: Range): number {
  return Number(lower !== undefined) + Number(upper !== undefined);
}

function rangeRoute(leaves: readonly Leaf[]): Route | undefined {
  let best: Extract<Route, { kind: 'range' }> | undefined;
  for (const leaf of leaves) {
    const range = rangeOf(leaf);
    if (range !== undefined && (best === undefined || narrowness(range) > narrowness(best.range)))
      best = { kind: 'range', target: leaf.target, range };
  }
  return best;
}

/**
 * The ways to a query of which every record that fits it has at least one. Undefined where there are none: then the query
 * is asked at every write.
 */
export function routesOf(condition: Condition | undefined): readonly Route[] | undefined {
  const parts = conjuncts(condition);
  const leaves = parts.filter((part) => part.kind === 'leaf');
  const equal = equalRoutes(leaves);
  if (equal !== undefined) return equal;
  const range = rangeRoute(leaves);
  if (range !== undefined) return [range];
  for (const part of parts) {
    if (part.kind !== 'or') continue;
    const ways = part.parts.map(routesOf);
    const all = ways.every((each) => each !== undefined) ? ways.flat() : undefined;
    if (all !== undefined && all.length <= ROUTES_MAX) return all as readonly Route[];
  }
  return undefined;
}
