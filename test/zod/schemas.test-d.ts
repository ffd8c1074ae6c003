import { expectTypeOf, test } from 'vitest';
import type * as z from 'zod';
import type { GenesysSession, LiveAgentSession, SOSSession, TwilioProxySession } from '../../src/collections/catalog.ts';
import type { CreateOf, RecordOf, UpdateOf } from '../../src/engine/definition/infer.ts';
import type { CreateSchema, RecordSchema, StoredCreateOf, StoredUpdateOf, UpdateSchema } from '../../src/zod/schema-types.ts';

type Chat = (typeof LiveAgentSession)['spec'];
type Sos = (typeof SOSSession)['spec'];
type Journey = (typeof GenesysSession)['spec'];
type Proxy = (typeof TwilioProxySession)['spec'];

test('x', () => {
  expectTypeOf<z.infer<RecordSchema<Chat>>>().toEqualTypeOf<RecordOf<Chat>>();
  expectTypeOf<z.infer<RecordSchema<Sos>>>().toEqualTypeOf<RecordOf<Sos>>();
  expectTypeOf<z.infer<RecordSchema<Journey>>>().toEqualTypeOf<RecordOf<Journey>>();
  expectTypeOf<z.infer<RecordSchema<Proxy>>>().toEqualTypeOf<RecordOf<Proxy>>();
  expectTypeOf<z.infer<CreateSchema<Chat>>>().toEqualTypeOf<StoredCreateOf<Chat>>();
  expectTypeOf<z.input<CreateSchema<Chat>>>().toEqualTypeOf<CreateOf<Chat>>();
  expectTypeOf<z.input<CreateSchema<Journey>>>().toEqualTypeOf<CreateOf<Journey>>();
  expectTypeOf<z.input<UpdateSchema<Journey>>>().toEqualTypeOf<UpdateOf<Journey>>();
  expectTypeOf<z.infer<UpdateSchema<Journey>>>().toEqualTypeOf<StoredUpdateOf<Journey>>();
  expectTypeOf<z.infer<UpdateSchema<Chat>>['LoginTime']>().toEqualTypeOf<string | undefined>();
});
