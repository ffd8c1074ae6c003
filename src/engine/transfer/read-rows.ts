import type { ObjectDefinition } from '../definition/define-object.ts';
import { createError } from '../ground/errors.ts';
import { openChunks } from './chunk-source.ts';
import { FormatSniffer } from './format-sniffer.ts';
import { createCsvReader } from './read-csv.ts';
import { createJsonReader, readJsonValue } from './read-json.ts';
import { createNdjsonReader } from './read-ndjson.ts';
import { assertNotAborted, readText } from './read-text.ts';
import type { ReadContext, RowReader, SourceRow, TextFormat } from './source-row.ts';

export interface ReadOptions {
  /** The object the records are of; its fields say how cells are read, its `listKeys` where an envelope has records. */
  readonly definition: ObjectDefinition;
  /** The format of a text or stream; `auto` (default) tells by how it begins. */
  readonly format?: TextFormat | 'auto' | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The most characters of a line of NDJSON or a record of CSV. Default 16 Mi. */
  readonly lineLengthMax?: number | undefined;
  /** The most characters of a JSON document, which is held whole. Default 256 Mi. */
  readonly documentLengthMax?: number | undefined;
  /** How deep lists and objects may stand inside one another within a field. Default 32. */
  readonly nestingMax?: number | undefined;
}

const FORMATS = ['json', 'ndjson', 'csv', 'auto'];
const MEBI = 1_048_576;

function createReader(format: TextFormat, guessed: boolean, context: ReadContext): RowReader | Promise<RowReader> {
  if (format === 'csv') return createCsvReader(context, guessed);
  return format === 'json' ? createJsonReader(context) : createNdjsonReader(context);
}

/** Reads texts of a known format. */
async function* readFormat(texts: AsyncIterable<string>, reader: RowReader): AsyncGenerator<SourceRow> {
  for await (const text of texts) {
    for (const row of reader.push(text)) yield row;
  }
  for (const row of reader.end()) yield row;
}

/** Tells the format from the first texts, then gives those and the others to the reader of it. */
async function* readAnyFormat(texts: AsyncIterable<string>, context: ReadContext): AsyncGenerator<SourceRow> {
  const sniffer = new FormatSniffer(context.lineLengthMax);
  let held: string[] = [];
  let reader: RowReader | undefined;
  for await (const text of texts) {
    if (reader === undefined) {
      held.push(text);
      const format = sniffer.push(text);
      if (format === undefined) continue;
      reader = await createReader(format, true, context);
      for (const first of held) for (const row of reader.push(first)) yield row;
      held = [];
    } else for (const row of reader.push(text)) yield row;
  }
  if (reader === undefined) {
    const format = sniffer.end();
    // Nothing but blanks is what is left of a collection without records.
    if (format === undefined) return;
    reader = await createReader(format, true, context);
    for (const first of held) for (const row of reader.push(first)) yield row;
  }
  for (const row of reader.end()) yield row;
}

/**
 * The records of a payload in the order they stand there. `source` is a parsed JSON value (a list of records, one
 * record, an envelope around a list), a text, bytes in UTF-8, or what gives text or bytes bit by bit: a ReadableStream,
 * a Node stream, an iterable, a Blob, a Response. NDJSON and CSV are read in bounded memory.
 *
 * A record that cannot be read gives a row with a `problem`, and reading goes on. Throws `UNREADABLE_PAYLOAD` when the
 * whole cannot be read, `ABORTED` when `signal` is raised, `INVALID_OPTION` for a format unknown.
 */
export async function* readRows(source: unknown, options: ReadOptions): AsyncGenerator<SourceRow> {
  const { signal, format = 'auto' } = options;
  if (!FORMATS.includes(format)) throw createError('INVALID_OPTION', 'format is one of json, ndjson, csv, auto');
  const context: ReadContext = {
    definition: options.definition,
    lineLengthMax: options.lineLengthMax ?? 16 * MEBI,
    documentLengthMax: options.documentLengthMax ?? 256 * MEBI,
    nestingMax: options.nestingMax ?? 32,
  };
  assertNotAborted(signal);
  const chunks = openChunks(source);
  if (chunks === undefined) {
    for (const row of readJsonValue(source, context)) {
      assertNotAborted(signal);
      yield row;
    }
    return;
  }
  const texts = readText(chunks, signal);
  const rows =
    format === 'auto' ? readAnyFormat(texts, context) : readFormat(texts, await createReader(format, false, context));
  for await (const row of rows) {
    // One chunk can hold all the rows there are.
    assertNotAborted(signal);
    yield row;
  }
}
