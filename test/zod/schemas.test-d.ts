import { expectTypeOf, test } from 'vitest';
import type * as z from 'zod';
import type {
  GenesysSession,
  LiveAgentSession,
  SOSSession,
  TwilioProxySession,
} from '../../src/collections/catalog.ts';
import { defineObject } from '../../src/engine/definition/define-object.ts';
import type { CreateOf, RecordOf, UpdateOf } from '../../src/engine/definition/infer.ts';
import {
  createSchema,
  type recordSchema,
  type StoredCreateOf,
  type StoredUpdateOf,
  type updateSchema,
} from '../../src/zod/schemas.ts';

type Chat = (typeof LiveAgentSession)['spec'];
type Sos = (typeof SOSSession)['spec'];
type Journey = (typeof GenesysSession)['spec'];
type Proxy = (typeof TwilioProxySession)['spec'];

test('what recordSchema gives is the record', () => {
  expectTypeOf<z.infer<ReturnType<typeof recordSchema<Chat>>>>().toEqualTypeOf<RecordOf<Chat>>();
  expectTypeOf<z.infer<ReturnType<typeof recordSchema<Sos>>>>().toEqualTypeOf<RecordOf<Sos>>();
  expectTypeOf<z.infer<ReturnType<typeof recordSchema<Journey>>>>().toEqualTypeOf<RecordOf<Journey>>();
  expectTypeOf<z.infer<ReturnType<typeof recordSchema<Proxy>>>>().toEqualTypeOf<RecordOf<Proxy>>();
  expectTypeOf<z.input<ReturnType<typeof recordSchema<Sos>>>>().toEqualTypeOf<RecordOf<Sos>>();
});

test('createSchema takes what create takes and gives what is kept of it', () => {
  expectTypeOf<z.input<ReturnType<typeof createSchema<Chat>>>>().toEqualTypeOf<CreateOf<Chat>>();
  expectTypeOf<z.input<ReturnType<typeof createSchema<Journey>>>>().toEqualTypeOf<CreateOf<Journey>>();
  expectTypeOf<z.infer<ReturnType<typeof createSchema<Sos>>>>().toEqualTypeOf<StoredCreateOf<Sos>>();
  expectTypeOf<z.infer<ReturnType<typeof createSchema<Proxy>>>>().toEqualTypeOf<StoredCreateOf<Proxy>>();
  expectTypeOf<StoredCreateOf<Chat>>().toExtend<CreateOf<Chat>>();
  expectTypeOf<CreateOf<Chat>['LoginTime']>().toEqualTypeOf<string | Date>();
  expectTypeOf<StoredCreateOf<Chat>['LoginTime']>().toEqualTypeOf<string>();
  expectTypeOf<StoredCreateOf<Chat>['TimeIdle']>().toEqualTypeOf<number | null | undefined>();
  expectTypeOf<NonNullable<StoredCreateOf<Journey>['device']>>().toEqualTypeOf<
    NonNullable<RecordOf<Journey>['device']>
  >();
});

test('updateSchema takes what update takes and gives what is kept of it', () => {
  expectTypeOf<z.input<ReturnType<typeof updateSchema<Chat>>>>().toEqualTypeOf<UpdateOf<Chat>>();
  expectTypeOf<z.input<ReturnType<typeof updateSchema<Proxy>>>>().toEqualTypeOf<UpdateOf<Proxy>>();
  expectTypeOf<z.infer<ReturnType<typeof updateSchema<Chat>>>>().toEqualTypeOf<StoredUpdateOf<Chat>>();
  expectTypeOf<z.infer<ReturnType<typeof updateSchema<Journey>>>>().toEqualTypeOf<StoredUpdateOf<Journey>>();
  expectTypeOf<StoredUpdateOf<Proxy>['sid']>().toEqualTypeOf<string>();
});

test('schemas of a user’s own object are typed by what was written', () => {
  const Visit = defineObject({
    name: 'Visit',
    fields: {
      Kind: { type: 'picklist', properties: 'Create, Filter, Restricted picklist', values: ['shop', 'phone'] },
      Seconds: { type: 'int' },
      Secret: { type: 'string', properties: 'Nillable' },
    },
  });
  const schema = createSchema(Visit);
  expectTypeOf<z.input<typeof schema>>().toEqualTypeOf<{
    readonly Kind: 'shop' | 'phone';
    readonly Seconds?: number | null | undefined;
  }>();
});

test('the object schema is at hand for picking and leaving out', () => {
  const schema = createSchema(
    defineObject({ name: 'Visit', fields: { Kind: { type: 'string' }, At: { type: 'dateTime' } } }),
  );
  const picked = schema.unwrap().pick({ At: true });
  expectTypeOf<z.input<typeof picked>>().toEqualTypeOf<{ At?: string | Date | null | undefined }>();
  expectTypeOf<z.infer<typeof picked>>().toEqualTypeOf<{ At?: string | null | undefined }>();
});
