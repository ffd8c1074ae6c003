import { createError } from '../ground/errors.ts';
import { isJsonObject, toRecordRow } from './record-row.ts';
import type { ReadContext, RowReader, SourceRow } from './source-row.ts';

/** Where lists of records stand in the answers of common APIs; those of the definition are tried first. */
const LIST_KEYS = ['records', 'entities', 'sessions', 'items', 'data'];

/**
 * The records of an object that envelopes them, undefined when it is a record itself. A record can have a list under
 * one of the keys too, so what holds an id is a record, and so is what holds the list where the definition has a field.
 */
function listIn(parsed: Readonly<Record<string, unknown>>, context: ReadContext): readonly unknown[] | undefined {
  const { fieldsByName, roles, spec } = context.definition;
  if (Object.hasOwn(parsed, roles.id)) return undefined;
  const declared = spec.listKeys ?? [];
  for (const key of [...declared, ...LIST_KEYS]) {
    if (!Object.hasOwn(parsed, key) || (fieldsByName.has(key) && !declared.includes(key))) continue;
    const list = parsed[key];
    if (Array.isArray(list)) return list;
  }
  return undefined;
}

/** The rows of a parsed payload: a list of records, an envelope around one, or one record. */
export function* readJsonValue(parsed: unknown, context: ReadContext): Generator<SourceRow> {
  if (!Array.isArray(parsed) && !isJsonObject(parsed))
    throw createError('UNREADABLE_PAYLOAD', 'the payload is neither a record nor a list of records');
  const list = Array.isArray(parsed) ? parsed : (listIn(parsed, context) ?? [parsed]);
  for (let i = 0; i < list.length; i++) yield toRecordRow(i + 1, list[i], context);
}

function parseDocument(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own error quotes the text it stumbled over, so it cannot go along as the cause.
    throw createError('UNREADABLE_PAYLOAD', 'the payload is not valid JSON');
  }
}

/** Reads a JSON document. All of it must be there before any of it can be read, hence the limit to its length. */
export function createJsonReader(context: ReadContext): RowReader {
  const pieces: string[] = [];
  let length = 0;
  return {
    push(text) {
      length += text.length;
      if (length > context.documentLengthMax)
        throw createError(
          'UNREADABLE_PAYLOAD',
          `the JSON document is longer than ${context.documentLengthMax} characters; NDJSON has no such limit`,
        );
      pieces.push(text);
      return [];
    },
    end: () => readJsonValue(parseDocument(pieces.join('')), context),
  };
}
