import type { FieldDefinition } from '../definition/define-object.ts';
import { createError } from '../ground/errors.ts';
import { checkWhere } from '../query/check-where.ts';
import type { Reader } from '../query/reader.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Entity, Store } from '../store/store.ts';
import type { Unit } from '../store/unit.ts';
import { createInUnit } from './create.ts';
import { locateLive } from './locate.ts';
import { attempt, type UpsertResult, type WriteOptions } from './results.ts';
import { updateInUnit } from './update.ts';
import { writeEach } from './write-each.ts';

/** The field that finds the records of an upsert: the id, an external id, or one that can look ids up. */
function keyField(entity: Entity, name: string): FieldDefinition {
  const field = entity.definition.fieldsByName.get(name);
  const shown = String(name).slice(0, 80);
  if (
    field === undefined ||
    !(field.idLookup || field.externalId === true || field.name === entity.definition.roles.id)
  )
    throw createError('NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${shown}`, [shown]);
  return field;
}

function givenValue(input: unknown, name: string): unknown {
  return typeof input === 'object' && input !== null && Object.hasOwn(input, name)
    ? (input as StoredRecord)[name]
    : undefined;
}

function without(input: unknown, name: string): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const { [name]: _, ...rest } = input as Record<string, unknown>;
  return rest;
}

/** The key of an input in the form it is kept in; undefined where there is none, blank text being none. */
function keyOf(entity: Entity, field: FieldDefinition, input: unknown): unknown {
  const value = givenValue(input, field.name);
  if (typeof value !== 'string') return value ?? undefined;
  if (field.name === entity.definition.roles.id) return entity.ids.normalize(value.trim()) ?? value;
  const text = entity.definition.spec.text === 'verbatim' ? value : value.trim();
  return text === '' ? undefined : text;
}

/** The slot of the one live record whose `field` has `value`; undefined for none. Throws `DUPLICATE_EXTERNAL_ID`. */
function findByKey(reader: Reader, field: FieldDefinition, value: unknown): number | undefined {
  const { entity } = reader;
  if (field.name === entity.definition.roles.id) return locateLive(entity, value);
  // A key is looked up again and again, so it gets its index with the first upsert.
  entity.table.addIndex([field.name]);
  const found = reader.find({ where: { [field.name]: { $eq: value } }, limit: 2 });
  if (found.length > 1)
    throw createError('DUPLICATE_EXTERNAL_ID', `${field.name} is the value of more than one record`, [field.name]);
  return found[0] === undefined ? undefined : entity.table.slotOf(found[0][entity.definition.roles.id] as string);
}

/** A key in the form that equal ones share: dates, ids and texts can be written in several ways. */
function comparable({ scope }: Reader, field: FieldDefinition, key: unknown): unknown {
  const outcome = attempt(() => checkWhere(scope, { [field.name]: { $eq: key } }));
  // What is no value of the field is refused when its turn comes.
  if ('error' in outcome || outcome.value?.kind !== 'leaf' || outcome.value.test.op !== 'eq') return key;
  return outcome.value.test.key;
}

/** Which inputs have a key that comes twice in one call: all of them fail. */
function markRepeated(reader: Reader, field: FieldDefinition, keys: readonly unknown[]): readonly boolean[] {
  const forms = keys.map((key) => (key === undefined ? undefined : comparable(reader, field, key)));
  const counts = new Map<unknown, number>();
  for (const key of forms) counts.set(key, (counts.get(key) ?? 0) + 1);
  return forms.map((key) => key !== undefined && (counts.get(key) as number) > 1);
}

export function upsertRecords(
  store: Store,
  reader: Reader,
  name: string,
  inputs: readonly unknown[],
  options: WriteOptions,
): UpsertResult[] {
  const { entity } = reader;
  const field = keyField(entity, name);
  const idField = entity.definition.roles.id;
  const keys = Array.from(inputs, (input) => keyOf(entity, field, input));
  const repeated = markRepeated(reader, field, keys);
  const created: boolean[] = keys.map(() => false);
  const upsertOne = (unit: Unit, input: unknown, at: number): string => {
    const key = keys[at];
    if (repeated[at] === true) throw createError('DUPLICATE_VALUE', `Duplicate external id specified: ${name}`, [name]);
    const slot = key === undefined ? undefined : findByKey(reader, field, key);
    if (slot !== undefined)
      return updateInUnit(store, unit, entity, slot, field.updateable ? input : without(input, name));
    const record = createInUnit(store, unit, entity, name === idField ? without(input, name) : input, store.moment());
    created[at] = true;
    return record[idField] as string;
  };
  const idOf = (input: unknown) =>
    name === idField && typeof givenValue(input, name) === 'string' ? (givenValue(input, name) as string) : null;
  const results = writeEach(store, inputs, options, idOf, upsertOne);
  return results.map((result, at) => ({ ...result, created: result.success && created[at] === true }));
}
