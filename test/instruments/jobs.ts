import fc from 'fast-check';
import { defineObject, openDatabase } from '../../src/index.ts';
import { createFakeEnvironment } from './fake-environment.ts';
import { USER } from './session-database.ts';

/** Jobs of teams of regions: records whose live queries look at themselves, a parent and a parent's parent. */
const Region = defineObject({
  name: 'Region__c',
  id: { kind: 'salesforce', prefix: 'a0R' },
  fields: { Name: { type: 'string' } },
});
const Team = defineObject({
  name: 'Team__c',
  id: { kind: 'salesforce', prefix: 'a0T' },
  fields: {
    Name: { type: 'string' },
    Size__c: { type: 'int' },
    Region__c: { type: 'reference', referenceTo: ['Region__c'], relationshipName: 'Region__r' },
  },
});
const Job = defineObject({
  name: 'Job__c',
  id: { kind: 'salesforce', prefix: 'a0J' },
  fields: {
    Name: { type: 'string' },
    State__c: { type: 'picklist' },
    Waits__c: { type: 'int' },
    Score__c: { type: 'double' },
    Starts__c: { type: 'dateTime' },
    Team__c: { type: 'reference', referenceTo: ['Team__c'], relationshipName: 'Team__r' },
  },
});

export async function openJobs(onError: (error: unknown) => void) {
  const env = createFakeEnvironment();
  const objects = [Region, Team, Job] as const;
  const db = await openDatabase({ name: 'jobs', objects, user: USER, env, onError });
  return { db, env };
}

export type JobDatabase = Awaited<ReturnType<typeof openJobs>>['db'];

/** What to write, by place among what is there: nobody knows ids before they are given. */
export type JobStep =
  | { readonly kind: 'create'; readonly object: 'job' | 'team' | 'region'; readonly values: Values }
  | {
      readonly kind: 'update';
      readonly object: 'job' | 'team' | 'region';
      readonly at: number;
      readonly values: Values;
    }
  | { readonly kind: 'delete' | 'undelete' | 'purge'; readonly object: 'job' | 'team' | 'region'; readonly at: number }
  | { readonly kind: 'advance'; readonly hours: number };

interface Values {
  readonly text: string | null;
  readonly number: number | null;
  readonly hours: number | null;
  readonly parent: number | null;
}

const values: fc.Arbitrary<Values> = fc.record({
  text: fc.option(fc.constantFrom('a', 'A', 'ab', 'b', 'open', 'Open', 'done')),
  number: fc.option(fc.integer({ min: 0, max: 6 })),
  hours: fc.option(fc.integer({ min: -60, max: 60 })),
  parent: fc.option(fc.nat(3), { freq: 5 }),
});
const object = fc.constantFrom('job' as const, 'job' as const, 'job' as const, 'team' as const, 'region' as const);

export const jobStep: fc.Arbitrary<JobStep> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('create' as const), object, values }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('update' as const), object, at: fc.nat(20), values }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('delete' as const, 'undelete' as const), object, at: fc.nat(20) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('purge' as const), object, at: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), hours: fc.integer({ min: 1, max: 30 }) }),
  },
);

const NAMES = { job: 'Job__c', team: 'Team__c', region: 'Region__c' } as const;

function recordOf(db: JobDatabase, object: 'job' | 'team' | 'region', { text, number, hours, parent }: Values) {
  const parents = object === 'job' ? db.Team__c.find({ select: ['Id'] }) : db.Region__c.find({ select: ['Id'] });
  const reference = parent === null ? null : (parents[parent % Math.max(1, parents.length)]?.Id ?? null);
  if (object === 'region') return { Name: text };
  if (object === 'team') return { Name: text, Size__c: number, Region__c: reference };
  const Starts__c = hours === null ? null : new Date(Date.UTC(2026, 0, 12, 12) + hours * 3_600_000);
  const Score__c = number === null ? null : number / 4;
  return { Name: text, State__c: text, Waits__c: number, Score__c, Starts__c, Team__c: reference };
}

/** Makes one step. What cannot be done, as there is nothing to do it to, is not. */
export function playJobStep(db: JobDatabase, step: JobStep): void {
  if (step.kind === 'advance') return;
  db.transaction((tx) => {
    const records = tx.collection(NAMES[step.object]) as never as {
      create(record: object): unknown;
      update(record: object): unknown;
      delete(id: string): unknown;
      undelete(id: string): unknown;
      emptyRecycleBin(ids: readonly string[]): unknown;
      find(query: object): readonly { readonly Id: string }[];
    };
    if (step.kind === 'create') return void records.create(recordOf(db, step.object, step.values));
    const inBin = step.kind === 'undelete' || step.kind === 'purge';
    const there = records.find({ select: ['Id'], deleted: inBin ? 'only' : 'exclude' });
    const Id = there[step.at % Math.max(1, there.length)]?.Id;
    if (Id === undefined) return;
    if (step.kind === 'update') records.update({ Id, ...recordOf(db, step.object, step.values) });
    else if (step.kind === 'purge') records.emptyRecycleBin([Id]);
    else records[step.kind](Id);
  });
}
