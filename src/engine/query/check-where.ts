import type { FieldDefinition, ObjectDefinition } from '../definition/define-object.ts';
import type { FieldSpec } from '../definition/definition.ts';
import { isDateTimeInRange, parseDate, parseDateTime } from '../ground/date-time.ts';
import { createError, type EngineError } from '../ground/errors.ts';
import { foldCase } from '../ground/fold-case.ts';
import type { IdFormat } from '../ground/ids.ts';
import { noSuchColumnText, noSuchRelationshipText } from '../ground/name-texts.ts';
import {
  type Condition,
  intersect,
  isPlainField,
  isSameKind,
  type Key,
  type Leaf,
  type LeafTest,
  type Range,
  type Target,
} from './condition.ts';
import { createLikeTest, likePrefix } from './like.ts';

/** What queries on an object must know of it. */
export interface QueryScope {
  readonly definition: ObjectDefinition;
  /** The id formats of the objects a reference may point to, or of the object itself for its id. */
  formatsOf(field: FieldDefinition): readonly IdFormat[];
  /** Milliseconds since 1970. */
  now(): number;
  /** Names already resolved, by what the queries wrote. */
  readonly targets: Map<string, Target>;
}

/** Paths come from queries, so what is remembered of them is bounded. */
const TARGETS_MAX = 1024;

const DEPTH_MAX = 32;
const LIST_MAX = 65_536;
const CONDITIONS_MAX = 4096;
const LIKE_MAX = 4000;
/** Over 3,000 years either way: from any day that can be stored to any other. */
const AGE_MAX = 1e14;
const DAY_MS = 86_400_000;

interface Budget {
  left: number;
}

export function unknownField(scope: QueryScope, name: string): EngineError {
  return createError('INVALID_FIELD', noSuchColumnText(name.slice(0, 80), scope.definition.name), [name.slice(0, 80)]);
}

function unknownRelationship(name: string, path: string): EngineError {
  return createError('INVALID_FIELD', noSuchRelationshipText(name), [path.slice(0, 80)]);
}

/** A Map, a promise or a Date has no fields to see, and so would ask for nothing or for everything. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  // Nearly always a literal, which its prototype tells at once; the tag tells the rest from Dates, Maps and the like.
  return (
    Object.getPrototypeOf(value) === Object.prototype || Object.prototype.toString.call(value) === '[object Object]'
  );
}

const NOTHING_OWN = {};

/** Whether something has been added to the prototype of all objects, where every query would inherit it. */
function isPrototypePolluted(): boolean {
  for (const _ in NOTHING_OWN) return true;
  return false;
}

/** The keys of a part of a query. What is inherited would be passed over in silence, so it is refused. */
export function ownKeys(part: object): string[] {
  const keys = Object.keys(part);
  if (Object.getPrototypeOf(part) === Object.prototype && !isPrototypePolluted()) return keys;
  let seen = 0;
  for (const _ in part) seen++;
  if (seen !== keys.length) throw malformed('a part of a query must not inherit anything');
  return keys;
}

function malformed(message: string, fields: readonly string[] = []): EngineError {
  return createError('MALFORMED_QUERY', message, fields);
}

/** The field or nested place that a name in a query means. Throws `INVALID_FIELD` when there is none. */
export function resolveTarget(scope: QueryScope, path: string): Target {
  const known = scope.targets.get(path);
  if (known !== undefined) return known;
  const target = findTarget(scope, path);
  if (scope.targets.size < TARGETS_MAX) scope.targets.set(path, target);
  return target;
}

function findTarget(scope: QueryScope, path: string): Target {
  const field = scope.definition.fieldsByName.get(path);
  if (field !== undefined) {
    return { field, path, steps: [], spec: elementSpec(field), caseSensitive: field.caseSensitive };
  }
  const steps = path.split('.');
  const top = scope.definition.fieldsByName.get(steps[0] as string);
  if (top === undefined || steps.length === 1) {
    if (steps.length > 1 && scope.definition.fields.some((other) => other.relationshipName === steps[0]))
      throw unknownRelationship(steps[0] as string, path);
    throw unknownField(scope, path);
  }
  let spec: FieldSpec = elementSpec(top);
  for (let i = 1; i < steps.length; i++) {
    const step = steps[i] as string;
    const next =
      spec.type === 'map' ? spec.of : Object.hasOwn(spec.fields ?? {}, step) ? spec.fields?.[step] : undefined;
    if (next === undefined && spec.type !== 'anyType') throw unknownField(scope, path);
    spec = elementSpec(next ?? { type: 'anyType' });
  }
  const isId = spec.type === 'id' || spec.type === 'reference';
  return {
    field: top,
    path,
    steps: steps.slice(1),
    spec,
    caseSensitive: isId || (spec.caseSensitive ?? top.caseSensitive),
  };
}

/** A list is compared by its elements. */
function elementSpec(spec: FieldSpec): FieldSpec {
  return spec.type === 'list' && spec.of !== undefined ? elementSpec(spec.of) : spec;
}

function wrongOperand(target: Target): EngineError {
  const { type } = target.spec;
  if (type === 'object' || type === 'list' || type === 'map')
    return createError('INVALID_FIELD', `field '${target.path}' nests: compare what is in it, by a dotted path`, [
      target.path,
    ]);
  if (type === 'anyType')
    return createError('INVALID_FIELD', `'${target.path}' can be compared with texts, finite numbers and null alone`, [
      target.path,
    ]);
  const quotes = ['int', 'double', 'boolean', 'dateTime', 'date'].includes(type)
    ? ''
    : ' and should be enclosed in quotes';
  return createError(
    'INVALID_FIELD',
    `value of filter criterion for field '${target.path}' must be of type ${type === 'picklist' ? 'string' : type}${quotes}`,
    [target.path],
  );
}

/** The comparable form of an operand that is not null. */
function operandKey(scope: QueryScope, target: Target, value: unknown): Key {
  switch (target.spec.type) {
    case 'int':
    case 'double':
      if (typeof value === 'number' && Number.isFinite(value)) return value;
      throw wrongOperand(target);
    case 'boolean':
      if (typeof value === 'boolean') return value ? 1 : 0;
      throw wrongOperand(target);
    case 'dateTime': {
      const ms =
        value instanceof Date ? value.getTime() : typeof value === 'string' ? parseDateTime(value) : Number.NaN;
      if (isDateTimeInRange(ms)) return ms;
      throw wrongOperand(target);
    }
    case 'date': {
      // A Date counts with its day in UTC, as it does where one is written.
      const ms =
        value instanceof Date
          ? Math.floor(value.getTime() / DAY_MS) * DAY_MS
          : typeof value === 'string'
            ? parseDate(value)
            : Number.NaN;
      if (isDateTimeInRange(ms)) return ms;
      throw wrongOperand(target);
    }
    case 'id':
    case 'reference': {
      if (typeof value !== 'string') throw wrongOperand(target);
      const formats = target.steps.length === 0 ? scope.formatsOf(target.field) : [];
      if (formats.length === 0) return value;
      for (const format of formats) {
        const id = format.normalize(value);
        // An id of another object can be asked for: nothing has it.
        if (id !== undefined) return id;
      }
      throw createError('MALFORMED_ID', `invalid ID field: ${target.path}`, [target.path]);
    }
    case 'anyType':
      if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return value;
      throw wrongOperand(target);
    case 'object':
    case 'list':
    case 'map':
      throw wrongOperand(target);
    default:
      if (typeof value !== 'string') throw wrongOperand(target);
      return target.caseSensitive ? value : foldCase(value);
  }
}

function equals(scope: QueryScope, target: Target, value: unknown): LeafTest {
  // An empty text is null where the object keeps no empty texts; nested texts are kept as they come.
  const blankIsNull = scope.definition.spec.text !== 'verbatim' && target.steps.length === 0;
  if (value === null || (value === '' && blankIsNull)) return { op: 'null' };
  return { op: 'eq', key: operandKey(scope, target, value) };
}

function isIn(scope: QueryScope, target: Target, value: unknown): LeafTest {
  if (!Array.isArray(value)) throw malformed(`$in and $nin take a list: '${target.path}'`, [target.path]);
  if (value.length > LIST_MAX)
    throw malformed(`a list of more than ${LIST_MAX} values for '${target.path}'`, [target.path]);
  const keys = new Set<Key>();
  let withNull = false;
  for (const element of value) {
    const test = equals(scope, target, element);
    if (test.op === 'eq') keys.add(test.key);
    else withNull = true;
  }
  if (keys.size === 1 && !withNull) return { op: 'eq', key: keys.values().next().value as Key };
  return { op: 'in', keys, withNull };
}

function isLike(target: Target, value: unknown): LeafTest {
  const type = target.spec.type;
  const isText = ['string', 'textarea', 'url', 'email', 'phone', 'picklist', 'multipicklist'].includes(type);
  if (!isText) {
    throw createError('INVALID_FIELD', `LIKE compares texts, and '${target.path}' is of type ${type}`, [target.path]);
  }
  if (typeof value !== 'string') throw wrongOperand(target);
  if (value.length > LIKE_MAX) throw malformed(`a LIKE pattern of more than ${LIKE_MAX} characters`, [target.path]);
  const pattern = target.caseSensitive ? value : foldCase(value);
  return { op: 'like', prefix: likePrefix(pattern), fits: createLikeTest(pattern) };
}

/** The age of `{ $ago: milliseconds }`; undefined for any other operand. */
function readAge(target: Target, value: unknown): number | undefined {
  if (!isPlainObject(value)) return undefined;
  const { $ago: age } = value;
  if (ownKeys(value).join() !== '$ago' || typeof age !== 'number' || !Number.isInteger(age) || Math.abs(age) > AGE_MAX)
    throw malformed(`'${target.path}' is compared with a value, or with { $ago: milliseconds }`, [target.path]);
  if (target.spec.type !== 'dateTime' || !isPlainField(target))
    throw malformed(`$ago is of a dateTime field: '${target.path}'`, [target.path]);
  return age;
}

function rangeEnd(scope: QueryScope, target: Target, operator: string, value: unknown): Range {
  if (value === null) throw wrongOperand(target);
  const age = readAge(target, value);
  // An end that moves may leave the dates that can be stored; it is a moment all the same.
  const key = age === undefined ? operandKey(scope, target, value) : scope.now() - age;
  const lower = operator[1] === 'g';
  const open = operator.length === 3;
  return {
    op: 'range',
    lower: lower ? key : undefined,
    lowerOpen: lower && open,
    upper: lower ? undefined : key,
    upperOpen: !lower && open,
    ...(age !== undefined && { ages: [age] }),
  };
}

function all(parts: Condition[]): Condition {
  return parts.length === 1 ? (parts[0] as Condition) : { kind: 'and', parts };
}

function leaf(target: Target, test: LeafTest, negated: boolean): Leaf {
  return { kind: 'leaf', target, test, negated };
}

function checkOperators(
  scope: QueryScope,
  target: Target,
  operators: Record<string, unknown>,
  depth: number,
): Condition {
  if (depth > DEPTH_MAX) throw malformed(`conditions nested deeper than ${DEPTH_MAX}`);
  const parts: Condition[] = [];
  let range: Range | undefined;
  for (const operator of ownKeys(operators)) {
    const value = operators[operator];
    if (value === undefined) throw malformed(`'${target.path}' is compared with undefined`, [target.path]);
    switch (operator) {
      case '$eq':
      case '$ne':
        parts.push(leaf(target, equals(scope, target, value), operator === '$ne'));
        break;
      case '$gt':
      case '$gte':
      case '$lt':
      case '$lte': {
        const end = rangeEnd(scope, target, operator, value);
        // Through a list two ends may be met by two elements, so they stay apart.
        if (!isPlainField(target) || (range !== undefined && !isSameKind(range, end)))
          parts.push(leaf(target, end, false));
        else range = range === undefined ? end : intersect(range, end);
        break;
      }
      case '$in':
      case '$nin':
        parts.push(leaf(target, isIn(scope, target, value), operator === '$nin'));
        break;
      case '$like':
        parts.push(leaf(target, isLike(target, value), false));
        break;
      case '$exists':
        if (typeof value !== 'boolean') throw malformed(`$exists takes true or false: '${target.path}'`, [target.path]);
        parts.push(leaf(target, { op: 'null' }, value));
        break;
      case '$not':
        if (!isPlainObject(value)) throw malformed(`$not takes operators: '${target.path}'`, [target.path]);
        parts.push({ kind: 'not', part: checkOperators(scope, target, value, depth + 1) });
        break;
      default:
        throw malformed(`unknown operator '${operator.slice(0, 80)}' for '${target.path}'`, [target.path]);
    }
  }
  if (range !== undefined) parts.push(leaf(target, range, false));
  if (parts.length === 0) throw malformed(`no operator for '${target.path}'`, [target.path]);
  return all(parts);
}

function checkGroup(scope: QueryScope, key: string, value: unknown, depth: number, budget: Budget): Condition {
  if (key === '$not') return { kind: 'not', part: checkWhereAt(scope, value, depth + 1, budget) };
  if (!Array.isArray(value)) throw malformed(`${key} takes a list of conditions`);
  const parts = Array.from(value, (part) => checkWhereAt(scope, part, depth + 1, budget));
  return { kind: key === '$or' ? 'or' : 'and', parts };
}

function checkWhereAt(scope: QueryScope, where: unknown, depth: number, budget: Budget): Condition {
  if (!isPlainObject(where)) throw malformed('a condition is an object of fields and operators');
  if (depth > DEPTH_MAX) throw malformed(`conditions nested deeper than ${DEPTH_MAX}`);
  const parts: Condition[] = [];
  for (const key of ownKeys(where)) {
    if (--budget.left < 0) throw malformed(`more than ${CONDITIONS_MAX} conditions`);
    const value = where[key];
    if (key === '$and' || key === '$or' || key === '$not') {
      parts.push(checkGroup(scope, key, value, depth, budget));
      continue;
    }
    const target = resolveTarget(scope, key);
    if (!target.field.filterable)
      throw createError('INVALID_FIELD', `field '${key}' can not be filtered in a query call`, [key]);
    if (value === undefined) throw malformed(`'${key}' is compared with undefined`, [key]);
    if (isPlainObject(value)) parts.push(checkOperators(scope, target, value, depth));
    else parts.push(leaf(target, equals(scope, target, value), false));
  }
  return all(parts);
}

/** Checks a `where` against its object. Throws `INVALID_FIELD`, `MALFORMED_ID` or `MALFORMED_QUERY`. */
export function checkWhere(scope: QueryScope, where: unknown): Condition | undefined {
  if (where === undefined) return undefined;
  return checkWhereAt(scope, where, 0, { left: CONDITIONS_MAX });
}
