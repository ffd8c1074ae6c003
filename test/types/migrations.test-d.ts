import { expectTypeOf, test } from 'vitest';
import {
  type CreateOf,
  defineObject,
  type Migration,
  openDatabase,
  type RecordOf,
  type StorageProgress,
} from '../../src/index.ts';

const Callback = defineObject({
  name: 'Callback__c',
  version: 3,
  migrations: {
    2: (record) => {
      expectTypeOf(record).toEqualTypeOf<Readonly<Record<string, unknown>>>();
      return { ...record, Phone__c: record.Fone__c };
    },
    3: ({ Size__c, ...rest }) => ({ ...rest, Size__c: Number(Size__c) }),
  },
  fields: { Phone__c: { type: 'phone' }, Size__c: { type: 'int' } },
});

test('a migration is handed a record of fields that may hold anything, and gives one', () => {
  expectTypeOf<Migration>().toEqualTypeOf<
    (record: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
  >();
  const fields = { Note: { type: 'string' } } as const;
  // @ts-expect-error a migration gives a record
  defineObject({ name: 'A', version: 2, migrations: { 2: () => 5 }, fields });
  // @ts-expect-error it is no promise of one
  defineObject({ name: 'A', version: 2, migrations: { 2: async () => undefined }, fields });
  // @ts-expect-error what a record holds is not known
  defineObject({ name: 'A', version: 2, migrations: { 2: ({ Note }) => ({ Note: Note.trim() }) }, fields });
});

test('types of records and inputs are those of the present version', () => {
  expectTypeOf<RecordOf<typeof Callback>['Phone__c']>().toEqualTypeOf<string | null>();
  expectTypeOf<RecordOf<typeof Callback>['Size__c']>().toEqualTypeOf<number | null>();
  expectTypeOf<keyof CreateOf<typeof Callback>>().toEqualTypeOf<'Phone__c' | 'Size__c'>();
  expectTypeOf(Callback.version).toEqualTypeOf<number>();
});

test('progress is heard at an opening and of a compaction', async () => {
  const db = await openDatabase({
    name: 'x',
    objects: [Callback],
    onProgress: (progress) => expectTypeOf(progress).toEqualTypeOf<StorageProgress>(),
  });
  await db.compact({ onProgress: ({ phase }) => expectTypeOf(phase).toEqualTypeOf<StorageProgress['phase']>() });
});
