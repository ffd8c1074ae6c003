import { expectTypeOf, test } from 'vitest';
import type {
  GenesysSession,
  LiveAgentSession,
  SOSSession,
  TwilioProxySession,
} from '../../src/collections/catalog.ts';
import type { CreateOf, IdFieldOf, RecordOf, UpdateOf } from '../../src/engine/definition/infer.ts';

type Chat = (typeof LiveAgentSession)['spec'];
type Sos = (typeof SOSSession)['spec'];
type Journey = (typeof GenesysSession)['spec'];
type Proxy = (typeof TwilioProxySession)['spec'];

test('a chat session needs an agent and two times, and has no input for its name', () => {
  expectTypeOf<{ AgentId: string; LoginTime: Date; LogoutTime: string }>().toExtend<CreateOf<Chat>>();
  expectTypeOf<{ AgentId: string; LoginTime: Date }>().not.toExtend<CreateOf<Chat>>();
  expectTypeOf<CreateOf<Chat>>().not.toHaveProperty('Name');
  expectTypeOf<RecordOf<Chat>['TimeIdle']>().toEqualTypeOf<number | null>();
  expectTypeOf<RecordOf<Chat>['LoginTime']>().toEqualTypeOf<string>();
});

test('an SOS session needs nothing and its durations are read-only', () => {
  expectTypeOf<Record<never, never>>().toExtend<CreateOf<Sos>>();
  expectTypeOf<UpdateOf<Sos>>().not.toHaveProperty('SessionDuration');
  expectTypeOf<RecordOf<Sos>['Id']>().toEqualTypeOf<string>();
});

test('ids are never null, though vendors call them nullable', () => {
  expectTypeOf<RecordOf<Journey>['id']>().toEqualTypeOf<string>();
  expectTypeOf<RecordOf<Proxy>['sid']>().toEqualTypeOf<string>();
  expectTypeOf<IdFieldOf<Journey>>().toEqualTypeOf<'id'>();
  expectTypeOf<IdFieldOf<Proxy>>().toEqualTypeOf<'sid'>();
});

test('a journey session is typed to its depths', () => {
  type Page = NonNullable<RecordOf<Journey>['lastPage']>;
  expectTypeOf<Page['breadcrumb']>().toEqualTypeOf<readonly string[] | null>();
  type Achievement = NonNullable<RecordOf<Journey>['outcomeAchievements']>[number];
  expectTypeOf<NonNullable<Achievement['outcome']>['id']>().toEqualTypeOf<string | null>();
  expectTypeOf<NonNullable<RecordOf<Journey>['attributes']>[string]['value']>().toEqualTypeOf<string | null>();
});

test('a Proxy session has the states of the API and a mode that cannot be changed', () => {
  expectTypeOf<RecordOf<Proxy>['status']>().toEqualTypeOf<'open' | 'in-progress' | 'closed' | 'failed' | 'unknown'>();
  expectTypeOf<CreateOf<Proxy>>().toHaveProperty('mode');
  expectTypeOf<UpdateOf<Proxy>>().not.toHaveProperty('mode');
  expectTypeOf<UpdateOf<Proxy>>().not.toHaveProperty('unique_name');
});
