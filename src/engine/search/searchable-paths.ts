import type { ObjectDefinition } from '../definition/define-object.ts';
import type { FieldSpec, FieldType } from '../definition/definition.ts';
import type { StoredRecord } from '../record/record.ts';

/** The kinds of text that SOSL tells apart (SOSL reference, IN SearchGroup). */
export type SearchGroup = 'name' | 'email' | 'phone' | 'other';

/** A text that can be searched: a field, or a place in one that nests. */
export interface SearchablePath {
  /** With dots where it nests. */
  readonly name: string;
  readonly steps: readonly string[];
  readonly group: SearchGroup;
}

/** The types of text. Encrypted text is none: what must not be seen must not be found (SOSL reference, searched fields). */
const TEXT_TYPES: ReadonlySet<FieldType> = new Set([
  'string',
  'textarea',
  'url',
  'email',
  'phone',
  'picklist',
  'multipicklist',
]);
/** The fields that name a record, beside the one that its object says. */
const NAMES: ReadonlySet<string> = new Set(['Name', 'FirstName', 'LastName', 'Subject']);

function isSearchable({ type, alwaysBlank, searchable }: FieldSpec): boolean {
  return TEXT_TYPES.has(type) && alwaysBlank !== true && searchable !== false;
}

const known = new WeakMap<ObjectDefinition, readonly SearchablePath[]>();

/** Every text of an object that can be searched; of one definition always the same. */
export function searchablePaths(definition: ObjectDefinition): readonly SearchablePath[] {
  let paths = known.get(definition);
  if (paths === undefined) {
    paths = listPaths(definition);
    known.set(definition, paths);
  }
  return paths;
}

function listPaths({ fieldsByName, roles }: ObjectDefinition): readonly SearchablePath[] {
  const groupOf = (name: string, { type }: FieldSpec): SearchGroup => {
    if (type === 'email' || type === 'phone') return type;
    return name === roles.name || NAMES.has(name) ? 'name' : 'other';
  };
  const pathsIn = (fields: Iterable<readonly [string, FieldSpec]>, above: readonly string[]): SearchablePath[] =>
    [...fields].flatMap(([step, spec]) => {
      const steps = [...above, step];
      if (spec.type === 'object') return pathsIn(Object.entries(spec.fields ?? {}), steps);
      const name = steps.join('.');
      return isSearchable(spec) ? [{ name, steps, group: groupOf(name, spec) }] : [];
    });
  return pathsIn(fieldsByName, []);
}

/** The text at a path of a record; empty for none. */
export function textAt(record: StoredRecord, { steps }: SearchablePath): string {
  let value: unknown = record;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return '';
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return typeof value === 'string' ? value : '';
}
