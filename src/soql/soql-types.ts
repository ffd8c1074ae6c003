import type { SpecNamed } from '../engine/database.ts';
import type { FieldNameOf, FieldValueOf } from '../engine/definition/infer.ts';

/** Rows of a SOQL text, as far as its type tells: a list of fields of one object gives those fields, typed. */

/** A row of a query result, by the names of its columns. */
export type SoqlRow = Readonly<Record<string, unknown>>;

type Blank = ' ' | '\n' | '\t' | '\r';

/** Longer texts than the compiler follows are not followed: their rows have whatever names. */
type Trim<T extends string> = T extends `${Blank}${infer Rest}`
  ? Trim<Rest>
  : T extends `${infer Rest}${Blank}`
    ? Trim<Rest>
    : T;

/** Carries what it has found along, as the compiler follows such a type a thousand names far. */
type SplitNames<T extends string, Found = never> = T extends `${infer First},${infer Rest}`
  ? SplitNames<Rest, Found | Trim<First>>
  : Found | Trim<T>;

type FirstWord<T extends string> = T extends `${infer First}${Blank}${string}` ? First : T;

type Blanks16 = '                ';
type Blanks64 = `${Blanks16}${Blanks16}${Blanks16}${Blanks16}`;

/** What is not looked into: many blanks in a row, and subtotals, in which every field may be null. */
type IsBeyond<T extends string> = T extends `${string}${Blanks64}${Blanks64}${Blanks64}${Blanks64}${string}`
  ? true
  : Uppercase<T> extends `${string}ROLLUP${string}` | `${string}CUBE${string}`
    ? true
    : false;

type Parts<T extends string> =
  IsBeyond<T> extends true
    ? never
    : Trim<T> extends `SELECT${Blank}${infer Fields}${Blank}FROM${Blank}${infer Rest}`
      ? { readonly names: SplitNames<Fields>; readonly object: FirstWord<Trim<Rest>> }
      : never;

/** Every name is a field as the definition spells it; a path, a function or an alias is beyond what is worked out. */
type TypedRow<S, Names> = [S] extends [never]
  ? SoqlRow
  : [Names] extends [FieldNameOf<S>]
    ? { readonly [Name in Names]: FieldValueOf<S, Name> }
    : SoqlRow;

type PlainRow<Definitions, Text> = Text extends string
  ? string extends Text
    ? SoqlRow
    : [Parts<Text>] extends [never]
      ? SoqlRow
      : TypedRow<SpecNamed<Definitions, Parts<Text>['object']>, Parts<Text>['names']>
  : SoqlRow;

/** What the REST form gives each row besides. */
interface WithAttributes {
  readonly attributes: { readonly type: string; readonly url?: string };
}

/** The rows of a query whose text is known; of any other text rows of whatever names. */
export type RowOf<Definitions, Text, Options = unknown> = Options extends { readonly form: 'rest' }
  ? PlainRow<Definitions, Text> & WithAttributes
  : PlainRow<Definitions, Text>;
