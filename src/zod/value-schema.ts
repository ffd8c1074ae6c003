import * as z from 'zod';
import type { FieldDefinition } from '../engine/definition/define-object.ts';
import type { FieldSpec } from '../engine/definition/definition.ts';

/** The engine's own limits on nested values. */
const ELEMENTS_MAX = 10_000;
const NESTED_TEXT_MAX = 131_072;

/** Whether a schema is for values as they are kept, or as they are given. */
export type Form = 'stored' | 'given';

/** Says which shape a value has. What its text must be beyond that, the engine's check of the whole field says. */
function nestedSchema(spec: FieldSpec, form: Form): z.ZodType {
  switch (spec.type) {
    case 'int':
      // Not z.int(), which stops at 2^53 where a nested number may go on.
      return z.number().refine(Number.isInteger, { error: 'not a whole number' });
    case 'double':
      return z.number();
    case 'boolean':
      return z.boolean();
    case 'dateTime':
    case 'date':
      return form === 'stored' ? z.string() : z.union([z.string(), z.date()]);
    case 'anyType':
      return z.json();
    case 'object':
      return objectSchema(spec.fields ?? {}, form);
    case 'list':
      return z.array(nestedSchema(spec.of ?? { type: 'anyType' }, form)).max(ELEMENTS_MAX);
    case 'map':
      return mapSchema(nestedSchema(spec.of ?? { type: 'anyType' }, form));
    default:
      return z.string().max(spec.length ?? NESTED_TEXT_MAX);
  }
}

/**
 * zod reads any object as the fields it is asked for and passes over a key `__proto__`. The engine keeps plain objects
 * alone and refuses that key, so both are looked at before.
 */
function plainObject(): z.ZodType {
  return z.unknown().refine(isPlainObject, { error: 'value not of required type' });
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.hasOwn(value, '__proto__')) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Nested fields may all be null; given ones may be left out as well. */
function objectSchema(fields: Readonly<Record<string, FieldSpec>>, form: Form): z.ZodType {
  const shape: Record<string, z.ZodType> = {};
  for (const [name, spec] of Object.entries(fields)) {
    const schema = nestedSchema(spec, form).nullable();
    shape[name] = form === 'stored' ? schema : schema.optional();
  }
  return plainObject().pipe(z.strictObject(shape));
}

function mapSchema(element: z.ZodType): z.ZodType {
  return plainObject().pipe(z.record(z.string(), element));
}

function textSchema(field: FieldDefinition, form: Form): z.ZodType {
  if (form === 'given') return z.string();
  const values = field.values ?? [];
  if (field.type === 'picklist' && field.restrictedPicklist && values.length > 0)
    return z.enum(values as readonly [string]);
  return field.length > 0 ? z.string().max(field.length) : z.string();
}

/** The shape of a field's value when it has one. */
export function valueSchema(field: FieldDefinition, form: Form): z.ZodType {
  switch (field.type) {
    case 'int': {
      const upper = field.digits >= 10 ? 2_147_483_647 : 10 ** field.digits - 1;
      const lower = field.digits >= 10 ? -2_147_483_648 : -upper;
      return z.int().min(lower).max(upper);
    }
    case 'double':
    case 'boolean':
    case 'dateTime':
    case 'date':
    case 'anyType':
    case 'object':
    case 'list':
    case 'map':
      return nestedSchema(field, form);
    default:
      return textSchema(field, form);
  }
}
