import { createError, createIssue, EngineError, type Issue } from '../ground/errors.ts';
import { CALLS, FIELD_TYPES, type FieldSpec, type ObjectSpec, PROPERTIES } from './definition.ts';
import { MINIMAL_FIELDS, SALESFORCE_FIELDS } from './system-fields.ts';

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,79}$/;
const FIELDS_MAX = 800;
const TRACKED_FIELDS_MAX = 20;
const NESTING_MAX = 8;
const WORDS: ReadonlySet<string> = new Set(PROPERTIES);

const KEY_TYPES: ReadonlySet<string> = new Set([
  'string',
  'email',
  'phone',
  'url',
  'int',
  'double',
  'reference',
  'dateTime',
  'date',
  'picklist',
]);
const TYPES: ReadonlySet<string> = new Set(FIELD_TYPES);

function defaultKind(type: FieldSpec['type']): string {
  if (type === 'int' || type === 'double') return 'number';
  if (type === 'boolean') return 'boolean';
  return ['object', 'list', 'map', 'anyType'].includes(type) ? 'undefined' : 'string';
}

function checkField(path: string, name: string, field: FieldSpec, depth: number, say: (problem: string) => void): void {
  // Names become properties of records: one that every object inherits would read as set where it is not.
  if (!NAME.test(name) || name in Object.prototype) say(`${path}: not a usable field name`);
  for (const word of (field.properties ?? '').split(',').map((text) => text.trim())) {
    if (word !== '' && !WORDS.has(word)) say(`${path}: unknown property '${word}'`);
  }
  if (!TYPES.has(field.type)) return say(`${path}: there is no such type`);
  const { digits, length, defaultValue } = field;
  if (digits !== undefined && !(Number.isInteger(digits) && digits >= 1 && digits <= 10))
    say(`${path}: an int has 1 to 10 digits`);
  if (length !== undefined && !(Number.isInteger(length) && length >= 1))
    say(`${path}: a length is a whole number from 1`);
  if (defaultValue !== undefined && typeof defaultValue !== defaultKind(field.type))
    say(`${path}: the default is of another type`);
  if (field.externalId === true && !KEY_TYPES.has(field.type)) say(`${path}: such a field cannot be an external id`);
  if (depth > NESTING_MAX) return say(`${path}: nested deeper than ${NESTING_MAX}`);
  const has = (word: string) => (field.properties ?? '').includes(word);
  if (
    field.type === 'encryptedstring' &&
    (has('Filter') || has('Group') || has('Sort') || field.properties === undefined)
  )
    say(`${path}: an encryptedstring can be neither filtered, sorted nor grouped`);
  if (field.type === 'reference' && (field.referenceTo ?? []).length === 0)
    say(`${path}: a reference needs referenceTo`);
  if (has('Restricted picklist') && (field.values ?? []).length === 0)
    say(`${path}: a restricted picklist needs values`);
  if (has('Autonumber') && field.type !== 'string') say(`${path}: an autonumber is a string`);
  if (field.displayFormat !== undefined && !/^[^{}]*\{0+\}[^{}]*$/.test(field.displayFormat))
    say(`${path}: a display format has exactly one {0}`);
  if (field.type === 'object' && field.fields === undefined) say(`${path}: an object needs fields`);
  if ((field.type === 'list' || field.type === 'map') && field.of === undefined)
    say(`${path}: a ${field.type} needs of`);
  for (const [key, nested] of Object.entries(field.fields ?? {}))
    checkField(`${path}.${key}`, key, nested, depth + 1, say);
  if (field.of !== undefined) checkField(`${path}[]`, 'element', field.of, depth + 1, say);
}

function checkNames(spec: ObjectSpec, known: (name: string) => boolean, say: (problem: string) => void): void {
  for (const keys of [...(spec.indexes ?? []), ...(spec.unique ?? [])]) {
    for (const name of typeof keys === 'string' ? [keys] : keys)
      if (!known(name)) say(`index on unknown field ${name}`);
  }
  for (const tracking of [spec.history, spec.feed]) {
    if (tracking === undefined) continue;
    if (tracking.fields.length > TRACKED_FIELDS_MAX) say(`more than ${TRACKED_FIELDS_MAX} tracked fields`);
    for (const name of tracking.fields) if (!known(name)) say(`tracked field ${name} is unknown`);
  }
  for (const [role, name] of Object.entries(spec.roles ?? {}))
    if (!known(name)) say(`role ${role} names unknown field ${name}`);
}

/** Throws one `INVALID_DEFINITION` error with an issue for each contradiction in `spec`. */
export function checkDefinition(spec: ObjectSpec): void {
  if (!isPlain(spec) || !isPlain(spec.fields) || !Object.values(spec.fields).every(isPlain))
    throw createError('INVALID_DEFINITION', 'an object and each of its fields is a plain object');
  const issues: Issue[] = [];
  const say = (problem: string) => issues.push(createIssue('INVALID_DEFINITION', `${spec.name}: ${problem}`));
  if (!NAME.test(spec.name) || spec.name in Object.prototype) say('not a usable object name');
  const entries = Object.entries(spec.fields);
  if (entries.length === 0 || entries.length > FIELDS_MAX) say(`an object has 1 to ${FIELDS_MAX} fields`);
  const systemFields: object = spec.system === 'minimal' ? MINIMAL_FIELDS : SALESFORCE_FIELDS;
  for (const [name, field] of entries) checkField(name, name, field, 0, say);
  if (spec.system === 'minimal' && spec.roles?.id === undefined) say('a minimal object must name the field of its id');
  checkNames(spec, (name) => Object.hasOwn(spec.fields, name) || Object.hasOwn(systemFields, name), say);
  if (spec.id !== undefined && !['salesforce', 'uuid', 'sid', 'text'].includes(spec.id.kind)) say('unknown kind of id');
  if (spec.onWrite !== undefined && typeof spec.onWrite !== 'function') say('onWrite is a function');
  for (const name of Object.keys(systemFields)) {
    const own = spec.fields[name];
    if (own !== undefined && own.type !== (systemFields as ObjectSpec['fields'])[name]?.type)
      say(`${name}: a system field keeps its type`);
  }
  for (const key of spec.unique ?? []) {
    for (const name of typeof key === 'string' ? [key] : key) {
      if (['object', 'list', 'map', 'anyType'].includes(spec.fields[name]?.type ?? ''))
        say(`${name}: a nested value is no unique key`);
    }
  }
  if (spec.id?.kind === 'salesforce' && !/^[A-Za-z0-9]{3}$/.test(spec.id.prefix ?? ''))
    say('a key prefix has 3 characters');
  for (const call of spec.calls ?? []) if (!CALLS.includes(call)) say(`unknown call ${String(call)}`);
  if (issues.length > 0) throw new EngineError(issues);
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
