import {
  type FilledMangoQuery,
  getPrimaryFieldOfPrimaryKey,
  getQueryMatcher,
  getQueryPlan,
  getSortComparator,
  type MangoQuerySortPart,
  type PreparedQuery,
  type RxDocumentData,
  type RxJsonSchema,
  type RxQueryPlan,
} from 'rxdb';
import type { AnyDocument } from './document-entry.ts';
import { DELETED_FIELD, type KeyRange } from './document-index.ts';
import { BEHIND_NULL, compareKeys, HIGHEST, type KeyType, LOWEST } from './index-keys.ts';

/** RxDB's words for no bound. */
const NO_LOWER = Number.MIN_SAFE_INTEGER;
const NO_UPPER = '\uffff';

type AnySchema = Readonly<RxJsonSchema<RxDocumentData<unknown>>>;
type Query = FilledMangoQuery<Record<string, unknown>>;
type Part = MangoQuerySortPart<AnyDocument>;

export interface IndexAccess {
  readonly path: readonly string[];
  readonly range: KeyRange;
  /** Whether all documents of the range meet the selector, as long as the index is true. */
  readonly isExact: boolean;
  readonly order: 'forward' | 'backward' | 'backward but the key' | 'none';
}

/** Which types the fields of indexes have, by path. */
export type TypeOf = (path: string) => KeyType | undefined;

/**
 * What a query that RxDB has prepared comes to. Its plan names an index and the keys to read between. Where the order asked for
 * descends, which the plan always calls unserved, the same query is planned as if it ascended: an index that serves that
 * is read from its end.
 */
export class CompiledQuery {
  readonly skip: number;
  readonly limit: number;
  readonly live: boolean;
  readonly deleted: boolean;
  /** How an index serves it; undefined where every document has to be looked at. */
  readonly access: IndexAccess | undefined;
  readonly #schema: AnySchema;
  readonly #query: Query;
  #matcher: ((document: AnyDocument) => boolean) | undefined;
  #comparator: ((left: AnyDocument, right: AnyDocument) => number) | undefined;

  constructor(schema: AnySchema, typeOf: TypeOf, prepared: PreparedQuery<unknown>) {
    const query = prepared.query as unknown as Query;
    const { skip, limit, selector } = query;
    const deletedAsked = (selector as Record<string, { $eq?: unknown } | undefined>)[DELETED_FIELD]?.$eq;
    this.#schema = schema;
    this.#query = query;
    this.skip = skip ?? 0;
    this.limit = typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY;
    this.live = deletedAsked !== true;
    this.deleted = deletedAsked !== false;
    this.access = accessOf(schema, typeOf, query, prepared.queryPlan);
  }

  /** Made when it is first wanted: most queries need neither this nor a comparator. */
  get test(): (document: AnyDocument) => boolean {
    this.#matcher ??= getQueryMatcher(this.#schema as never, this.#query as never) as (
      document: AnyDocument,
    ) => boolean;
    return this.#matcher;
  }

  get compare(): (left: AnyDocument, right: AnyDocument) => number {
    this.#comparator ??= compareBy(this.#schema, this.#query);
    return this.#comparator;
  }
}

/**
 * The order asked for. RxDB's comparator does not go on to the primary key behind values that it calls equal though they are not the
 * same, such as two equal lists: here they come by it, so that pages of a result agree.
 */
function compareBy(schema: AnySchema, query: Query): CompiledQuery['compare'] {
  const compare = getSortComparator(schema as never, query as never) as (left: unknown, right: unknown) => number;
  const key = getPrimaryFieldOfPrimaryKey(schema.primaryKey) as string;
  return (left, right) => compare(left, right) || compareKeys(left[key], right[key]);
}

function accessOf(schema: AnySchema, typeOf: TypeOf, query: Query, plan: RxQueryPlan): IndexAccess | undefined {
  if (plan.sortSatisfiedByIndex) return readPlan(typeOf, query, plan, 'forward');
  const backward = backwardOrder(query.sort);
  if (backward !== undefined) {
    const sort = query.sort.map((part) => ({ [fieldOf(part)]: 'asc' }) as Part);
    const turned = getQueryPlan(schema as never, { ...query, sort } as never);
    if (turned.sortSatisfiedByIndex) {
      const access = readPlan(typeOf, query, turned, backward);
      if (access !== undefined) return access;
    }
  }
  return readPlan(typeOf, query, plan, 'none');
}

/** How an ascending index is read for an order; undefined where that is no way. */
function backwardOrder(sort: readonly Part[]): IndexAccess['order'] | undefined {
  const descends = sort.map((part) => Object.values(part)[0] === 'desc');
  if (!descends.slice(0, -1).every(Boolean)) return undefined;
  if (descends.at(-1) === true) return 'backward';
  return sort.length > 1 ? 'backward but the key' : undefined;
}

function fieldOf(part: Part): string {
  return Object.keys(part)[0] as string;
}

/**
 * The range of a plan. A bound that is no value of its field's type makes no range: null meets what is missing, and others meet
 * values that the index has no order for.
 */
function readPlan(
  typeOf: TypeOf,
  { selector, sort }: Query,
  plan: RxQueryPlan,
  asked: IndexAccess['order'],
): IndexAccess | undefined {
  const from = plan.index[0] === DELETED_FIELD ? 1 : 0;
  // RxDB leaves out of an order what it takes to be one value throughout, which only a true index can vouch for.
  const order = sort.every((part) => plan.index.includes(fieldOf(part))) ? asked : 'none';
  const isExact = plan.selectorSatisfiedByIndex && Object.values(selector).every((one) => isTakenExactly(one, plan));
  const lower: unknown[] = [];
  const upper: unknown[] = [];
  for (let i = 0; i < plan.index.length; i++) {
    const field = plan.index[i] as string;
    const type = typeOf(field);
    const condition = Object.hasOwn(selector, field) ? (selector as Record<string, unknown>)[field] : undefined;
    const [start, end] = [plan.startKeys[i] as unknown, plan.endKeys[i] as unknown];
    const isBound = isValue(start) || isValue(end);
    if (type === undefined || !isUsable(start, type) || !isUsable(end, type) || saysNoBound(condition))
      return undefined;
    if (i < from) {
      // Which runs are read is told by $eq alone.
      if (isBound && (condition as { $eq?: unknown } | undefined)?.$eq !== start) return undefined;
      // Both runs are read whole: what is asked of later fields is no range of all.
      if (!isBound) return { path: plan.index, range: ALL, isExact, order };
      continue;
    }
    lower.push(boundOf(start, isExact && condition !== undefined ? BEHIND_NULL : LOWEST));
    upper.push(boundOf(end, LOWEST));
  }
  const range = { lower, upper, isLowerIn: plan.inclusiveStart, isUpperIn: plan.inclusiveEnd };
  return { path: plan.index, range, isExact, order };
}

/**
 * Whether a plan that is said to serve a condition does. An empty object RxDB takes for no condition and the matcher for a value; a
 * bound beyond those that the schema has for its field it takes for theirs, and documents on it with it.
 */
function isTakenExactly(condition: unknown, { inclusiveStart, inclusiveEnd }: RxQueryPlan): boolean {
  if (typeof condition !== 'object' || condition === null || Object.keys(condition).length === 0) return false;
  return !('$gt' in condition && inclusiveStart) && !('$lt' in condition && inclusiveEnd);
}

/** Whether a condition compares with one of RxDB's words for no bound, which it then cannot be told from in a plan. */
function saysNoBound(condition: unknown): boolean {
  if (typeof condition !== 'object' || condition === null) return false;
  return Object.values(condition).some((operand) =>
    Array.isArray(operand) ? !operand.every(isValue) : !isValue(operand),
  );
}

const ALL: KeyRange = { lower: [LOWEST], upper: [HIGHEST], isLowerIn: true, isUpperIn: true };

function isValue(key: unknown): boolean {
  return key !== NO_LOWER && key !== NO_UPPER;
}

function isUsable(key: unknown, type: KeyType): boolean {
  return !isValue(key) || (typeof key === type && !Number.isNaN(key));
}

function boundOf(key: unknown, lowest: symbol): unknown {
  if (key === NO_LOWER) return lowest;
  return key === NO_UPPER ? HIGHEST : key;
}
