import { isNestedDeeper } from './nesting.ts';
import type { ReadContext, SourceRow } from './source-row.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** Whether `value` is an object as JSON has them, of this realm or another; promises, maps and dates are none. */
export function isJsonObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Salesforce's REST API puts `attributes: { type, url }` into every record it sends (REST API Developer Guide, Query).
 * It is no field there; where the definition has a field of this name, as Genesys sessions do, it is one.
 */
function splitEnvelope(record: JsonObject, context: ReadContext): { value: JsonObject; type: string | undefined } {
  const kept = { value: record, type: undefined };
  if (!Object.hasOwn(record, 'attributes') || context.definition.fieldsByName.has('attributes')) return kept;
  const attributes = record.attributes;
  if (!isJsonObject(attributes) || !Object.hasOwn(attributes, 'type')) return kept;
  const type = attributes.type;
  if (typeof type !== 'string') return kept;
  // Copying by spread defines own keys, so that a key named `__proto__` stays a key.
  const { attributes: _, ...value } = record;
  return { value, type };
}

function isFieldNestedDeeper(record: JsonObject, max: number): boolean {
  for (const key of Object.keys(record)) {
    if (typeof record[key] === 'object' && isNestedDeeper(record[key], max)) return true;
  }
  return false;
}

/** The row of a parsed value: a record without its envelope, or the reason why it is none. */
export function toRecordRow(line: number, parsed: unknown, context: ReadContext): SourceRow {
  if (!isJsonObject(parsed)) return { line, problem: 'not a record' };
  if (isFieldNestedDeeper(parsed, context.nestingMax))
    return { line, problem: `nested deeper than ${context.nestingMax}` };
  const { value, type } = splitEnvelope(parsed, context);
  return type === undefined ? { line, value } : { line, value, type };
}
