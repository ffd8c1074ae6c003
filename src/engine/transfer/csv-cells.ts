import type { FieldDefinition, ObjectDefinition } from '../definition/define-object.ts';
import type { FieldType } from '../definition/definition.ts';
import { QUOTED_EMPTY } from './csv-record-splitter.ts';
import { isNestedDeeper } from './nesting.ts';

/** The cell does not hold what its column needs. */
export const UNREAD = Symbol('unread');

/** What to make of the cells of one column. */
export interface CsvColumn {
  readonly name: string;
  /** What a cell has to be, as words after "not". */
  readonly wants: string;
  /** The value of a cell that is neither empty nor a quoted nothing, or {@link UNREAD}. */
  readonly read: (cell: string) => unknown;
  /** The value of a quoted cell with nothing in it: empty text or null. */
  readonly quotedEmpty: '' | null;
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Types whose stored text can be empty. Empty ids, dates and emails are nothing in any object. */
const EMPTY_TEXT_TYPES: readonly FieldType[] = [
  'string',
  'textarea',
  'url',
  'phone',
  'encryptedstring',
  'picklist',
  'multipicklist',
];

/** Spreadsheets and databases write numbers in more ways than these, but which of them is meant cannot be told. */
function readNumber(cell: string): unknown {
  const text = cell.trim();
  if (text === '') return null;
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : UNREAD;
}

function readBoolean(cell: string): unknown {
  switch (cell.trim().toLowerCase()) {
    case '':
      return null;
    case 'true':
    case '1':
      return true;
    case 'false':
    case '0':
      return false;
    default:
      return UNREAD;
  }
}

function readJson(cell: string, nestingMax: number): unknown {
  if (cell.trim() === '') return null;
  try {
    const parsed: unknown = JSON.parse(cell);
    return isNestedDeeper(parsed, nestingMax) ? UNREAD : parsed;
  } catch {
    return UNREAD;
  }
}

function readerOf(type: FieldType, nestingMax: number): Pick<CsvColumn, 'read' | 'wants'> {
  switch (type) {
    case 'int':
    case 'double':
      return { wants: 'a number', read: readNumber };
    case 'boolean':
      return { wants: 'true or false', read: readBoolean };
    case 'object':
    case 'list':
    case 'map':
    case 'anyType':
      return { wants: `JSON nested at most ${nestingMax} deep`, read: (cell) => readJson(cell, nestingMax) };
    default:
      return { wants: 'text', read: (cell) => cell };
  }
}

/**
 * Where text is kept as given, null and empty text are two values and CSV must tell them apart: without quotes an empty
 * cell is null, with quotes it is empty text, as PostgreSQL's COPY has it. Where empty text is null anyway, both are
 * null, which also serves tools that quote every cell.
 */
function quotedEmptyOf(field: FieldDefinition | undefined, definition: ObjectDefinition): '' | null {
  if (field === undefined || definition.spec.text !== 'verbatim' || field.restrictedPicklist) return null;
  return EMPTY_TEXT_TYPES.includes(field.type) ? '' : null;
}

/** A column without a field keeps its cells as text; that there is no such field is for validation to say. */
export function createCsvColumn(name: string, definition: ObjectDefinition, nestingMax: number): CsvColumn {
  const field = definition.fieldsByName.get(name);
  return { name, ...readerOf(field?.type ?? 'string', nestingMax), quotedEmpty: quotedEmptyOf(field, definition) };
}

/** The value of any cell of the column: null when it is empty. */
export function readCell(column: CsvColumn, cell: string): unknown {
  if (cell === '') return null;
  return cell === QUOTED_EMPTY ? column.quotedEmpty : column.read(cell);
}
