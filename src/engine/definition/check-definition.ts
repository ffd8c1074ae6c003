import { createIssue, EngineError, type Issue } from '../ground/errors.ts';
import { CALLS, FIELD_TYPES, type FieldSpec, type ObjectSpec, PROPERTIES } from './definition.ts';
import { MINIMAL_FIELDS, SALESFORCE_FIELDS } from './system-fields.ts';

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,79}$/;
const FIELDS_MAX = 800;
const TRACKED_FIELDS_MAX = 20;
const NESTING_MAX = 8;
const WORDS: ReadonlySet<string> = new Set(PROPERTIES);

function checkField(path: string, name: string, field: FieldSpec, depth: number, say: (problem: string) => void): void {
  // Names become properties of records: one that every object inherits would read as set where it is not.
  if (!NAME.test(name) || name in Object.prototype) say(`${path}: not a usable field name`);
  for (const word of (field.properties ?? '').split(',').map((text) => text.trim())) {
    if (word !== '' && !WORDS.has(word)) say(`${path}: unknown property '${word}'`);
  }
  if (depth > NESTING_MAX) return say(`${path}: nested deeper than ${NESTING_MAX}`);
  if (!FIELD_TYPES.includes(field.type)) say(`${path}: there is no such type`);
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
  const issues: Issue[] = [];
  const say = (problem: string) => issues.push(createIssue('INVALID_DEFINITION', `${spec.name}: ${problem}`));
  if (!NAME.test(spec.name) || spec.name in Object.prototype) say('not a usable object name');
  const entries = Object.entries(spec.fields);
  if (entries.length === 0 || entries.length > FIELDS_MAX) say(`an object has 1 to ${FIELDS_MAX} fields`);
  const systemFields: object = spec.system === 'minimal' ? MINIMAL_FIELDS : SALESFORCE_FIELDS;
  for (const [name, field] of entries) checkField(name, name, field, 0, say);
  if (spec.system === 'minimal' && spec.roles?.id === undefined) say('a minimal object must name the field of its id');
  checkNames(spec, (name) => Object.hasOwn(spec.fields, name) || Object.hasOwn(systemFields, name), say);
  if (spec.id?.kind === 'salesforce' && !/^[A-Za-z0-9]{3}$/.test(spec.id.prefix ?? ''))
    say('a key prefix has 3 characters');
  for (const call of spec.calls ?? []) if (!CALLS.includes(call)) say(`unknown call ${String(call)}`);
  if (issues.length > 0) throw new EngineError(issues);
}
