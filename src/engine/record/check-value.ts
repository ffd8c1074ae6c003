import type { FieldDefinition } from '../definition/define-object.ts';
import type { FieldSpec } from '../definition/definition.ts';
import { unreachable } from '../ground/assert.ts';
import { formatDate, formatDateTime, isDateTimeInRange, parseDate, parseDateTime } from '../ground/date-time.ts';
import { createIssue, type ErrorCode, type Issue } from '../ground/errors.ts';
import { type IdFormat, normalizeSalesforceId } from '../ground/ids.ts';
import { checkJson } from './check-json.ts';

/**
 * Brings one given value to its stored form, or adds what is wrong with it to `issues` and returns undefined. Null is
 * settled before: whether a field may be null is a matter of the record.
 */
export type ValueCheck = (value: unknown, issues: Issue[]) => unknown;

/** What checks must know beyond the field. */
export interface CheckSurroundings {
  /** The id formats of the objects that `names` lists; undefined when the database lacks one of them. */
  idFormats(names: readonly string[]): readonly IdFormat[] | undefined;
  readonly text: 'trimmed' | 'verbatim';
}

/** The texts are Salesforce's, without the value they print there. */
function refuse(issues: Issue[], field: FieldDefinition, code: ErrorCode, words: string): undefined {
  issues.push(createIssue(code, `${field.label}: ${words}`, [field.name]));
  return undefined;
}

function wrongType(issues: Issue[], field: FieldDefinition): undefined {
  return refuse(issues, field, 'INVALID_TYPE_ON_FIELD_IN_RECORD', 'value not of required type');
}

function isBlank(code: number): boolean {
  return code <= 32 || code === 160 || code === 5760 || code > 8191;
}

/** `trim` only where an end looks blank: most texts need none and a new string would cost memory for each. */
function trimEnds(text: string): string {
  if (text.length === 0) return text;
  return isBlank(text.charCodeAt(0)) || isBlank(text.charCodeAt(text.length - 1)) ? text.trim() : text;
}

function checkText(field: FieldDefinition, trimmed: boolean): ValueCheck {
  return (value, issues) => {
    if (typeof value !== 'string') return wrongType(issues, field);
    const text = trimmed ? trimEnds(value) : value;
    if (text.length > field.length)
      return refuse(issues, field, 'STRING_TOO_LONG', `data value too large (max length=${field.length})`);
    return trimmed && text === '' ? null : text;
  };
}

function checkInt(field: FieldDefinition): ValueCheck {
  const whole = field.digits >= 10;
  const upper = whole ? 2_147_483_647 : 10 ** field.digits - 1;
  const lower = whole ? -2_147_483_648 : -upper;
  return (value, issues) => {
    if (typeof value !== 'number') return wrongType(issues, field);
    if (value >= lower && value <= upper && Math.floor(value) === value) return value === 0 ? 0 : value;
    return Number.isFinite(value) && Math.floor(value) !== value
      ? wrongType(issues, field)
      : refuse(issues, field, 'NUMBER_OUTSIDE_VALID_RANGE', 'number outside valid range');
  };
}

function checkDouble(field: FieldDefinition): ValueCheck {
  return (value, issues) => {
    if (typeof value !== 'number') return wrongType(issues, field);
    if (Number.isFinite(value)) return value === 0 ? 0 : value;
    return refuse(issues, field, 'NUMBER_OUTSIDE_VALID_RANGE', 'number outside valid range');
  };
}

function checkDateTime(field: FieldDefinition): ValueCheck {
  return (value, issues) => {
    if (typeof value === 'string') {
      const ms = parseDateTime(value);
      if (Number.isNaN(ms)) return wrongType(issues, field);
      // A text already in the stored form is kept, which spares making it again.
      return value.length === 24 && value.endsWith('Z') && value[10] === 'T' && value[19] === '.'
        ? value
        : formatDateTime(ms);
    }
    if (value instanceof Date && isDateTimeInRange(value.getTime())) return formatDateTime(value.getTime());
    return wrongType(issues, field);
  };
}

function checkDate(field: FieldDefinition): ValueCheck {
  return (value, issues) => {
    if (typeof value === 'string') return Number.isNaN(parseDate(value)) ? wrongType(issues, field) : value;
    if (value instanceof Date && isDateTimeInRange(value.getTime())) return formatDate(value.getTime());
    return wrongType(issues, field);
  };
}

function normalizeOwned(text: string, formats: readonly IdFormat[]): string | undefined {
  for (const format of formats) {
    const id = format.normalize(text);
    if (id !== undefined && format.owns(id)) return id;
  }
  return undefined;
}

/** Where the database lacks an object that may be meant, its prefix is not known: any id will do that is one. */
function normalizeAny(text: string): string | undefined {
  return normalizeSalesforceId(text) ?? (/^[\w-]{20,64}$/.test(text) ? text : undefined);
}

/**
 * An id must be well formed and of an object the field may point to. Whether that record is held is not asked: a local
 * copy often lacks the users and cases its sessions name.
 */
function checkReference(field: FieldDefinition, formats: readonly IdFormat[] | undefined): ValueCheck {
  // Agents and owners come back in record after record; an id seen before needs no second look, and the one string is
  // shared by all. Bounded, for fields such as CaseId that rarely repeat.
  const known = new Map<string, string>();
  const knownMax = 4096;
  const wrong = (issues: Issue[]) => refuse(issues, field, 'MALFORMED_ID', 'id value of incorrect type');
  return (value, issues) => {
    if (typeof value !== 'string') return wrong(issues);
    const seen = known.get(value);
    if (seen !== undefined) return seen;
    const text = value.trim();
    if (text === '') return null;
    const id = formats === undefined ? normalizeAny(text) : normalizeOwned(text, formats);
    if (id === undefined) return wrong(issues);
    if (known.size >= knownMax) known.clear();
    known.set(id, id);
    // A padded text could be of any length.
    if (value.length <= 18) known.set(value, id);
    return id;
  };
}

function checkPicklist(field: FieldDefinition, trimmed: boolean): ValueCheck {
  const text = checkText(field, trimmed);
  const values = new Map((field.values ?? []).map((value) => [value, value]));
  const many = field.type === 'multipicklist';
  return (value, issues) => {
    const found = typeof value === 'string' ? values.get(value) : undefined;
    if (found !== undefined) return found;
    const given = text(value, issues);
    if (typeof given !== 'string' || !field.restrictedPicklist) return given;
    if (many && given.split(';').every((part) => values.has(part))) return given;
    return refuse(issues, field, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', 'bad value for restricted picklist field');
  };
}

/** A url may be anything a person types, as in Salesforce, save what would run as script when a page links it. */
function checkUrl(field: FieldDefinition, trimmed: boolean): ValueCheck {
  const text = checkText(field, trimmed);
  return (value, issues) => {
    const given = text(value, issues);
    if (typeof given !== 'string') return given;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    return /[\u0000-\u0020\u007f]/.test(given) || /^(javascript|data|vbscript):/i.test(given)
      ? wrongType(issues, field)
      : given;
  };
}

function checkEmail(field: FieldDefinition, trimmed: boolean): ValueCheck {
  const text = checkText(field, trimmed);
  return (value, issues) => {
    const given = text(value, issues);
    if (typeof given !== 'string') return given;
    return /^[^\s@]+@[^\s@]+$/.test(given)
      ? given
      : refuse(issues, field, 'INVALID_EMAIL_ADDRESS', 'invalid email address');
  };
}

/** The check of a field, chosen once when the database opens. */
export function createValueCheck(field: FieldDefinition, surroundings: CheckSurroundings): ValueCheck {
  const trimmed = surroundings.text === 'trimmed';
  if (field.alwaysBlank === true) {
    const text = checkText(field, trimmed);
    // Of the right kind, and never kept.
    return (value, issues) => (text(value, issues) === undefined ? undefined : null);
  }
  switch (field.type) {
    case 'int':
      return checkInt(field);
    case 'double':
      return checkDouble(field);
    case 'boolean':
      return (value, issues) => (typeof value === 'boolean' ? value : wrongType(issues, field));
    case 'dateTime':
      return checkDateTime(field);
    case 'date':
      return checkDate(field);
    case 'id':
      return checkReference(field, surroundings.idFormats([]));
    case 'reference':
      return checkReference(field, surroundings.idFormats(field.referenceTo ?? []));
    case 'picklist':
    case 'multipicklist':
      return checkPicklist(field, trimmed);
    case 'url':
      return checkUrl(field, trimmed);
    case 'email':
      return checkEmail(field, trimmed);
    case 'string':
    case 'textarea':
    case 'phone':
    case 'encryptedstring':
      return checkText(field, trimmed);
    case 'anyType':
    case 'object':
    case 'list':
    case 'map':
      return (value, issues) => checkJson(value, field as FieldSpec, field.name, field.label, issues);
    default:
      return unreachable(field.type);
  }
}
