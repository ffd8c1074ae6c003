/** Queries as plain data, and their types. Everything here can be logged, sent and compared. */

import type {
  AnySpec,
  FieldNameOf,
  FieldValueOf,
  FilterableOf,
  GroupableOf,
  JsonValue,
  NumericOf,
  RecordOf,
  SortableOf,
} from '../definition/infer.ts';

/** A field of any text takes any, and a moment as a `Date`; one of a restricted picklist takes its values alone. */
type Operand<V> = (V extends string ? (string extends V ? string | Date : V) : V) | null;

/** The moment so many milliseconds before the present one; negative, after it. Of a live query it moves with the clock. */
export interface Ago {
  readonly $ago: number;
}

/** Where a moment can stand, so can one told by how long ago it was. */
type Moment<V> = V extends string ? (string extends V ? Ago : never) : never;

/** What a field is compared with. A bare value means `$eq`. Several operators must all hold. */
export interface Operators<V> {
  readonly $eq?: Operand<V>;
  readonly $ne?: Operand<V>;
  readonly $gt?: Operand<V> | Moment<V>;
  readonly $gte?: Operand<V> | Moment<V>;
  readonly $lt?: Operand<V> | Moment<V>;
  readonly $lte?: Operand<V> | Moment<V>;
  readonly $in?: readonly Operand<V>[];
  readonly $nin?: readonly Operand<V>[];
  /** `%` any text, `_` any one character, a backslash before either takes it as it is. */
  readonly $like?: string;
  /** true: has a value; false: is null. */
  readonly $exists?: boolean;
  readonly $not?: Operators<V>;
}

type Scalar = string | number | boolean;

/** What of a value can be compared: of a list its elements, of what nests nothing, of any type texts and numbers. */
type Compared<V> = [JsonValue] extends [V]
  ? string | number
  : V extends Scalar
    ? V
    : V extends readonly (infer E)[]
      ? Extract<E, Scalar>
      : never;

type Condition<V> = [Compared<V>] extends [never]
  ? null | Pick<Operators<string>, '$exists'>
  : Operand<Compared<V>> | Operators<Compared<V>>;

/** Conditions that must all hold. Null equals null alone; `$ne` and `$nin` hold for null, as in SOQL. */
export type Where<S> = {
  readonly [K in FilterableOf<S>]?: Condition<FieldValueOf<S, K>>;
} & {
  /** A dotted path into a nested object: `'device.category'`. Through a list it holds when any element fits. */
  readonly [path: `${string}.${string}`]: Condition<string | number | boolean>;
} & {
  readonly $and?: readonly Where<S>[];
  readonly $or?: readonly Where<S>[];
  readonly $not?: Where<S>;
};

export type Direction = 'asc' | 'desc';

/** One step of an order, in short form or with the place of nulls, which come first unless told otherwise. */
export type OrderBy<Names extends string> =
  | { readonly [K in Names]?: Direction }
  | {
      readonly field: Names | `${string}.${string}`;
      readonly direction?: Direction;
      readonly nulls?: 'first' | 'last';
    };

export interface FindQuery<S = AnySpec> {
  readonly where?: Where<S> | undefined;
  /** Records that tie in every field given come in order of creation, reversed when the first direction is `desc`. */
  readonly orderBy?: readonly OrderBy<SortableOf<S>>[] | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  /** Records in the recycle bin: left out (default), found too, or found alone. */
  readonly deleted?: 'exclude' | 'include' | 'only' | undefined;
  /** Fields to keep; all when absent, and then the stored records themselves come back. */
  readonly select?: readonly (FieldNameOf<S> | `${string}.${string}`)[] | undefined;
}

/** A find of all records as they are: what is asked where nothing is given. */
export type FindAll = Record<never, never>;

/** What `count` takes. */
export type CountQuery<S = AnySpec> = Omit<FindQuery<S>, 'orderBy' | 'select'>;

export type Aggregate<S> =
  | { readonly $count: '*' | FieldNameOf<S> }
  | { readonly $countDistinct: FieldNameOf<S> }
  | { readonly $sum: NumericOf<S> | `${string}.${string}` }
  | { readonly $avg: NumericOf<S> | `${string}.${string}` }
  | { readonly $min: FieldNameOf<S> }
  | { readonly $max: FieldNameOf<S> };

export interface AggregateQuery<S = AnySpec> {
  readonly where?: Where<S> | undefined;
  /** Groupable fields, or dotted paths into nested ones. */
  readonly groupBy?: readonly (GroupableOf<S> | `${string}.${string}`)[] | undefined;
  /** The values to compute, by the name they get in a row. */
  readonly select: Readonly<Record<string, Aggregate<S>>>;
  /** Conditions on group fields and computed values, by name. */
  readonly having?: Readonly<Record<string, unknown>> | undefined;
  /** By group fields and computed values. Groups that tie come in order of their first record's creation. */
  readonly orderBy?: readonly OrderBy<string>[] | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

export type Query<S = AnySpec> = FindQuery<S> | AggregateQuery<S>;

/**
 * `Q` with `never` for whatever no query has: a misspelt field in `where` at any depth, or a misspelt part. A type
 * that is inferred takes any further property in silence, and such a query would ask for everything.
 */
export type Known<S, Q> = {
  readonly [K in keyof Q]: K extends 'where'
    ? KnownWhere<S, Q[K]>
    : K extends 'having'
      ? KnownHaving<Q, Q[K]>
      : K extends PartOf<Q>
        ? Q[K]
        : never;
};

type KnownWhere<S, W> = {
  readonly [K in keyof W]: K extends '$and' | '$or'
    ? KnownList<S, W[K]>
    : K extends '$not'
      ? KnownWhere<S, W[K]>
      : K extends FilterableOf<S>
        ? W[K]
        : K extends `${string}.${string}`
          ? W[K] extends Condition<string | number | boolean>
            ? W[K]
            : never
          : never;
};

/** The parts that a query of this kind can have. */
type PartOf<Q> = Q extends { readonly select: readonly unknown[] }
  ? keyof FindQuery
  : Q extends { readonly select: object }
    ? keyof AggregateQuery
    : keyof FindQuery | keyof AggregateQuery;

/** The names in the rows of an aggregate. */
type RowNames<Q> =
  | (Q extends { readonly groupBy: readonly (infer G)[] } ? G : never)
  | (Q extends { readonly select: infer Select } ? keyof Select : never);

type KnownHaving<Q, H> = {
  readonly [K in keyof H]: K extends RowNames<Q> | '$and' | '$or' | '$not' ? H[K] : never;
};

type KnownList<S, L> = { readonly [I in keyof L]: KnownWhere<S, L[I]> };

type AggregateValue<S, A> = A extends { readonly $count: unknown } | { readonly $countDistinct: unknown }
  ? number
  : A extends { readonly $min: infer K extends FieldNameOf<S> } | { readonly $max: infer K extends FieldNameOf<S> }
    ? AggregatedValue<FieldValueOf<S, K>> | null
    : number | null;

/** The lowest or highest of a list field is one of its elements. */
type AggregatedValue<V> = V extends readonly (infer E)[] ? E : V;

type Simplify<T> = { readonly [K in keyof T]: T[K] } & {};

/** The rows that a query gives. */
export type ResultOf<S, Q> = Q extends { readonly select: readonly (infer K)[] }
  ? Simplify<NamedFields<S, K>>
  : Q extends { readonly select: infer Select; readonly groupBy: readonly (infer G)[] }
    ? Simplify<NamedFields<S, G> & { readonly [A in keyof Select]: AggregateValue<S, Select[A]> }>
    : Q extends { readonly select: infer Select extends Readonly<Record<string, unknown>> }
      ? Simplify<{ readonly [A in keyof Select]: AggregateValue<S, Select[A]> }>
      : // A query whose type only says that there may be a select promises no field.
        'select' extends keyof Q
        ? Partial<RecordOf<S>>
        : RecordOf<S>;

/** Fields by name, typed; dotted paths by their whole text, whose values no type is worked out for. */
type NamedFields<S, Names> = { readonly [F in Names & FieldNameOf<S>]: FieldValueOf<S, F> } & {
  readonly [P in Exclude<Names, FieldNameOf<S>> & string]: unknown;
};

/** What a query did to find its answer. */
export interface Explanation {
  /** The fields of the index that served, or `id` for the ids themselves; undefined when records were scanned. */
  readonly index: readonly string[] | undefined;
  /** In words: `AgentId equal, LoginTime from 1 to 2, backwards`. Values are left out. */
  readonly range: string;
  /** Whether the index gave the order too, so that nothing was sorted. */
  readonly ordered: boolean;
  /** The fields whose conditions were tested record by record. */
  readonly tested: readonly string[];
  /** How many index entries or records were looked at. */
  readonly visited: number;
  /** How many fitted, before limit and offset cut; at most what had to be found. */
  readonly matched: number;
  readonly returned: number;
}
