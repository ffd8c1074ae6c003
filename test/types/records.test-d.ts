import { expectTypeOf, test } from 'vitest';
import { LiveAgentSession, salesforce, twilio } from '../../src/collections/catalog.ts';
import {
  type Collection,
  type CreateOf,
  type DeleteResult,
  defineObject,
  openDatabase,
  type RecordOf,
  type SaveResult,
  type UpdateOf,
  type UpsertResult,
} from '../../src/index.ts';

const Visit = defineObject({
  name: 'Visit__c',
  fields: {
    Subject__c: { type: 'string' },
    Kind__c: {
      type: 'picklist',
      properties: 'Create, Filter, Restricted picklist, Sort, Update',
      values: ['shop', 'phone'],
    },
    Mood__c: { type: 'picklist', values: ['good', 'bad'] },
    Number__c: { type: 'string', properties: 'Autonumber, Defaulted on create, Filter' },
    Seconds__c: { type: 'int' },
    Score__c: { type: 'double' },
    Open__c: { type: 'boolean', properties: 'Create, Defaulted on create, Filter, Update' },
    Began__c: { type: 'dateTime', properties: 'Create, Filter, Sort' },
    Day__c: { type: 'date' },
    Any__c: { type: 'anyType' },
    Device__c: {
      type: 'object',
      fields: { name: { type: 'string' }, since: { type: 'dateTime' }, size: { type: 'list', of: { type: 'int' } } },
    },
    Labels__c: { type: 'list', of: { type: 'string' } },
    Answers__c: { type: 'map', of: { type: 'boolean' } },
  },
});
type Spec = (typeof Visit)['spec'];
type Visit = RecordOf<Spec>;

test('a record has every field, its own and the system’s, all read-only', () => {
  expectTypeOf<Visit['Id']>().toEqualTypeOf<string>();
  expectTypeOf<Visit['IsDeleted']>().toEqualTypeOf<boolean>();
  expectTypeOf<Visit['CreatedDate']>().toEqualTypeOf<string>();
  expectTypeOf<keyof Visit>().toEqualTypeOf<
    | 'Id'
    | 'IsDeleted'
    | 'CreatedDate'
    | 'CreatedById'
    | 'LastModifiedDate'
    | 'LastModifiedById'
    | 'SystemModstamp'
    | 'Subject__c'
    | 'Kind__c'
    | 'Mood__c'
    | 'Number__c'
    | 'Seconds__c'
    | 'Score__c'
    | 'Open__c'
    | 'Began__c'
    | 'Day__c'
    | 'Any__c'
    | 'Device__c'
    | 'Labels__c'
    | 'Answers__c'
  >();
  const visit = {} as Visit;
  // @ts-expect-error a record cannot be changed
  visit.Subject__c = 'x';
  // @ts-expect-error nor what is nested in it
  (visit.Device__c as NonNullable<Visit['Device__c']>).name = 'x';
});

test('a field that may be null says so, and no other', () => {
  expectTypeOf<Visit['Subject__c']>().toEqualTypeOf<string | null>();
  expectTypeOf<Visit['Number__c']>().toEqualTypeOf<string>();
  expectTypeOf<Visit['Began__c']>().toEqualTypeOf<string>();
  expectTypeOf<Visit['Seconds__c']>().toEqualTypeOf<number | null>();
  expectTypeOf<Visit['Open__c']>().toEqualTypeOf<boolean>();
});

test('a picklist knows its values; only a restricted one knows no others', () => {
  expectTypeOf<Visit['Kind__c']>().toEqualTypeOf<'shop' | 'phone'>();
  expectTypeOf<'anything'>().toExtend<Visit['Mood__c']>();
  expectTypeOf<'neither'>().not.toExtend<Visit['Kind__c']>();
});

test('nested values are typed to their depths', () => {
  expectTypeOf<NonNullable<Visit['Device__c']>>().toEqualTypeOf<{
    readonly name: string | null;
    readonly since: string | null;
    readonly size: readonly number[] | null;
  }>();
  expectTypeOf<Visit['Labels__c']>().toEqualTypeOf<readonly string[] | null>();
  expectTypeOf<Visit['Answers__c']>().toEqualTypeOf<{ readonly [key: string]: boolean } | null>();
});

test('create takes what can be created: what must be given is required, the rest may be left out', () => {
  type Create = CreateOf<Spec>;
  expectTypeOf<{ Kind__c: 'shop'; Began__c: Date }>().toExtend<Create>();
  expectTypeOf<{ Kind__c: 'shop' }>().not.toExtend<Create>();
  expectTypeOf<{ Kind__c: null; Began__c: string }>().not.toExtend<Create>();
  expectTypeOf<Create['Began__c']>().toEqualTypeOf<string | Date>();
  expectTypeOf<Create['Open__c']>().toEqualTypeOf<boolean | undefined>();
  expectTypeOf<Create['Subject__c']>().toEqualTypeOf<string | null | undefined>();
  expectTypeOf<Create>().not.toHaveProperty('Id');
  expectTypeOf<Create>().not.toHaveProperty('Number__c');
  expectTypeOf<Create>().not.toHaveProperty('CreatedDate');
  expectTypeOf<{ Kind__c: 'shop'; Began__c: string; Device__c: { name: 'x' } }>().toExtend<Create>();
  expectTypeOf<{ Kind__c: 'shop'; Began__c: string; Device__c: { name: 5 } }>().not.toExtend<Create>();
});

test('update takes the id and what can be updated', () => {
  type Update = UpdateOf<Spec>;
  expectTypeOf<{ Id: string }>().toExtend<Update>();
  expectTypeOf<{ Subject__c: 'x' }>().not.toExtend<Update>();
  expectTypeOf<Update['Subject__c']>().toEqualTypeOf<string | null | undefined>();
  expectTypeOf<Update['Kind__c']>().toEqualTypeOf<'shop' | 'phone' | undefined>();
  expectTypeOf<Update>().not.toHaveProperty('Began__c');
  expectTypeOf<Update>().not.toHaveProperty('Number__c');
});

test('a database knows its objects by name', async () => {
  const db = await openDatabase({ name: 'types', objects: [Visit, LiveAgentSession] });
  expectTypeOf(db.Visit__c).toEqualTypeOf<Collection<Spec>>();
  expectTypeOf(db.collection('Visit__c')).toEqualTypeOf<Collection<Spec>>();
  expectTypeOf(db.LiveAgentSession).toEqualTypeOf<Collection<(typeof LiveAgentSession)['spec']>>();
  expectTypeOf(db.collection('LiveAgentSession')).toEqualTypeOf<typeof db.LiveAgentSession>();
  // @ts-expect-error there is no such object
  db.SOSSession;
  // @ts-expect-error there is no such object
  db.collection('SOSSession');
  expectTypeOf(db.Visit__c.get('x')).toEqualTypeOf<Visit | undefined>();
});

test('catalogs can be given whole and side by side', async () => {
  const db = await openDatabase({ name: 'types', objects: [...salesforce, ...twilio, Visit] });
  expectTypeOf(db.SOSSession.get('x')).not.toBeAny();
  expectTypeOf(db.TwilioProxySession.get('x')?.status).toEqualTypeOf<
    'open' | 'in-progress' | 'closed' | 'failed' | 'unknown' | undefined
  >();
  expectTypeOf(db.Visit__c.get('x')?.Kind__c).toEqualTypeOf<'shop' | 'phone' | undefined>();
  const named = await openDatabase({ name: 'types', objects: salesforce });
  expectTypeOf(named.LiveAgentSession.get('x')?.LoginTime).toEqualTypeOf<string | undefined>();
});

test('calls take inputs and give results by their form', async () => {
  const { Visit__c: visits } = await openDatabase({ name: 'types', objects: [Visit] });
  const good = { Kind__c: 'shop', Began__c: new Date() } as const;
  expectTypeOf(visits.create(good)).resolves.toEqualTypeOf<SaveResult>();
  expectTypeOf(visits.create([good], { allOrNone: true })).resolves.toEqualTypeOf<SaveResult[]>();
  expectTypeOf(visits.upsert('Id', { Subject__c: 'x' })).resolves.toEqualTypeOf<UpsertResult>();
  expectTypeOf(visits.delete('x')).resolves.toEqualTypeOf<DeleteResult>();
  expectTypeOf(visits.delete(['x'])).resolves.toEqualTypeOf<DeleteResult[]>();
  // @ts-expect-error Began__c must be given
  visits.create({ Kind__c: 'shop' });
  // @ts-expect-error the number is given by the database
  visits.create({ ...good, Number__c: '5' });
  // @ts-expect-error not a value of the list
  visits.create({ ...good, Kind__c: 'letter' });
  // @ts-expect-error a number is needed
  visits.update({ Id: 'x', Seconds__c: '5' });
  // @ts-expect-error the beginning cannot be changed
  visits.update({ Id: 'x', Began__c: new Date() });
  // @ts-expect-error the id is needed
  visits.update({ Subject__c: 'x' });
  // @ts-expect-error there is no such field
  visits.upsert('Nope', {});
  // @ts-expect-error there is no such field
  visits.retrieve(['x'], ['Nope']);
});

test('a transaction knows the same objects, its calls being synchronous', async () => {
  const db = await openDatabase({ name: 'types', objects: [Visit, LiveAgentSession] });
  const count = db.transaction((tx) => {
    expectTypeOf(tx.Visit__c.get('x')).toEqualTypeOf<Visit | undefined>();
    expectTypeOf(tx.collection('Visit__c').create({ Kind__c: 'shop', Began__c: 'x' })).toEqualTypeOf<SaveResult>();
    // @ts-expect-error there is no such object
    tx.collection('SOSSession');
    // @ts-expect-error Began__c must be given
    tx.Visit__c.create({ Kind__c: 'shop' });
    return tx.LiveAgentSession.count();
  });
  expectTypeOf(count).toEqualTypeOf<number>();
});
