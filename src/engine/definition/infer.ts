/** Types of records and inputs, read off an object's spec. */

import type { DefaultPickedProperties, DefaultProperties, FieldSpec, ObjectSpec } from './definition.ts';
import type { SystemFields } from './system-fields.ts';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

type PropertiesOf<F> = F extends { readonly properties: infer P extends string }
  ? P
  : F extends { readonly type: 'multipicklist' }
    ? DefaultPickedProperties
    : DefaultProperties;

/** Whether the properties of field `F` list `Word`. */
type Has<F, Word extends string> = PropertiesOf<F> extends `${string}${Word}${string}` ? true : false;

type PicklistValue<F> = F extends { readonly values: readonly (infer V extends string)[] }
  ? Has<F, 'Restricted picklist'> extends true
    ? V
    : V | (string & {})
  : string;

type Simplify<T> = { [K in keyof T]: T[K] } & {};

/** The value of a field when it has one. */
type ValueOf<F> = F extends { readonly type: infer Type }
  ? Type extends 'int' | 'double'
    ? number
    : Type extends 'boolean'
      ? boolean
      : Type extends 'picklist'
        ? PicklistValue<F>
        : Type extends 'multipicklist'
          ? string
          : Type extends 'anyType'
            ? JsonValue
            : Type extends 'object'
              ? F extends { readonly fields: infer Nested }
                ? { readonly [K in keyof Nested]: ValueOf<Nested[K]> | null }
                : { readonly [key: string]: JsonValue }
              : Type extends 'list'
                ? F extends { readonly of: infer Element }
                  ? readonly ValueOf<Element>[]
                  : readonly JsonValue[]
                : Type extends 'map'
                  ? F extends { readonly of: infer Element }
                    ? { readonly [key: string]: ValueOf<Element> }
                    : { readonly [key: string]: JsonValue }
                  : string
  : never;

/** What may be given for a field: dateTimes also as `Date`, nested objects with fields left out. */
type InputValueOf<F> = F extends { readonly type: infer Type }
  ? Type extends 'dateTime' | 'date'
    ? string | Date
    : Type extends 'object'
      ? F extends { readonly fields: infer Nested }
        ? { readonly [K in keyof Nested]?: InputValueOf<Nested[K]> | null | undefined }
        : { readonly [key: string]: JsonValue }
      : Type extends 'list'
        ? F extends { readonly of: infer Element }
          ? readonly InputValueOf<Element>[]
          : readonly JsonValue[]
        : Type extends 'map'
          ? F extends { readonly of: infer Element }
            ? { readonly [key: string]: InputValueOf<Element> }
            : { readonly [key: string]: JsonValue }
          : ValueOf<F>
  : never;

type FieldsOf<S> = S extends { readonly fields: infer Fields } ? Fields : never;
type SystemOf<S> = S extends { readonly system: infer Kind } ? SystemFields<Kind> : SystemFields<'salesforce'>;

/** All fields of an object, its own and the system's. An own field of a system field's name takes its place. */
export type AllFields<D> = FieldsIn<SpecOf<D>>;
type FieldsIn<S> = Omit<SystemOf<S>, keyof FieldsOf<S>> & FieldsOf<S>;

type KeysWith<Fields, Word extends string> = {
  [K in keyof Fields]: Has<Fields[K], Word> extends true ? K : never;
}[keyof Fields];

type RequiredOnCreate<Fields> = {
  [K in keyof Fields]: Has<Fields[K], 'Create'> extends true
    ? Has<Fields[K], 'Nillable'> extends true
      ? never
      : Has<Fields[K], 'Defaulted on create'> extends true
        ? never
        : // A boolean that is left out is false, as in Salesforce.
          Fields[K] extends { readonly type: 'boolean' }
          ? never
          : K
    : never;
}[keyof Fields];

/** Some vendors call even the id nillable; the id of a record that is kept never is null. */
type NullIfNillable<F> = F extends { readonly type: 'id' } ? never : Has<F, 'Nillable'> extends true ? null : never;

type ReadFields<Fields> = { readonly [K in keyof Fields]: ValueOf<Fields[K]> | NullIfNillable<Fields[K]> };

type CreateFields<Fields> = {
  readonly [K in RequiredOnCreate<Fields>]: InputValueOf<Fields[K]>;
} & {
  readonly [K in Exclude<KeysWith<Fields, 'Create'>, RequiredOnCreate<Fields>>]?:
    | InputValueOf<Fields[K]>
    | NullIfNillable<Fields[K]>
    | undefined;
};

type UpdateFields<Fields> = {
  readonly [K in KeysWith<Fields, 'Update'>]?: InputValueOf<Fields[K]> | NullIfNillable<Fields[K]> | undefined;
};

/** The name of the field that holds the id. */
export type IdFieldOf<D> = SpecOf<D> extends { readonly roles: { readonly id: infer Id extends string } } ? Id : 'Id';

/** The spec that a definition was made of; a spec is its own. */
export type SpecOf<D> = D extends { readonly spec: infer S } ? S : D;

/** A record as it is read: frozen, every field present, unset ones null. Of a definition (`typeof Callback`) or spec. */
export type RecordOf<D> = Simplify<ReadFields<AllFields<D>>>;

/** What `create` takes: required fields must be there, read-only ones must not. */
export type CreateOf<D> = Simplify<CreateFields<AllFields<D>>>;

/** What `update` takes: the id, and any of the fields that can be updated. */
export type UpdateOf<D> = Simplify<{ readonly [K in IdFieldOf<D>]: string } & UpdateFields<AllFields<D>>>;

/** The names of the fields that can stand in a filter, an order or a group. */
export type FilterableOf<S> = KeysWith<AllFields<S>, 'Filter'> & string;
export type SortableOf<S> = KeysWith<AllFields<S>, 'Sort'> & string;
export type GroupableOf<S> = KeysWith<AllFields<S>, 'Group'> & string;
/** The names of the fields that hold numbers. */
export type NumericOf<S> = {
  [K in keyof AllFields<S>]: AllFields<S>[K] extends { readonly type: 'int' | 'double' } ? K : never;
}[keyof AllFields<S>] &
  string;
export type FieldNameOf<S> = keyof AllFields<S> & string;

/** The value of one field as it is read. */
export type FieldValueOf<S, K> = RecordOf<S>[K & keyof RecordOf<S>];

/** Any spec at all; what code that serves every object is written against. */
export type AnySpec = ObjectSpec & { readonly fields: Readonly<Record<string, FieldSpec>> };
