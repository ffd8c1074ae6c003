import { parseDateTime } from '../ground/date-time.ts';
import { isSameJson } from '../record/record.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { freezeParsed } from './freeze-parsed.ts';
import { readMoments } from './moment-text.ts';

/**
 * How the values of one field of many records are written, whichever is the first that fits: all the same; whole numbers
 * or moments as what they are above the least, in as few bytes as they need; few different values by their places in a
 * list; anything else as JSON.
 */
const SAME = 0;
const NUMBERS = 1;
const MOMENTS = 2;
const CODES = 3;
const TEXTS = 4;

/** A list of different values pays for itself when each stands for this many records or more. */
const RECORDS_A_VALUE = 4;
const CODES_MAX = 65_536;
const U32_MAX = 0xffff_ffff;

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
  if (codes === undefined) {
    writer.u8(TEXTS);
    writer.json(values);
    return;
  }
  writer.u8(CODES);
  writer.json(codes.list);
  writer.u8(codes.width);
  for (const code of codes.codes) writer.uint(code, codes.width);
}

/** The `count` values of a column. Frozen, where they nest. */
export function readColumn(reader: ByteReader, count: number): Values {
  const kind = reader.u8();
  if (kind === SAME) return new Array<unknown>(count).fill(freezeParsed(reader.json()));
  if (kind === NUMBERS) return readNumbers(reader, count);
  if (kind === MOMENTS) return readMoments(readNumbers(reader, count));
  if (kind === TEXTS) return (reader.json() as unknown[]).map(freezeParsed);
  if (kind !== CODES) throw new RangeError('a column of an unknown kind');
  const list = (reader.json() as unknown[]).map(freezeParsed);
  const width = reader.u8();
  const values = new Array<unknown>(count);
  const codes = reader.uints(count, width);
  for (let i = 0; i < count; i++) values[i] = list[codes[i] as number];
  return values;
}

/** Whole numbers above a least one; null where there is none. */
interface Numbers {
  readonly values: readonly (number | null)[];
  readonly least: number;
  readonly span: number;
}

function numbersOf(values: Values): Numbers | undefined {
  for (const value of values) if (value !== null && !Number.isSafeInteger(value)) return undefined;
  return spanOf(values as readonly (number | null)[]);
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
  writer.f64(least);
  if (width === 8) for (const value of values) writer.f64(value ?? Number.NaN);
  else for (const value of values) writer.uint(value === null ? 0 : value - least + 1, width);
}

function readNumbers(reader: ByteReader, count: number): (number | null)[] {
  const width = reader.u8();
  const least = reader.f64();
  const values = new Array<number | null>(count);
  if (width === 8) {
    for (let i = 0; i < count; i++) {
      const value = reader.f64();
      values[i] = Number.isNaN(value) ? null : value;
    }
    return values;
  }
  const above = reader.uints(count, width);
  for (let i = 0; i < count; i++) values[i] = above[i] === 0 ? null : least + (above[i] as number) - 1;
  return values;
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
