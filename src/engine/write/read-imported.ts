import type { FieldDefinition, ObjectDefinition } from '../definition/define-object.ts';
import { createIssue, type Issue } from '../ground/errors.ts';
import type { ValueCheck } from '../record/check-value.ts';
import { pruneJson } from '../record/prune-json.ts';
import type { StoredRecord } from '../record/record.ts';
import { checkInput } from './given-input.ts';
import { missing } from './record-issues.ts';
import { isRequired } from './required-fields.ts';

/** What an import met and could not keep. */
export interface ImportNotes {
  /** Fields that the object does not have, with how often each was seen. */
  readonly ignored: Map<string, number>;
}

export interface ImportScope {
  readonly parts: { readonly definition: ObjectDefinition; readonly checks: readonly ValueCheck[] };
  readonly before: StoredRecord | undefined;
  readonly issues: Issue[];
  readonly notes: ImportNotes;
}

function noteIgnored({ ignored }: ImportNotes, path: string): void {
  ignored.set(path, (ignored.get(path) ?? 0) + 1);
}

/** Takes one value that a source gives for a field. */
export function takeImported(
  at: number,
  value: unknown,
  into: unknown[],
  { parts, before, issues, notes }: ImportScope,
): void {
  const field = parts.definition.fields[at] as FieldDefinition;
  const pruned =
    typeof value === 'object' && value !== null
      ? pruneJson(value, field, field.name, (path) => noteIgnored(notes, path))
      : value;
  const checked = pruned === null ? null : (parts.checks[at] as ValueCheck)(pruned, issues);
  // What the engine fills stays as it is held; what the source must give may not be taken away.
  if (checked === null && before !== undefined && !field.nillable && field.alwaysBlank !== true) {
    if (isRequired(field)) issues.push(missing([field.name]));
  } else into[at] = checked;
}

/** Takes all that a source gives by name. */
export function readImported(
  input: unknown,
  positions: ReadonlyMap<string, number>,
  into: unknown[],
  scope: ImportScope,
): void {
  const given = checkInput(input, scope.issues);
  if (given === undefined) return;
  let known = 0;
  for (const name of Object.keys(given)) {
    const value = given[name];
    if (value === undefined) continue;
    const at = positions.get(name);
    if (at === undefined) {
      noteIgnored(scope.notes, name.slice(0, 80));
      continue;
    }
    known++;
    takeImported(at, value, into, scope);
  }
  // Such as the error body of an API, which is a list of objects too.
  if (known === 0)
    scope.issues.push(createIssue('INVALID_FIELD', `no field of ${scope.parts.definition.name} is given`));
}
