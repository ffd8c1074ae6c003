import type { JsonSchema, RxJsonSchema } from 'rxdb';
import type { FieldDefinition, ObjectDefinition } from '../engine/definition/define-object.ts';
import type { FieldSpec } from '../engine/definition/definition.ts';
import type { IdFieldOf, RecordOf } from '../engine/definition/infer.ts';
import { isRequired } from '../engine/write/required-fields.ts';

type Simplify<T> = { -readonly [K in keyof T]: T[K] } & {};
type Filled<T> = { [K in keyof T as null extends T[K] ? never : K]?: T[K] };
type Optional<T> = { [K in keyof T as null extends T[K] ? K : never]?: Exclude<T[K], null> };
type Shown<D> = Omit<RecordOf<D>, 'IsDeleted'>;

/** A record as a document: what is null in the record is not there. */
export type RxDocumentOf<D> = Simplify<Filled<Shown<D>> & Optional<Shown<D>> & { [K in IdFieldOf<D>]: string }>;

/** The longest text that RxDB's indexes take. */
const INDEXED_MAX = 2_048;
/** Room for an id of any kind. */
const ID_LENGTH = 64;

const TYPES: Partial<Record<FieldSpec['type'], JsonSchema['type']>> = {
  boolean: 'boolean',
  int: 'integer',
  double: 'number',
  object: 'object',
  map: 'object',
  list: 'array',
};

/**
 * The schema by which the records of an object are documents of an RxCollection: its fields, none of them required that a
 * call need not give, and those of its indexes that RxDB can have. Its version is always 0: the object's own migrations
 * see to what is stored.
 */
export function rxSchemaOf<D extends ObjectDefinition>(definition: D): RxJsonSchema<RxDocumentOf<D>> {
  const { name, roles, fields } = definition;
  const properties: Record<string, JsonSchema> = {};
  for (const field of fields)
    if (field.name !== roles.deleted)
      properties[field.name] = field.name === roles.id ? { type: 'string', maxLength: ID_LENGTH } : propertyOf(field);
  return {
    title: name,
    version: 0,
    type: 'object',
    primaryKey: roles.id,
    properties,
    required: [roles.id, ...fields.filter(isRequired).map((field) => field.name)],
    indexes: indexesOf(definition, properties),
  } as unknown as RxJsonSchema<RxDocumentOf<D>>;
}

function propertyOf(field: FieldDefinition): JsonSchema {
  const type = field.type === 'anyType' ? undefined : (TYPES[field.type] ?? 'string');
  const range =
    field.type === 'int' ? { minimum: -(10 ** field.digits), maximum: 10 ** field.digits, multipleOf: 1 } : {};
  const texts = type === 'string' ? { maxLength: lengthOf(field) } : {};
  return { ...(type !== undefined && { type }), ...range, ...texts } as JsonSchema;
}

function lengthOf({ type, length }: FieldDefinition): number {
  return type === 'dateTime' || type === 'date' ? 24 : length;
}

/** Those of fields whose values RxDB has an order for: texts of a length, whole numbers, booleans. */
function indexesOf({ spec }: ObjectDefinition, properties: Readonly<Record<string, JsonSchema>>): readonly string[][] {
  const isIndexable = (name: string) => {
    const { type, maxLength = 0 } = properties[name] ?? {};
    return type === 'integer' || type === 'boolean' || (type === 'string' && maxLength > 0 && maxLength <= INDEXED_MAX);
  };
  return (spec.indexes ?? [])
    .map((index) => (typeof index === 'string' ? [index] : [...index]))
    .filter((names) => names.every(isIndexable));
}
