import { createError, createIssue, EngineError, type Issue } from '../ground/errors.ts';
import type { ObjectDefinition } from './define-object.ts';

/** What a history row and a feed item must hold besides the parent. */
const HISTORY_FIELDS = ['Field', 'OldValue', 'NewValue'];
const FEED_FIELDS = ['Type'];

type Say = (problem: string) => void;

/** Ids tell their object by their prefix alone, so one that a reference may point to has its prefix to itself. */
function checkPrefixes(definitions: readonly ObjectDefinition[], say: Say): void {
  const pointedTo = new Set(definitions.flatMap(({ fields }) => fields.flatMap(({ referenceTo = [] }) => referenceTo)));
  for (const definition of definitions) {
    const { name, id } = definition;
    if (id.kind !== 'salesforce' || !pointedTo.has(name)) continue;
    const other = definitions.find(
      (each) => each !== definition && each.id.kind === id.kind && each.id.prefix === id.prefix,
    );
    if (other !== undefined)
      say(`${name} and ${other.name} have the same key prefix, ${id.prefix}: give one another id.prefix`);
  }
}

/** An object that is to take history rows or feed items has fields for them. One that is not there takes none. */
function checkTracking(definitions: readonly ObjectDefinition[], say: Say): void {
  for (const { name, spec } of definitions) {
    for (const [tracking, needed] of [
      [spec.history, HISTORY_FIELDS],
      [spec.feed, FEED_FIELDS],
    ] as const) {
      const rows = definitions.find((definition) => definition.name === tracking?.object);
      if (tracking === undefined || rows === undefined) continue;
      for (const field of [tracking.parentField, ...needed])
        if (!rows.fieldsByName.has(field)) say(`${name} is tracked in ${rows.name}, which has no field ${field}`);
    }
  }
}

/** Whether the objects of a database go together. Throws one `INVALID_DEFINITION` error with everything that does not. */
export function checkDefinitions(definitions: readonly ObjectDefinition[]): void {
  if (!Array.isArray(definitions)) throw createError('INVALID_DEFINITION', 'objects is a list of definitions');
  const issues: Issue[] = [];
  const say = (problem: string) => issues.push(createIssue('INVALID_DEFINITION', problem));
  const names = new Set<string>();
  for (const definition of definitions) {
    // What defineObject has made has its calls read out.
    if (!(definition?.calls instanceof Set))
      throw createError('INVALID_DEFINITION', 'objects must be made by defineObject');
    if (names.has(definition.name)) say(`two objects are called ${definition.name}`);
    names.add(definition.name);
  }
  checkPrefixes(definitions, say);
  checkTracking(definitions, say);
  if (issues.length > 0) throw new EngineError(issues);
}
