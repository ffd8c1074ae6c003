import type { SpecNamed } from '../engine/database.ts';
import type { FieldNameOf, FieldValueOf } from '../engine/definition/infer.ts';

/** Rows of a SOQL text, as far as its type tells: a list of fields of one object gives those fields, typed. */

/** A row of a query result, by the names of its columns. */
export type SoqlRow = Readonly<Record<string, unknown>>;

type Blank = ' ' | '\n' | '\t';
type Trim<T extends string> = T extends `${Blank}${infer Rest}`
  ? Trim<Rest>
  : T extends `${infer Rest}${Blank}`
    ? Trim<Rest>
    : T;

type SplitNames<T extends string> = T extends `${infer First},${infer Rest}` ? Trim<First> | SplitNames<Rest> : Trim<T>;

type FirstWord<T extends string> = T extends `${infer First}${Blank}${string}` ? First : T;

type Parts<T extends string> =
  Trim<T> extends `SELECT${Blank}${infer Fields}${Blank}FROM${Blank}${infer Rest}`
    ? { readonly names: SplitNames<Fields>; readonly object: FirstWord<Trim<Rest>> }
    : never;

/** Every name is a field as the definition spells it; a path, a function or an alias is beyond what is worked out. */
type TypedRow<S, Names> = [S] extends [never]
  ? SoqlRow
  : [Names] extends [FieldNameOf<S>]
    ? { readonly [Name in Names]: FieldValueOf<S, Name> }
    : SoqlRow;

/** The rows of a query whose text is known; of any other text rows of whatever names. */
export type RowOf<Definitions, Text> = Text extends string
  ? string extends Text
    ? SoqlRow
    : [Parts<Text>] extends [never]
      ? SoqlRow
      : TypedRow<SpecNamed<Definitions, Parts<Text>['object']>, Parts<Text>['names']>
  : SoqlRow;
