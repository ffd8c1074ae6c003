import { parseDateTime } from '../ground/date-time.ts';
import { isSameJson } from '../record/record.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { freezeParsed } from './freeze-parsed.ts';
import { decodeJson, encodeJson } from './json-bytes.ts';
import {
  CodeColumn,
  FixedTextColumn,
  JsonColumn,
  NumberColumn,
  SameColumn,
  type StoredColumn,
  TextColumn,
} from './stored-column.ts';
import { StoredTexts } from './stored-texts.ts';

/**
 * How the values of one field of many records are written, whichever is the first that fits: all the same; whole numbers
 * or moments as what they are above the least, in as few bytes as they need; few different values by their places in a
 * list; texts of one length as their characters alone; texts; anything else as JSON. Each value can be read by itself, and
 * a column passed over.
 */
const SAME = 0;
const NUMBERS = 1;
const MOMENTS = 2;
const CODES = 3;
const FIXED = 4;
const TEXTS = 5;
const JSON_TEXTS = 6;

/** A list of different values pays for itself when each stands for this many records or more. */
const RECORDS_A_VALUE = 4;
const CODES_MAX = 65_536;
const FIXED_MAX = 64;
const U32_MAX = 0xffff_ffff;
/** A half of a pair without the other, which UTF-8 cannot say. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const ASCII = /^[\x00-\x7f]+$/;

type Values = readonly unknown[];

export function writeColumn(writer: ByteWriter, values: Values, type: string): void {
  if (values.every((value) => isSameJson(value, values[0]))) {
    writer.u8(SAME);
    writer.json(values[0]);
    return;
  }
  const numbers = type === 'dateTime' ? momentsOf(values) : numbersOf(values);
  const codes = codesOf(values);
  if (numbers !== undefined) {
    const width = widthOf(numbers.span);
    // Few moments, such as those of records that were made together, take less by their places.
    if (codes === undefined || width <= codes.width) {
      writer.u8(type === 'dateTime' ? MOMENTS : NUMBERS);
      writeNumbers(writer, numbers, width);
      return;
    }
  }
  if (codes !== undefined) writeCodes(writer, codes);
  else writeTexts(writer, values);
}

/**
 * A column of `count` values, none of which is read yet but where all are the same. Throws unless it holds what it says:
 * the frame is tried here, the JSON in it when it is read.
 */
export function readColumn(reader: ByteReader, count: number): StoredColumn {
  const kind = reader.u8();
  if (kind === SAME) return new SameColumn(freezeParsed(reader.json()));
  if (kind === NUMBERS || kind === MOMENTS) return readNumbers(reader, count, kind === MOMENTS);
  if (kind === CODES) return readCodes(reader, count);
  if (kind === FIXED) {
    const length = reader.u8();
    return new FixedTextColumn(reader.raw(count * length), length);
  }
  if (kind !== TEXTS && kind !== JSON_TEXTS) throw new RangeError('a column of an unknown kind');
  const lengths = reader.uints(count, reader.u8());
  const texts = new StoredTexts(lengths, reader.piece());
  return kind === TEXTS ? new TextColumn(texts) : new JsonColumn(texts);
}

/** Numbers, and the least of them; null where there is none. The span is infinite unless all are whole. */
interface Numbers {
  readonly values: readonly (number | null)[];
  readonly least: number;
  readonly span: number;
}

function numbersOf(values: Values): Numbers | undefined {
  let isWhole = true;
  for (const value of values) {
    if (value === null) continue;
    if (typeof value !== 'number') return undefined;
    if (!Number.isSafeInteger(value)) isWhole = false;
  }
  const numbers = values as readonly (number | null)[];
  return isWhole ? spanOf(numbers) : { values: numbers, least: 0, span: Number.POSITIVE_INFINITY };
}

function momentsOf(values: Values): Numbers | undefined {
  for (const value of values) if (value !== null && typeof value !== 'string') return undefined;
  const moments = values.map((value) => (value === null ? null : parseDateTime(value as string)));
  return moments.some(Number.isNaN) ? undefined : spanOf(moments);
}

function spanOf(values: readonly (number | null)[]): Numbers {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { values, least, span: most - least };
}

/** One place is kept for null. Eight bytes where four do not do. */
function widthOf(span: number): 1 | 2 | 4 | 8 {
  if (span < 0xff) return 1;
  if (span < 0xffff) return 2;
  return span < U32_MAX ? 4 : 8;
}

function writeNumbers(writer: ByteWriter, { values, least }: Numbers, width: 1 | 2 | 4 | 8): void {
  writer.u8(width);
  writer.u8(values.includes(null) ? 1 : 0);
  writer.f64(least);
  if (width === 8) for (const value of values) writer.f64(value === null ? Number.NaN : value + 0);
  else for (const value of values) writer.uint(value === null ? 0 : value - least + 1, width);
}

function readNumbers(reader: ByteReader, count: number, isMoment: boolean): NumberColumn {
  const width = reader.u8();
  const hasNulls = reader.u8() === 1;
  const least = reader.f64();
  const above = width === 8 ? reader.f64s(count) : reader.uints(count, width);
  return new NumberColumn(above, { least, hasNulls, isMoment });
}

interface Codes {
  readonly list: Values;
  readonly codes: readonly number[];
  readonly width: 1 | 2;
}

function codesOf(values: Values): Codes | undefined {
  const max = Math.min(CODES_MAX, Math.floor(values.length / RECORDS_A_VALUE));
  const places = new Map<unknown, number>();
  const codes: number[] = [];
  for (const value of values) {
    if (typeof value === 'object' && value !== null) return undefined;
    let code = places.get(value);
    if (code === undefined) {
      if (places.size >= max) return undefined;
      code = places.size;
      places.set(value, code);
    }
    codes.push(code);
  }
  return { list: [...places.keys()], codes, width: places.size <= 256 ? 1 : 2 };
}

function writeCodes(writer: ByteWriter, { list, codes, width }: Codes): void {
  writer.u8(CODES);
  writer.u32(list.length);
  writer.json(list);
  writer.u8(width);
  for (const code of codes) writer.uint(code, width);
}

function readCodes(reader: ByteReader, count: number): CodeColumn {
  const size = reader.u32();
  const list = reader.piece();
  return new CodeColumn(() => decodeJson(list), size, reader.uints(count, reader.u8()));
}

/** Values that hardly repeat. */
function writeTexts(writer: ByteWriter, values: Values): void {
  const isText = values.every((value) => value === null || (typeof value === 'string' && !LONE_SURROGATE.test(value)));
  const { length } = (values[0] ?? '') as string;
  if (isText && length <= FIXED_MAX && values.every((value) => isFixed(value, length))) {
    writer.u8(FIXED);
    writer.u8(length);
    writer.raw(new TextEncoder().encode(values.join('')));
    return;
  }
  writer.u8(isText ? TEXTS : JSON_TEXTS);
  const encoder = new TextEncoder();
  const pieces = values.map((value) => {
    if (value === null) return undefined;
    return isText ? encoder.encode(value as string) : encodeJson(value);
  });
  const width = widthOf(Math.max(...pieces.map((piece) => piece?.length ?? 0)) + 1);
  writer.u8(width);
  for (const piece of pieces) writer.uint(piece === undefined ? 0 : piece.length + 1, width);
  writer.u32(pieces.reduce((sum, piece) => sum + (piece?.length ?? 0), 0));
  for (const piece of pieces) if (piece !== undefined) writer.raw(piece);
}

function isFixed(value: unknown, length: number): boolean {
  return typeof value === 'string' && value.length === length && ASCII.test(value);
}
