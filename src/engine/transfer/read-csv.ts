import type { ObjectDefinition } from '../definition/define-object.ts';
import { assert } from '../ground/assert.ts';
import { createError } from '../ground/errors.ts';
import { type CsvColumn, createCsvColumn, readCell, UNREAD } from './csv-cells.ts';
import { type CsvRecord, CsvRecordSplitter, QUOTED_EMPTY } from './csv-record-splitter.ts';
import { isBlankLine, type Line, LineSplitter } from './line-splitter.ts';
import type { ReadContext, RowReader, SourceRow } from './source-row.ts';

/** Cells of records that end neither in a line break nor inside quotes, a list for each. */
type ParseCells = (texts: readonly string[], delimiter: string) => string[][];

/** Records are parsed together up to this many characters: a call of the parser costs as much as a record. */
const BATCH_LENGTH_MAX = 65_536;

/** Spreadsheets write the list separator of their country. */
const DELIMITERS = [',', ';', '\t', '|'];

/** The parser is fetched when the first CSV text is read, so that programs which read none do not carry it. */
async function loadParser(): Promise<ParseCells> {
  const { default: papa } = await import('papaparse');
  return (texts, delimiter) => {
    // The line breaks around keep the parser from taking a first character for a byte order mark and a last quote for
    // a special case; each adds a record to drop.
    const { data } = papa.parse<string[]>(`\n${texts.join('\n')}\n`, { delimiter, newline: '\n', quoteChar: '"' });
    assert(data.length === texts.length + 2, 'the parser of CSV agrees on where records end');
    // A cell cut out of a text keeps all of that text in memory. Measured on records of 20 columns: 749 bytes each,
    // and 582 once they are copied this way, for 2 us a record.
    return JSON.parse(JSON.stringify(data.slice(1, -1))) as string[][];
  };
}

/** The delimiter that finds most fields of the object in a header; the comma when none finds any. */
function detectDelimiter(header: string, definition: ObjectDefinition): string {
  let best = ',';
  let found = 0;
  for (const delimiter of DELIMITERS) {
    const names = header.split(delimiter).map((cell) =>
      cell
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .trim(),
    );
    const known = names.filter((name) => definition.fieldsByName.has(name)).length;
    if (known > found) [best, found] = [delimiter, known];
  }
  return best;
}

function readHeader(cells: readonly string[], guessed: boolean, context: ReadContext): readonly CsvColumn[] {
  const names = cells.map((cell) => (cell === QUOTED_EMPTY ? '' : cell.trim()));
  while (names.at(-1) === '') names.pop();
  // A file without a header has a record in its place, so no message can repeat what stands there.
  if (names.includes('')) throw createError('UNREADABLE_PAYLOAD', 'the CSV header has a column without a name');
  if (new Set(names).size < names.length)
    throw createError('UNREADABLE_PAYLOAD', 'the CSV header names a column more than once');
  if (guessed && !names.some((name) => context.definition.fieldsByName.has(name)))
    throw createError(
      'UNREADABLE_PAYLOAD',
      'the payload is neither JSON nor NDJSON nor CSV with a column of the object',
    );
  return names.map((name) => createCsvColumn(name, context.definition, context.nestingMax));
}

function setOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  // Assigning would set the record's prototype; as a key it is refused by validation like any unknown field.
  if (key === '__proto__')
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  else record[key] = value;
}

function readCells(line: number, cells: readonly string[], columns: readonly CsvColumn[]): SourceRow {
  let count = cells.length;
  // Spreadsheets fill records up with empty cells beyond the last column.
  while (count > columns.length && (cells[count - 1] === '' || cells[count - 1] === QUOTED_EMPTY)) count--;
  if (count !== columns.length) return { line, problem: `${count} cells under a header of ${columns.length}` };
  const value: Record<string, unknown> = {};
  const problems: string[] = [];
  for (let i = 0; i < count; i++) {
    const column = columns[i] as CsvColumn;
    const read = readCell(column, cells[i] as string);
    if (read === UNREAD) problems.push(`${column.name}: not ${column.wants}`);
    else setOwn(value, column.name, read);
  }
  return problems.length === 0 ? { line, value } : { line, problem: problems.join('; ') };
}

class CsvReader implements RowReader {
  readonly #context: ReadContext;
  readonly #guessed: boolean;
  readonly #parse: ParseCells;
  readonly #lines: LineSplitter;
  #delimiter = ',';
  #records: CsvRecordSplitter | undefined;
  #columns: readonly CsvColumn[] | undefined;
  #batch: CsvRecord[] = [];
  #batchLength = 0;

  constructor(context: ReadContext, guessed: boolean, parse: ParseCells) {
    this.#context = context;
    this.#guessed = guessed;
    this.#parse = parse;
    this.#lines = new LineSplitter(context.lineLengthMax);
  }

  *push(text: string): Generator<SourceRow> {
    yield* this.#readLines(this.#lines.push(text));
    yield* this.#flush();
  }

  *end(): Generator<SourceRow> {
    yield* this.#readLines(this.#lines.end());
    const rest = this.#records?.end();
    if (rest !== undefined) this.#take(rest);
    yield* this.#flush();
  }

  *#readLines(lines: Iterable<Line>): Generator<SourceRow> {
    for (const line of lines) {
      if (this.#records === undefined) this.#start(line);
      const records = this.#records;
      if (records === undefined) continue;
      if (line.text !== undefined && records.isBetweenRecords && isBlankLine(line.text)) continue;
      const record = records.push(line);
      if (record !== undefined) this.#take(record);
      if (this.#batchLength > BATCH_LENGTH_MAX) yield* this.#flush();
    }
  }

  #start({ text }: Line): void {
    if (text !== undefined && isBlankLine(text)) return;
    this.#delimiter = detectDelimiter(text ?? '', this.#context.definition);
    this.#records = new CsvRecordSplitter(this.#delimiter, this.#context.lineLengthMax);
  }

  #take(record: CsvRecord): void {
    if (this.#columns === undefined) {
      if (record.text === undefined)
        throw createError('UNREADABLE_PAYLOAD', `the CSV header cannot be read: ${record.problem}`);
      const cells = this.#parse([record.text], this.#delimiter)[0] as string[];
      this.#columns = readHeader(cells, this.#guessed, this.#context);
      return;
    }
    this.#batch.push(record);
    this.#batchLength += (record.text ?? '').length;
  }

  *#flush(): Generator<SourceRow> {
    const batch = this.#batch;
    const columns = this.#columns;
    this.#batch = [];
    this.#batchLength = 0;
    if (batch.length === 0 || columns === undefined) return;
    const texts = batch.map((record) => record.text).filter((text) => text !== undefined);
    const cells = texts.length === 0 ? [] : this.#parse(texts, this.#delimiter);
    let next = 0;
    for (const { line, text, problem } of batch) {
      if (text === undefined) yield { line, problem: problem as string };
      else yield readCells(line, cells[next++] as string[], columns);
    }
  }
}

/**
 * Reads CSV (RFC 4180) whose first record is a header. `guessed` says that nobody called the text CSV: it then has to
 * have a column of the object, or the whole is unreadable.
 */
export async function createCsvReader(context: ReadContext, guessed: boolean): Promise<RowReader> {
  return new CsvReader(context, guessed, await loadParser());
}
