import type * as z from 'zod';
import type { ObjectSpec } from '../engine/definition/definition.ts';
import type { CreateOf, RecordOf, UpdateOf } from '../engine/definition/infer.ts';

/** A field's schema, its value in and its value out known. */
type Of<Out, In = Out> = z.ZodType<Out, In>;

/** An input once it has been brought to the stored form: the same keys, dateTimes as texts, nested objects whole. */
type Stored<Inputs, Records> = {
  readonly [K in keyof Inputs]: Records[K & keyof Records] | (undefined extends Inputs[K] ? undefined : never);
} & {};

/** What `create` keeps of its input. */
export type StoredCreateOf<S> = Stored<CreateOf<S>, RecordOf<S>>;

/** What `update` keeps of its input. */
export type StoredUpdateOf<S> = Stored<UpdateOf<S>, RecordOf<S>>;

type RecordShape<Records> = { -readonly [K in keyof Records]: Of<Records[K]> };

type InputShape<Inputs, Records> = {
  -readonly [K in keyof Inputs]-?: undefined extends Inputs[K]
    ? z.ZodOptional<Of<Records[K & keyof Records], Exclude<Inputs[K], undefined>>>
    : Of<Records[K & keyof Records], Inputs[K]>;
};

/** `unwrap()` gives the `ZodObject` with its `pick`, `omit` and `extend`. */
export type RecordSchema<S extends ObjectSpec> = z.ZodReadonly<z.ZodObject<RecordShape<RecordOf<S>>, z.core.$strict>>;

export type CreateSchema<S extends ObjectSpec> = z.ZodReadonly<
  z.ZodObject<InputShape<CreateOf<S>, RecordOf<S>>, z.core.$strict>
>;

export type UpdateSchema<S extends ObjectSpec> = z.ZodReadonly<
  z.ZodObject<InputShape<UpdateOf<S>, RecordOf<S>>, z.core.$strict>
>;
