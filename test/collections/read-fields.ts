import type { FieldDefinition, ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import type { FieldSpec, ObjectSpec, WriteContext } from '../../src/engine/definition/definition.ts';

/** A field of a definition; throws where there is none, so that a test names what is missing. */
export function fieldOf(definition: ObjectDefinition, name: string): FieldDefinition {
  const field = definition.fieldsByName.get(name);
  if (field === undefined) throw new Error(`${definition.name} has no field ${name}`);
  return field;
}

/** The property words as a sorted list: the reference prints them in no fixed order. */
export function wordsOf(spec: FieldSpec): readonly string[] {
  return (spec.properties ?? 'Create, Filter, Group, Nillable, Sort, Update')
    .split(',')
    .map((word) => word.trim())
    .sort();
}

/** The names of the fields the author wrote, in that order. */
export function ownFieldNames(definition: ObjectDefinition): readonly string[] {
  return Object.keys((definition.spec as ObjectSpec).fields);
}

export const NOW = '2026-02-03T14:20:00.000Z';

/** Runs the write rule of an object on a copy of `after` and tells what it made of it and what it refused. */
export function runRule(
  definition: ObjectDefinition,
  after: Readonly<Record<string, unknown>>,
  before?: Readonly<Record<string, unknown>>,
): { readonly draft: Record<string, unknown>; readonly refusals: readonly string[] } {
  const rule = (definition.spec as ObjectSpec).onWrite;
  if (rule === undefined) throw new Error(`${definition.name} has no write rule`);
  const refusals: string[] = [];
  const context: WriteContext = { now: NOW, refuse: (code, message) => refusals.push(`${code} ${message}`) };
  const draft = { ...after };
  rule(draft, before, context);
  return { draft, refusals };
}
