import type { FieldSpec } from '../definition/definition.ts';
import { formatDate, formatDateTime, isDateTimeInRange, parseDate, parseDateTime } from '../ground/date-time.ts';
import { createIssue, type ErrorCode, type Issue } from '../ground/errors.ts';

/**
 * Checks a nested value and copies it, frozen. Nested fields are checked by type but may all be null or left out: what
 * vendors declare required inside a session is null in payloads of theirs (Genesys lastPage.breadcrumb for one).
 */

const DEPTH_MAX = 32;
const ELEMENTS_MAX = 10_000;
const TEXT_MAX = 131_072;
/** Of one field. Without it a few values that hold each other would be copied over and over, at every depth. */
const VALUES_MAX = 100_000;

interface JsonCheck {
  readonly field: string;
  readonly label: string;
  readonly issues: Issue[];
  /** How many nested values may still come. */
  left: number;
}

function refuse(check: JsonCheck, code: ErrorCode, path: string, words: string): undefined {
  const where = path === check.field ? check.label : path;
  check.issues.push(createIssue(code, `${where}: ${words}`, [check.field]));
  return undefined;
}

function wrongType(check: JsonCheck, path: string): undefined {
  return refuse(check, 'INVALID_TYPE_ON_FIELD_IN_RECORD', path, 'value not of required type');
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Keys that every object inherits would shadow or change what they inherit; none is a name a vendor uses. */
function isUsableKey(key: string): boolean {
  return !(key in Object.prototype) && key.length <= 255;
}

/** Minus zero is zero in JSON. */
function withoutSign(value: number): number {
  return value === 0 ? 0 : value;
}

function checkScalar(check: JsonCheck, spec: FieldSpec, path: string, value: unknown): unknown {
  switch (spec.type) {
    case 'int':
      return Number.isInteger(value) ? withoutSign(value as number) : wrongType(check, path);
    case 'double':
      return Number.isFinite(value) ? withoutSign(value as number) : wrongType(check, path);
    case 'boolean':
      return typeof value === 'boolean' ? value : wrongType(check, path);
    case 'dateTime': {
      const ms =
        value instanceof Date ? value.getTime() : typeof value === 'string' ? parseDateTime(value) : Number.NaN;
      return isDateTimeInRange(ms) ? formatDateTime(ms) : wrongType(check, path);
    }
    case 'date':
      if (value instanceof Date && isDateTimeInRange(value.getTime())) return formatDate(value.getTime());
      return typeof value === 'string' && !Number.isNaN(parseDate(value)) ? value : wrongType(check, path);
    default: {
      if (typeof value !== 'string') return wrongType(check, path);
      const length = spec.length ?? TEXT_MAX;
      return value.length <= length
        ? value
        : refuse(check, 'STRING_TOO_LONG', path, `data value too large (max length=${length})`);
    }
  }
}

function copyObject(
  check: JsonCheck,
  spec: FieldSpec,
  path: string,
  value: Record<string, unknown>,
  depth: number,
): unknown {
  const copy: Record<string, unknown> = {};
  const fields = spec.fields ?? {};
  for (const name of Object.keys(fields)) {
    const given = Object.hasOwn(value, name) ? value[name] : null;
    copy[name] = copyNested(check, fields[name] as FieldSpec, `${path}.${name}`, given, depth + 1);
  }
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(fields, key)) refuse(check, 'INVALID_FIELD', path, `no such nested field '${key.slice(0, 80)}'`);
  }
  return Object.freeze(copy);
}

function copyMap(
  check: JsonCheck,
  of: FieldSpec,
  path: string,
  value: Record<string, unknown>,
  depth: number,
): unknown {
  const keys = Object.keys(value);
  if (keys.length > ELEMENTS_MAX) return refuse(check, 'STRING_TOO_LONG', path, `more than ${ELEMENTS_MAX} entries`);
  const copy: Record<string, unknown> = {};
  for (const key of keys) {
    if (!isUsableKey(key)) refuse(check, 'INVALID_FIELD', path, 'a key of the map cannot be used');
    else copy[key] = copyElement(check, of, `${path}[]`, value[key], depth + 1);
  }
  return Object.freeze(copy);
}

const ANY: FieldSpec = { type: 'anyType' };

function copyAny(check: JsonCheck, path: string, value: unknown, depth: number): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? withoutSign(value) : wrongType(check, path);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return checkScalar(check, { type: 'string' }, path, value);
  if (Array.isArray(value)) return copyList(check, ANY, path, value, depth);
  return isPlainObject(value) ? copyMap(check, ANY, path, value, depth) : wrongType(check, path);
}

function copyList(check: JsonCheck, of: FieldSpec, path: string, value: readonly unknown[], depth: number): unknown {
  if (value.length > ELEMENTS_MAX) return refuse(check, 'STRING_TOO_LONG', path, `more than ${ELEMENTS_MAX} elements`);
  return Object.freeze(Array.from(value, (element) => copyElement(check, of, `${path}[]`, element, depth + 1)));
}

/** An element of a list or map: never null, unless it may be anything. */
function copyElement(check: JsonCheck, of: FieldSpec, path: string, value: unknown, depth: number): unknown {
  if ((value === null || value === undefined) && of.type !== 'anyType') return wrongType(check, path);
  return copyNested(check, of, path, value, depth);
}

function copyNested(check: JsonCheck, spec: FieldSpec, path: string, value: unknown, depth: number): unknown {
  if (value === null || value === undefined) return null;
  if (depth > DEPTH_MAX)
    return refuse(check, 'INVALID_TYPE_ON_FIELD_IN_RECORD', path, `nested deeper than ${DEPTH_MAX}`);
  if (check.left-- <= 0)
    return check.left < -1
      ? undefined
      : refuse(check, 'STRING_TOO_LONG', path, `more than ${VALUES_MAX} nested values`);
  if (spec.type === 'anyType') return copyAny(check, path, value, depth);
  if (spec.type === 'list')
    return Array.isArray(value) ? copyList(check, spec.of ?? ANY, path, value, depth) : wrongType(check, path);
  if (spec.type !== 'object' && spec.type !== 'map') return checkScalar(check, spec, path, value);
  if (!isPlainObject(value)) return wrongType(check, path);
  return spec.type === 'object'
    ? copyObject(check, spec, path, value, depth)
    : copyMap(check, spec.of ?? ANY, path, value, depth);
}

/** A frozen copy of a nested value in its stored form; problems go to `issues`, each under the top field's name. */
export function checkJson(value: unknown, spec: FieldSpec, name: string, label: string, issues: Issue[]): unknown {
  return copyNested({ field: name, label, issues, left: VALUES_MAX }, spec, name, value, 0);
}
