import type { FieldDefinition } from '../definition/define-object.ts';
import { createError, type Issue } from '../ground/errors.ts';
import type { ValueCheck } from '../record/check-value.ts';

/** The default of a field of an object in its stored form. It is held to the checks of any value. */
export function defaultOf(object: string, field: FieldDefinition, check: ValueCheck): unknown {
  if (field.defaultValue === undefined) return field.type === 'boolean' && !field.nillable ? false : null;
  const issues: Issue[] = [];
  const value = check(field.defaultValue, issues);
  if (issues.length > 0) throw createError('INVALID_DEFINITION', `${object}: ${field.name} refuses its own default`);
  return value;
}
