import type { ObjectDefinition } from '../definition/define-object.ts';
import { createError } from '../ground/errors.ts';
import { openChunks } from './chunk-source.ts';
import { FormatSniffer } from './format-sniffer.ts';
import { createCsvReader } from './read-csv.ts';
import { createJsonReader, readJsonValue } from './read-json.ts';
import { createNdjsonReader } from './read-ndjson.ts';
import { assertNotAborted, readText } from './read-text.ts';
import type { ReadContext, RowReader, SourceRow, TextFormat } from './source-row.ts';

export type { SourceRow } from './source-row.ts';

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

/** The reader of a format, undefined as long as the format is. `guessed` says that nobody has named it. */
function createReader(
  format: TextFormat | undefined,
  guessed: boolean,
  context: ReadContext,
): RowReader | Promise<RowReader> | undefined {
  if (format === 'csv') return createCsvReader(context, guessed);
  if (format === 'json') return createJsonReader(context);
  return format === 'ndjson' ? createNdjsonReader(context) : undefined;
}

function* pushAll(reader: RowReader, texts: readonly string[]): Generator<SourceRow> {
  for (const text of texts) yield* reader.push(text);
}

/** Reads texts whose format, when `auto`, is told from the first of them. */
async function* readTexts(
  texts: AsyncIterable<string>,
  format: TextFormat | 'auto',
  context: ReadContext,
): AsyncGenerator<Iterable<SourceRow>> {
  const sniffer = new FormatSniffer(context.lineLengthMax);
  const guessed = format === 'auto';
  let reader = guessed ? undefined : await createReader(format, guessed, context);
  let held: string[] = [];
  for await (const text of texts) {
    held.push(text);
    reader ??= await createReader(sniffer.push(text), guessed, context);
    if (reader === undefined) continue;
    yield pushAll(reader, held);
    held = [];
  }
  reader ??= await createReader(sniffer.end(), guessed, context);
  // Nothing but blanks has no format: it is what is left of a collection without records.
  if (reader === undefined) return;
  yield pushAll(reader, held);
  yield reader.end();
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
  const parts =
    chunks === undefined ? [readJsonValue(source, context)] : readTexts(readText(chunks, signal), format, context);
  for await (const rows of parts) {
    for (const row of rows) {
      // One part can hold all the rows there are.
      assertNotAborted(signal);
      yield row;
    }
  }
}
