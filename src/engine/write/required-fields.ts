import type { FieldDefinition } from '../definition/define-object.ts';

/** Whether a record of this field always has a value that neither the engine nor a default gives. */
export function isKept(field: FieldDefinition): boolean {
  const { nillable, defaultedOnCreate, autoNumber, system, type, alwaysBlank } = field;
  return !nillable && !defaultedOnCreate && !autoNumber && !system && type !== 'boolean' && alwaysBlank !== true;
}

/** Whether a create must give it. */
export function isRequired(field: FieldDefinition): boolean {
  return field.createable && isKept(field);
}
