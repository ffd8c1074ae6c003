/**
 * Zod schemas of an object, made from its definition: what `sojourn/zod` exports. zod 4 is an optional peer; import it
 * whole (`import * as z from 'zod'`), since `import { z }` cannot be shaken down by bundlers.
 */

import * as z from 'zod';
import type { FieldDefinition, ObjectDefinition } from '../engine/definition/define-object.ts';
import type { ObjectSpec } from '../engine/definition/definition.ts';
import { isSameJson } from '../engine/record/record.ts';
import { createFieldChecks, runCheck } from './field-check.ts';
import type { CreateSchema, RecordSchema, UpdateSchema } from './schema-types.ts';
import { valueSchema } from './value-schema.ts';

export type { CreateSchema, RecordSchema, StoredCreateOf, StoredUpdateOf, UpdateSchema } from './schema-types.ts';

export interface SchemaOptions {
  /** The other objects of the database, whose key prefixes references are held to. Any well-formed id will do without. */
  readonly objects?: readonly ObjectDefinition[] | undefined;
}

type CheckOf = ReturnType<typeof createFieldChecks>;

/** A value as it is kept: of its shape, and one that the engine's check leaves as it is. */
function storedField(field: FieldDefinition, isId: boolean, checkOf: CheckOf): z.ZodType {
  const check = checkOf(field);
  const settled = valueSchema(field, 'stored').superRefine((value, context) => {
    // What the shape has told already need not be told twice.
    if (context.issues.length > 0) return;
    const stored = runCheck(check, value, context);
    if (context.issues.length === 0 && !isSameJson(stored, value))
      context.addIssue({ code: 'custom', message: `${field.label}: not in the form that is kept`, input: undefined });
  });
  return field.nillable && !isId ? settled.nullable() : settled;
}

/** A value as it is given, brought to the form that is kept. */
function givenField(field: FieldDefinition, isId: boolean, checkOf: CheckOf): z.ZodType {
  const check = checkOf(field);
  const mayBeNull = field.nillable && !isId;
  const brought = valueSchema(field, 'given').transform((value, context) => {
    const stored = runCheck(check, value, context);
    // Blank text is no value, which not every field can do without.
    if (stored === null && !mayBeNull && context.issues.length === 0)
      context.addIssue({ code: 'custom', message: `Required fields are missing: [${field.name}]`, input: undefined });
    return stored;
  });
  return mayBeNull ? brought.nullable() : brought;
}

/** The schema of a record as it is read. */
export function recordSchema<S extends ObjectSpec>(
  definition: ObjectDefinition<S>,
  options: SchemaOptions = {},
): RecordSchema<S> {
  const checkOf = createFieldChecks(definition, options.objects ?? []);
  const shape: Record<string, z.ZodType> = {};
  for (const field of definition.fields)
    shape[field.name] = storedField(field, field.name === definition.roles.id, checkOf);
  return z.strictObject(shape).readonly() as unknown as RecordSchema<S>;
}

/** The schema of what `create` takes; gives it in the form that is kept. Defaults are left to the database. */
export function createSchema<S extends ObjectSpec>(
  definition: ObjectDefinition<S>,
  options: SchemaOptions = {},
): CreateSchema<S> {
  const checkOf = createFieldChecks(definition, options.objects ?? []);
  const shape: Record<string, z.ZodType> = {};
  for (const field of definition.fields) {
    if (!field.createable) continue;
    const schema = givenField(field, field.name === definition.roles.id, checkOf);
    const isFilled = field.nillable || field.defaultedOnCreate || field.type === 'boolean';
    shape[field.name] = isFilled ? schema.optional() : schema;
  }
  return z.strictObject(shape).readonly() as unknown as CreateSchema<S>;
}

/** The schema of what `update` takes: the id, and any of the fields that can be updated. */
export function updateSchema<S extends ObjectSpec>(
  definition: ObjectDefinition<S>,
  options: SchemaOptions = {},
): UpdateSchema<S> {
  const checkOf = createFieldChecks(definition, options.objects ?? []);
  const shape: Record<string, z.ZodType> = {};
  for (const field of definition.fields) {
    const isId = field.name === definition.roles.id;
    if (isId) shape[field.name] = givenField(field, true, checkOf);
    else if (field.updateable) shape[field.name] = givenField(field, false, checkOf).optional();
  }
  return z.strictObject(shape).readonly() as unknown as UpdateSchema<S>;
}
