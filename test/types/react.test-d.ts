import { expectTypeOf, test } from 'vitest';
import { genesys, type LiveAgentSession, salesforce } from '../../src/collections/catalog.ts';
import { type Collection, openDatabase, type RecordOf, type SoqlRow } from '../../src/index.ts';
import { useCount, useLiveQuery, useRecord } from '../../src/react/hooks.ts';
import { soql } from '../../src/soql/soql-tag.ts';

const db = await openDatabase({ name: 'types', objects: [...salesforce, ...genesys] });
const chats = db.LiveAgentSession;
type Chat = RecordOf<typeof LiveAgentSession>;

test('rows are those that live gives', () => {
  expectTypeOf(useLiveQuery(chats, {})).toEqualTypeOf<readonly Chat[]>();
  expectTypeOf(useLiveQuery(chats, { where: { TimeIdle: 5 }, limit: 3 })).toEqualTypeOf<readonly Chat[]>();
  expectTypeOf(useLiveQuery(chats, { select: ['Id', 'TimeIdle'] }, { deliver: 'frame' })).toEqualTypeOf<
    readonly { readonly Id: string; readonly TimeIdle: number | null }[]
  >();
  expectTypeOf(
    useLiveQuery(chats, { groupBy: ['AgentId'], select: { n: { $count: '*' }, idle: { $sum: 'TimeIdle' } } }),
  ).toEqualTypeOf<readonly { readonly AgentId: string; readonly n: number; readonly idle: number | null }[]>();
  expectTypeOf(useLiveQuery(db.GenesysSession, { select: ['id', 'device.category'] })).toEqualTypeOf<
    readonly { readonly id: string; readonly 'device.category': unknown }[]
  >();
});

test('a query may be left out, and its rows are typed all the same', () => {
  const agent = 'x' as string | undefined;
  expectTypeOf(useLiveQuery(chats, null)).toExtend<readonly Partial<Chat>[]>();
  expectTypeOf(useLiveQuery(chats, agent !== undefined && { where: { AgentId: agent } })).toEqualTypeOf<
    readonly Chat[]
  >();
  expectTypeOf(useLiveQuery(chats, agent === undefined ? null : { select: ['Id'] })).toEqualTypeOf<
    readonly { readonly Id: string }[]
  >();
  expectTypeOf(useLiveQuery(db, agent !== undefined && 'SELECT Id FROM LiveAgentSession')).toEqualTypeOf<
    readonly { readonly Id: string }[]
  >();
});

test('what no query has is refused', () => {
  // @ts-expect-error there is no such field
  useLiveQuery(chats, { where: { Nope: 1 } });
  // @ts-expect-error nor beside one that there is
  useLiveQuery(chats, { where: { TimeIdle: 5, Nope: 1 } });
  // @ts-expect-error nor to select
  useLiveQuery(chats, { select: ['Nope'] });
  // @ts-expect-error there is no such part of a query
  useLiveQuery(chats, { were: { TimeIdle: 5 } });
  // @ts-expect-error a number is needed
  useLiveQuery(chats, { where: { TimeIdle: '5' } });
  // @ts-expect-error all records are asked for by {}
  useLiveQuery(chats);
  // @ts-expect-error a collection takes no text
  useLiveQuery(chats, 'SELECT Id FROM LiveAgentSession');
  // @ts-expect-error the component ends the query
  useLiveQuery(chats, {}, { signal: new AbortController().signal });
  // @ts-expect-error a collection's query has no binds
  useLiveQuery(chats, {}, { binds: { idle: 5 } });
});

test('rows of SOQL are those that live of a database gives', () => {
  expectTypeOf(useLiveQuery(db, 'SELECT Id, TimeIdle FROM LiveAgentSession')).toEqualTypeOf<
    readonly { readonly Id: string; readonly TimeIdle: number | null }[]
  >();
  expectTypeOf(
    useLiveQuery(db, 'SELECT Name FROM LiveAgentSession WHERE TimeIdle > :idle', { binds: { idle: 5 } }),
  ).toEqualTypeOf<readonly { readonly Name: string }[]>();
  expectTypeOf(useLiveQuery(db, soql`SELECT Id FROM User WHERE Alias = ${'x'}`)).toEqualTypeOf<readonly SoqlRow[]>();
  // @ts-expect-error a database takes a text
  useLiveQuery(db, { where: { TimeIdle: 5 } });
  // @ts-expect-error there is no such option
  useLiveQuery(db, 'SELECT Id FROM User', { form: 'rest' });
});

test('a record and a count are typed by the collection', () => {
  expectTypeOf(useRecord(chats, 'x')).toEqualTypeOf<Chat | undefined>();
  expectTypeOf(useRecord(chats, null)).toEqualTypeOf<Chat | undefined>();
  expectTypeOf(useCount(chats)).toEqualTypeOf<number>();
  expectTypeOf(useCount(chats, { TimeIdle: { $gte: 5 } })).toEqualTypeOf<number>();
  // @ts-expect-error an id is a text
  useRecord(chats, 5);
  // @ts-expect-error there is no such field
  useCount(chats, { Nope: 1 });
  // @ts-expect-error a number is needed
  useCount(chats, { TimeIdle: '5' });
});

test('a hook can be written for any collection', () => {
  function useAll<S>(collection: Collection<S>): number {
    return useLiveQuery(collection, {}).length + useCount(collection);
  }
  expectTypeOf(useAll(chats)).toBeNumber();
});
