import type { Observable } from 'rxjs';
import { expectTypeOf, test } from 'vitest';
import { genesys, type LiveAgentSession, salesforce } from '../../src/collections/catalog.ts';
import {
  type CollectionOf,
  type Delta,
  type FindQuery,
  openDatabase,
  type RecordOf,
  type Where,
} from '../../src/index.ts';

const db = await openDatabase({ name: 'types', objects: [...salesforce, ...genesys] });
const chats = db.LiveAgentSession;
type Row = NonNullable<ReturnType<typeof chats.get>>;

test('where takes the fields that can be filtered, each with values of its type', () => {
  chats.find({ where: { AgentId: 'x', TimeIdle: 5, LoginTime: new Date(), IsDeleted: false, LastViewedDate: null } });
  chats.find({
    where: { TimeIdle: { $gte: 5, $lt: 10, $ne: null }, Name: { $like: '0%' }, AgentId: { $in: ['x', 'y'] } },
  });
  chats.find({
    where: { $or: [{ TimeIdle: 5 }, { $not: { Name: 'x' } }], $and: [{ LoginTime: { $gt: '2026-01-12T00:00:00Z' } }] },
  });
  chats.find({ where: { TimeIdle: { $exists: true, $not: { $in: [1, 2] } } } });
  // @ts-expect-error there is no such field
  chats.find({ where: { Nope: 1 } });
  // @ts-expect-error nor beside one that there is
  chats.findOne({ where: { TimeIdle: 5, Nope: 1 } });
  // @ts-expect-error nor within
  chats.find({ where: { $or: [{ TimeIdle: 5 }, { $not: { $and: [{ Nope: 1 }] } }] } });
  // @ts-expect-error there is no such part of a query
  chats.find({ were: { TimeIdle: 5 } });
  // @ts-expect-error a number is needed
  chats.find({ where: { TimeIdle: '5' } });
  // @ts-expect-error numbers are needed
  chats.find({ where: { TimeIdle: { $in: ['5'] } } });
  // @ts-expect-error there is no such operator
  chats.find({ where: { TimeIdle: { $regex: '5' } } });
  // @ts-expect-error a pattern is a text
  chats.find({ where: { Name: { $like: 5 } } });
  // @ts-expect-error true or false
  chats.find({ where: { Name: { $exists: 'yes' } } });
  // @ts-expect-error a list of conditions
  chats.find({ where: { $or: { TimeIdle: 5 } } });
  // @ts-expect-error the same within
  chats.find({ where: { $and: [{ $not: { TimeIdle: 'x' } }] } });
  // @ts-expect-error an encrypted field can never be filtered
  db.SOSSession.find({ where: { OpentokSession: 'x' } });
});

test('a query can be kept in a variable, typed or not', () => {
  type Spec = (typeof LiveAgentSession)['spec'];
  const typed: FindQuery<Spec> = { where: { TimeIdle: 5 }, limit: 2 };
  // It may have a select, as far as its type tells.
  expectTypeOf(chats.find(typed)).toEqualTypeOf<readonly Partial<Row>[]>();
  const byDefinition: FindQuery<typeof LiveAgentSession> = typed;
  expectTypeOf(chats.find(byDefinition)).toEqualTypeOf<readonly Partial<Row>[]>();
  const where: Where<Spec> = { $or: [{ TimeIdle: 5 }] };
  expectTypeOf(chats.find({ where, select: ['Name'] })).toEqualTypeOf<readonly { readonly Name: string }[]>();
  const plain = { where: { TimeIdle: { $gt: 5 } }, orderBy: [{ LoginTime: 'desc' }] } as const;
  expectTypeOf(chats.live(plain).getSnapshot()).toEqualTypeOf<readonly Row[]>();
  const misspelt = { where: { TimeIdel: 5 } } as const;
  // @ts-expect-error there is no such field
  chats.find(misspelt);
});

test('a find, a count and a live list look into the recycle bin', () => {
  chats.find({ deleted: 'only', where: { TimeIdle: 5 } });
  chats.findOne({ deleted: 'include' });
  chats.count({ deleted: 'only', limit: 5 });
  expectTypeOf(chats.live({ deleted: 'include' }).getSnapshot()).toEqualTypeOf<readonly Row[]>();
  // @ts-expect-error there is no such choice
  chats.find({ deleted: 'yes' });
  // @ts-expect-error computed values are of live records alone
  chats.aggregate({ deleted: 'only', select: { n: { $count: '*' } } });
});

test('lists are compared by their elements, and what nests not at all', () => {
  db.GenesysSession.find({ where: { searchTerms: 'shoes' } });
  db.GenesysSession.find({ where: { searchTerms: { $in: ['shoes', 'hats'] }, device: { $exists: true } } });
  db.GenesysSession.find({ where: { device: null } });
  // @ts-expect-error a list is no element
  db.GenesysSession.find({ where: { searchTerms: ['shoes'] } });
  // @ts-expect-error what is in it is asked for by a path
  db.GenesysSession.find({ where: { device: { category: 'mobile' } } });
  expectTypeOf(db.GenesysSession.aggregate({ select: { first: { $min: 'searchTerms' } } })).toEqualTypeOf<
    readonly { readonly first: string | null }[]
  >();
});

test('where takes dotted paths into nested values', () => {
  db.GenesysSession.find({ where: { 'device.category': 'mobile', 'device.screenWidth': { $gt: 320 }, eventCount: 5 } });
  // @ts-expect-error what is compared is a scalar
  db.GenesysSession.find({ where: { 'device.category': { name: 'mobile' } } });
});

test('orderBy takes the fields that can be sorted', () => {
  chats.find({ orderBy: [{ LoginTime: 'desc' }, { field: 'Name', direction: 'asc', nulls: 'last' }] });
  db.GenesysSession.find({ orderBy: [{ field: 'device.category' }] });
  // @ts-expect-error there is no such field
  chats.find({ orderBy: [{ Nope: 'asc' }] });
  // @ts-expect-error up is no direction
  chats.find({ orderBy: [{ Name: 'up' }] });
  // @ts-expect-error nulls come first or last
  chats.find({ orderBy: [{ field: 'Name', nulls: 'middle' }] });
  // @ts-expect-error an encrypted field can never be sorted
  db.SOSSession.find({ orderBy: [{ OpentokSession: 'asc' }] });
});

test('a find gives records, or rows of the fields selected', () => {
  expectTypeOf(chats.find()).toEqualTypeOf<readonly Row[]>();
  expectTypeOf(chats.find({ where: { TimeIdle: 5 }, limit: 5 })).toEqualTypeOf<readonly Row[]>();
  expectTypeOf(chats.findOne({ where: { TimeIdle: 5 } })).toEqualTypeOf<Row | undefined>();
  expectTypeOf(chats.find({ select: ['Name', 'TimeIdle'] })).toEqualTypeOf<
    readonly { readonly Name: string; readonly TimeIdle: number | null }[]
  >();
  expectTypeOf(chats.findOne({ select: ['LoginTime'] })).toEqualTypeOf<{ readonly LoginTime: string } | undefined>();
  expectTypeOf(db.GenesysSession.find({ select: ['id', 'device.category'] })).toEqualTypeOf<
    readonly { readonly id: string; readonly 'device.category': unknown }[]
  >();
  expectTypeOf<Row>().toEqualTypeOf<RecordOf<(typeof LiveAgentSession)['spec']>>();
  expectTypeOf<Row>().not.toBeAny();
  // @ts-expect-error there is no such field
  chats.find({ select: ['Nope'] });
  // @ts-expect-error a number is needed
  chats.find({ limit: '5' });
});

test('an aggregate gives rows of its groups and values', () => {
  const rows = chats.aggregate({
    where: { TimeIdle: { $gt: 0 } },
    groupBy: ['AgentId', 'ChatReqAssigned'],
    select: {
      sessions: { $count: '*' },
      owners: { $countDistinct: 'OwnerId' },
      idle: { $sum: 'TimeIdle' },
      mean: { $avg: 'TimeIdle' },
      first: { $min: 'LoginTime' },
      last: { $max: 'Name' },
    },
    having: { sessions: { $gt: 1 } },
    orderBy: [{ sessions: 'desc' }, { AgentId: 'asc' }],
  });
  expectTypeOf(rows).toEqualTypeOf<
    readonly {
      readonly AgentId: string;
      readonly ChatReqAssigned: number | null;
      readonly sessions: number;
      readonly owners: number;
      readonly idle: number | null;
      readonly mean: number | null;
      readonly first: string | null;
      readonly last: string | null;
    }[]
  >();
  expectTypeOf(chats.aggregate({ select: { n: { $count: '*' } } })).toEqualTypeOf<readonly { readonly n: number }[]>();
  // @ts-expect-error no column of the rows is called so
  chats.aggregate({ groupBy: ['AgentId'], select: { n: { $count: '*' } }, having: { m: { $gt: 1 } } });
  // @ts-expect-error LoginTime cannot be grouped
  chats.aggregate({ groupBy: ['LoginTime'], select: {} });
  // @ts-expect-error there is no such field
  chats.aggregate({ select: { n: { $sum: 'Nope' } } });
  // @ts-expect-error there is no such function
  chats.aggregate({ select: { n: { $median: 'TimeIdle' } } });
  // @ts-expect-error there is no such field
  chats.aggregate({ where: { Nope: 1 }, select: { n: { $count: '*' } } });
  // @ts-expect-error values to compute are needed
  chats.aggregate({ groupBy: ['AgentId'] });
});

test('a live query gives what its query gives, at once and as it changes', () => {
  const live = chats.live({ where: { TimeIdle: 5 }, orderBy: [{ LoginTime: 'desc' }], limit: 10 });
  expectTypeOf(live.getSnapshot()).toEqualTypeOf<readonly Row[]>();
  expectTypeOf(live.result$).toEqualTypeOf<Observable<readonly Row[]>>();
  expectTypeOf(live.delta$).toEqualTypeOf<Observable<Delta<Row>>>();
  expectTypeOf(live.subscribe(() => undefined)).toEqualTypeOf<() => void>();
  expectTypeOf(chats.live({ select: ['Name'] }).getSnapshot()).toEqualTypeOf<readonly { readonly Name: string }[]>();
  expectTypeOf(chats.live({ groupBy: ['AgentId'], select: { n: { $count: '*' } } }).getSnapshot()).toEqualTypeOf<
    readonly { readonly AgentId: string; readonly n: number }[]
  >();
  expectTypeOf(chats.live({ select: { n: { $count: '*' } } }).getSnapshot()).toEqualTypeOf<
    readonly { readonly n: number }[]
  >();
  // @ts-expect-error there is no such field
  chats.live({ where: { Nope: 1 } });
});

test('count and explain take queries of the same types', () => {
  expectTypeOf(chats.count({ where: { TimeIdle: 5 } })).toEqualTypeOf<number>();
  expectTypeOf(chats.explain({ where: { TimeIdle: 5 } }).index).toEqualTypeOf<readonly string[] | undefined>();
  // @ts-expect-error a number is needed
  chats.count({ where: { TimeIdle: '5' } });
});

test('a function takes the collection of a definition', () => {
  const count = (collection: CollectionOf<typeof LiveAgentSession>) => collection.size;
  expectTypeOf(count(chats)).toBeNumber();
});

test('a search gives records of the object, and takes its fields and conditions', () => {
  type Found = Awaited<ReturnType<typeof chats.search>>[number];
  expectTypeOf<Found['record']>().toEqualTypeOf<Row>();
  expectTypeOf(chats.search('x', { where: { TimeIdle: { $gt: 5 } }, fields: ['Name'], prefix: true })).toEqualTypeOf<
    Promise<readonly Found[]>
  >();
  // @ts-expect-error there is no such field
  chats.search('x', { where: { Nope: 1 } });
  // @ts-expect-error there is no such field
  chats.search('x', { fields: ['Nope'] });
  // @ts-expect-error there is no such option
  chats.search('x', { prefx: true });
});
