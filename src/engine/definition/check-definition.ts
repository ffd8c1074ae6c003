import { createIssue, EngineError, type Issue } from '../ground/errors.ts';
import { CALLS, FIELD_TYPES, type FieldSpec, type ObjectSpec, PROPERTIES, readProperties } from './definition.ts';
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

/** The keys of each part of a definition; any other is most likely one of these, misspelt. */
const FIELD_KEYS = {
  type: 'string',
  properties: 'string',
  label: 'string',
  description: 'string',
  length: 'number',
  digits: 'number',
  values: 'list',
  referenceTo: 'list',
  relationshipName: 'string',
  childRelationshipName: 'string',
  cascadeDelete: 'boolean',
  caseSensitive: 'boolean',
  externalId: 'boolean',
  displayFormat: 'string',
  defaultValue: 'any',
  alwaysBlank: 'boolean',
  searchable: 'boolean',
  fields: 'object',
  of: 'object',
  since: 'string',
  requiredInModel: 'boolean',
} as const satisfies Record<keyof FieldSpec, Kind>;
const OBJECT_KEYS = {
  name: 'string',
  label: 'string',
  labelPlural: 'string',
  description: 'string',
  version: 'number',
  migrations: 'object',
  since: 'string',
  id: 'object',
  system: 'string',
  roles: 'object',
  calls: 'list',
  text: 'string',
  fields: 'object',
  indexes: 'list',
  unique: 'list',
  onDuplicate: 'string',
  history: 'object',
  feed: 'object',
  listKeys: 'list',
  layout: 'object',
  onWrite: 'function',
  onDelete: 'function',
  onCommit: 'function',
} as const satisfies Record<keyof ObjectSpec, Kind>;
const TRACKING_KEYS = { object: 'string', parentField: 'string', fields: 'list' } as const;
const ID_KEYS = { kind: 'string', prefix: 'string' } as const;

type Kind = 'string' | 'number' | 'boolean' | 'list' | 'object' | 'function' | 'any';

/** Whether a part of a definition is an object of known keys, each of its kind. */
function hasShape(part: unknown, path: string, kinds: Readonly<Record<string, Kind>>, say: Say): boolean {
  if (!isPlain(part)) {
    say(`${path} is a plain object`);
    return false;
  }
  let good = true;
  const wrong = (problem: string) => {
    say(problem);
    good = false;
  };
  for (const [key, value] of Object.entries(part)) {
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (kind === undefined) wrong(`${path}: there is no '${key.slice(0, 80)}'`);
    else if (value !== undefined && kind !== 'any' && kindOf(value) !== kind) wrong(`${path}: ${key} is a ${kind}`);
  }
  return good;
}

type Say = (problem: string) => void;

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value;
}

function defaultKind(type: FieldSpec['type']): string {
  if (type === 'int' || type === 'double') return 'number';
  if (type === 'boolean') return 'boolean';
  return ['object', 'list', 'map', 'anyType'].includes(type) ? 'undefined' : 'string';
}

function checkField(path: string, name: string, field: FieldSpec, depth: number, say: Say): void {
  if (!hasShape(field, path, FIELD_KEYS, say)) return;
  // Names become properties of records: one that every object inherits would read as set where it is not.
  if (!NAME.test(name) || name in Object.prototype) say(`${path}: not a usable field name`);
  const words = readProperties(field);
  for (const word of words) if (word !== '' && !WORDS.has(word)) say(`${path}: unknown property '${word}'`);
  if (!TYPES.has(field.type)) return say(`${path}: there is no such type`);
  const { digits, length, defaultValue } = field;
  if (digits !== undefined && !(Number.isInteger(digits) && digits >= 1 && digits <= 10))
    say(`${path}: an int has 1 to 10 digits`);
  if (length !== undefined && !(Number.isInteger(length) && length >= 1))
    say(`${path}: a length is a whole number from 1`);
  if (defaultValue !== undefined && typeof defaultValue !== defaultKind(field.type))
    say(`${path}: the default is of another type`);
  if (depth > NESTING_MAX) return say(`${path}: nested deeper than ${NESTING_MAX}`);
  const has = (word: string) => words.has(word);
  const isKey = field.externalId === true || has('idLookup');
  if (isKey && field.type !== 'id' && !(KEY_TYPES.has(field.type) && has('Filter')))
    say(`${path}: such a field cannot be the key of an upsert, which is looked up by an index and a filter`);
  if (field.type === 'encryptedstring' && (has('Filter') || has('Group') || has('Sort')))
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

function checkNames(spec: ObjectSpec, known: (name: string) => boolean, say: Say): void {
  for (const keys of [...(spec.indexes ?? []), ...(spec.unique ?? [])]) {
    if (typeof keys !== 'string' && !Array.isArray(keys)) say('an index or unique key is a field or a list of fields');
    else
      for (const name of typeof keys === 'string' ? [keys] : keys)
        if (!known(name)) say(`index on unknown field ${name}`);
  }
  for (const tracking of [spec.history, spec.feed]) {
    if (tracking === undefined) continue;
    if (!(['object', 'parentField', 'fields'] as const).every((key) => tracking[key] !== undefined)) {
      say('history and feed name an object, its parentField and the fields tracked');
      continue;
    }
    if (tracking.fields.length > TRACKED_FIELDS_MAX) say(`more than ${TRACKED_FIELDS_MAX} tracked fields`);
    for (const name of tracking.fields) if (!known(name)) say(`tracked field ${name} is unknown`);
  }
  checkLayout(spec, known, say);
  for (const [role, name] of Object.entries(spec.roles ?? {}))
    if (!known(name)) say(`role ${role} names unknown field ${name}`);
}

function checkLayout({ layout }: ObjectSpec, known: (name: string) => boolean, say: Say): void {
  if (layout === undefined) return;
  if (!hasShape(layout, 'layout', { sections: 'list' }, say) || layout.sections === undefined) return;
  for (const section of layout.sections) {
    const kinds = { heading: 'string', columns: 'number', fields: 'list' } as const;
    if (!hasShape(section, 'a section of layout', kinds, say)) continue;
    const { heading, columns = 2, fields } = section;
    if (heading === undefined || fields === undefined || (columns !== 1 && columns !== 2))
      say('a section of layout has a heading, fields, and 1 or 2 columns');
    else for (const name of fields) if (!known(name)) say(`layout of unknown field ${String(name).slice(0, 80)}`);
  }
}

function checkVersion({ version = 1, migrations = {} }: ObjectSpec, say: Say): void {
  if (!Number.isSafeInteger(version) || version < 1) return say('a version is a whole number from 1');
  for (const [to, migration] of Object.entries(migrations)) {
    if (!/^[1-9]\d*$/.test(to) || Number(to) < 2 || Number(to) > version)
      say(
        `there is no version ${to.slice(0, 80)} to migrate to: versions go from 2 up to that of the object, ${version}`,
      );
    if (migration !== undefined && typeof migration !== 'function')
      say(`the migration to ${to.slice(0, 80)} is a function`);
  }
}

/** Throws one `INVALID_DEFINITION` error with an issue for each contradiction in `spec`. */
export function checkDefinition(spec: ObjectSpec): void {
  const issues: Issue[] = [];
  const say = (problem: string) => {
    const name = isPlain(spec) && typeof spec.name === 'string' ? spec.name.slice(0, 80) : 'an object';
    issues.push(createIssue('INVALID_DEFINITION', `${name}: ${problem}`));
  };
  const good =
    hasShape(spec, 'an object', OBJECT_KEYS, say) &&
    isGiven(spec, 'name', say) &&
    isGiven(spec, 'fields', say) &&
    (spec.history === undefined || hasShape(spec.history, 'history', TRACKING_KEYS, say)) &&
    (spec.feed === undefined || hasShape(spec.feed, 'feed', TRACKING_KEYS, say)) &&
    (spec.id === undefined || hasShape(spec.id, 'id', ID_KEYS, say));
  if (!good) throw new EngineError(issues);
  checkVersion(spec, say);
  if (!NAME.test(spec.name) || spec.name in Object.prototype) say('not a usable object name');
  const entries = Object.entries(spec.fields);
  if (entries.length === 0 || entries.length > FIELDS_MAX) say(`an object has 1 to ${FIELDS_MAX} fields`);
  const systemFields: object = spec.system === 'minimal' ? MINIMAL_FIELDS : SALESFORCE_FIELDS;
  for (const [name, field] of entries) checkField(name, name, field, 0, say);
  if (spec.system === 'minimal' && spec.roles?.id === undefined) say('a minimal object must name the field of its id');
  checkNames(spec, (name) => Object.hasOwn(spec.fields, name) || Object.hasOwn(systemFields, name), say);
  if (spec.onDuplicate !== undefined && spec.onDuplicate !== 'refuse' && spec.onDuplicate !== 'update')
    say("onDuplicate is 'refuse' or 'update'");
  if (spec.id !== undefined && !['salesforce', 'uuid', 'sid', 'text'].includes(spec.id.kind)) say('unknown kind of id');
  for (const name of Object.keys(systemFields)) {
    const own = spec.fields[name];
    if (own !== undefined && own.type !== (systemFields as ObjectSpec['fields'])[name]?.type)
      say(`${name}: a system field keeps its type`);
  }
  for (const key of spec.unique ?? []) {
    for (const name of typeof key === 'string' ? [key] : Array.isArray(key) ? key : []) {
      if (['object', 'list', 'map', 'anyType'].includes(spec.fields[name]?.type ?? ''))
        say(`${name}: a nested value is no unique key`);
    }
  }
  if (spec.id?.kind === 'salesforce' && !/^[A-Za-z0-9]{3}$/.test(spec.id.prefix ?? ''))
    say('a key prefix has 3 characters');
  for (const call of spec.calls ?? []) if (!CALLS.includes(call)) say(`unknown call ${String(call)}`);
  if (issues.length > 0) throw new EngineError(issues);
}

function isGiven(spec: ObjectSpec, key: keyof ObjectSpec, say: Say): boolean {
  if (spec[key] === undefined) say(`an object has ${key}`);
  return spec[key] !== undefined;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
