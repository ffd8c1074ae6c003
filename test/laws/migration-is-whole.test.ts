import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineObject, type ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import type { FieldSpec } from '../../src/engine/definition/definition.ts';
import { collectionOf, type Row } from '../instruments/any-database.ts';
import { historyOf, type Step, type Write } from '../instruments/arbitrary-history.ts';
import { type CrashStorage, crashStorage, type Photo } from '../instruments/crash-storage.ts';
import { expectEqual } from '../instruments/expect-rows.ts';
import { textOf, withKept } from '../instruments/kept-in-versions.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { errorOf } from '../instruments/session-database.ts';
import { createVisitObjects } from '../instruments/visit-object.ts';
import { World } from '../instruments/world.ts';

/** A few records, or enough for the ways that many take together. */
const arbitraryStart: fc.Arbitrary<Write> = fc
  .tuple(fc.integer(), fc.oneof(fc.nat(40), fc.integer({ min: 512, max: 540 })))
  .map(([seed, count]) => ({ kind: 'createMany', seed, count }));

/** What a version does to a field of the one before. */
type Fate = 'keep' | 'drop' | 'rename' | 'text' | 'list' | 'copy';

const FIRST = createVisitObjects('trimmed');
const VISIT = FIRST[0] as ObjectDefinition;
const SPECS: Readonly<Record<string, FieldSpec>> = VISIT.spec.fields;
const LASTING = new Set(['Name', 'Active']);
const SYSTEM = [
  'Id',
  'IsDeleted',
  'CreatedDate',
  'CreatedById',
  'LastModifiedDate',
  'LastModifiedById',
  'SystemModstamp',
];

/** By the name that a field had first: what becomes of it, or of those that came of it, in a version. */
type Plan = Readonly<Record<string, Fate>>;

const arbitraryPlan: fc.Arbitrary<Plan> = fc.record(
  Object.fromEntries(
    Object.keys(SPECS)
      .filter((name) => !LASTING.has(name))
      .map((name) => [name, fc.constantFrom<Fate>('keep', 'keep', 'drop', 'rename', 'text', 'list', 'copy')]),
  ),
);

interface Form {
  readonly fields: Readonly<Record<string, FieldSpec>>;
  /** The first name of each field. */
  readonly origins: Readonly<Record<string, string>>;
}

/** The fields of the next version, and for each of them where its value comes from and what is done to it. */
function next({ fields, origins }: Form, plan: Plan, version: number): Form & { readonly values: (row: Row) => Row } {
  const made: Record<string, FieldSpec> = {};
  const from: Record<string, string> = {};
  const ways: [to: string, source: string, fate: Fate][] = [];
  const add = (to: string, spec: FieldSpec, source: string, fate: Fate) => {
    made[to] = spec;
    from[to] = origins[source] as string;
    ways.push([to, source, fate]);
  };
  for (const [name, spec] of Object.entries(fields)) {
    const fate = plan[origins[name] as string] ?? 'keep';
    if (fate === 'drop') continue;
    if (fate === 'rename') add(`${name}_${version}`, spec, name, fate);
    else if (fate === 'text') add(name, { type: 'textarea' }, name, fate);
    else if (fate === 'list') add(name, { type: 'list', of: { type: 'anyType' } }, name, fate);
    else add(name, spec, name, fate);
    if (fate === 'copy') add(`${name}_copy${version}`, spec, name, fate);
  }
  const values = (row: Row) => {
    const record: Record<string, unknown> = {};
    for (const [to, source, fate] of ways) {
      const value = row[source];
      if (value === null) record[to] = null;
      else if (fate === 'text') record[to] = JSON.stringify(value);
      else record[to] = fate === 'list' ? [value] : value;
    }
    return record;
  };
  return { fields: made, origins: from, values };
}

interface History {
  /** By version, from 1. */
  readonly objects: readonly (readonly ObjectDefinition[])[];
  /** By version, from 2: what a record of the one before must be. */
  readonly steps: readonly ((row: Row) => Row)[];
}

/** Versions of the object of the laws, by plans. */
function createVersions(plans: readonly Plan[]): History {
  const objects = [FIRST];
  const steps: ((row: Row) => Row)[] = [];
  const migrations: Record<number, (row: Row) => Row> = {};
  let form: Form = { fields: SPECS, origins: Object.fromEntries(Object.keys(SPECS).map((name) => [name, name])) };
  for (const [at, plan] of plans.entries()) {
    const version = at + 2;
    const step = next(form, plan, version);
    form = step;
    steps.push(step.values);
    // Where fields only go nothing need be said.
    if (Object.values(plan).some((fate) => fate !== 'keep' && fate !== 'drop')) migrations[version] = step.values;
    const spec = { ...VISIT.spec, version, migrations: { ...migrations }, fields: step.fields };
    objects.push([defineObject(spec as never), ...FIRST.slice(1)]);
  }
  return { objects, steps };
}

/** What records must be after a step. */
function after(rows: readonly Row[], step: ((row: Row) => Row) | undefined): readonly Row[] {
  return step === undefined ? [] : rows.map((row) => ({ ...pick(row, SYSTEM), ...step(row) }));
}

const pick = (row: Row, names: readonly string[]) => Object.fromEntries(names.map((name) => [name, row[name]]));

interface Held {
  readonly visits: readonly Row[];
  readonly steps: readonly Row[];
  readonly sequence: number;
}

function heldBy(db: object): Held {
  const [visits, steps] = ['Visit', 'Step'].map((name) => collectionOf(db, name).find({ deleted: 'include' }));
  return { visits, steps, sequence: (db as { sequence: number }).sequence } as Held;
}

async function play(
  start: Step,
  steps: readonly Step[],
  compactAt: number,
): Promise<{ storage: CrashStorage; held: Held }> {
  const storage = crashStorage();
  const world = await World.open(FIRST, [{ storage }]);
  for (const [at, step] of [start, ...steps].entries()) {
    await world.play(step);
    if (at === compactAt) await world.databases[0]?.compact();
  }
  const held = heldBy(world.databases[0] as object);
  await world.close();
  return { storage, held };
}

test('after any history, in one step or in several, records are what their steps make of them', async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryStart,
      historyOf(10),
      fc.integer({ min: -1, max: 10 }),
      fc.array(arbitraryPlan, { minLength: 1, maxLength: 3 }),
      async (start, steps, compactAt, plans) => {
        const { storage, held } = await play(start, steps, compactAt);
        const { objects, steps: ways } = createVersions(plans);
        const wanted = [held];
        for (const way of ways) wanted.push({ ...held, visits: after(wanted.at(-1)?.visits ?? [], way) });
        const photo = storage.photos.at(-1) as Photo;
        await withKept(crashStorage(photo), objects.at(-1) ?? [], (db) =>
          expectEqual(heldBy(db), wanted.at(-1) as Held),
        );
        const slowly = crashStorage(photo);
        for (const [at, version] of objects.entries())
          for (const _ of [1, 2]) await withKept(slowly, version, (db) => expectEqual(heldBy(db), wanted[at] as Held));
      },
    ),
    lawOptions(7),
  );
});

test('a crash at any write of a migration leaves the old or the new, whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryStart,
      historyOf(4),
      fc.integer({ min: -1, max: 4 }),
      arbitraryPlan,
      async (start, steps, compactAt, plan) => {
        const { storage, held } = await play(start, steps, compactAt);
        if (held.sequence === 0) return;
        const { objects, steps: ways } = createVersions([plan]);
        const [, now] = objects as [unknown, readonly ObjectDefinition[]];
        const wanted = { ...held, visits: after(held.visits, ways[0]) };
        const migrating = crashStorage(storage.photos.at(-1));
        await withKept(migrating, now, (db) => expectEqual(heldBy(db), wanted));
        let hasSwitched = false;
        for (const photo of migrating.photos) {
          const old = crashStorage(photo);
          const outcome = await withKept(old, FIRST, heldBy).catch((error: { code: string }) => error.code);
          if (outcome === 'STORAGE_NEWER') hasSwitched = true;
          else {
            expect(hasSwitched).toBe(false);
            expectEqual(outcome as Held, held);
          }
          expect(old.photos.map(textOf)).toEqual([textOf(photo)]);
          await withKept(crashStorage(photo), now, (db) => expectEqual(heldBy(db), wanted));
        }
        expect(hasSwitched).toBe(true);
      },
    ),
    lawOptions(5),
  );
});

test('a storage that fails at any write of a migration rejects, and the next opening completes it', async () => {
  const { storage, held } = await play({ kind: 'createMany', seed: 3, count: 300 }, [], 0);
  const { objects, steps: ways } = createVersions([{ Subject: 'rename', Priority: 'text' }]);
  const wanted = { ...held, visits: after(held.visits, ways[0]) };
  const photo = storage.photos.at(-1) as Photo;
  for (let failAt = 0; failAt < 3; failAt++) {
    const medium = crashStorage(photo);
    let writes = 0;
    const failing = {
      ...medium,
      connect: async (name: string) => {
        const connection = await medium.connect(name);
        const write: typeof connection.write = async (change, durable) => {
          if (writes++ === failAt) throw new Error('the cable was pulled');
          return connection.write(change, durable);
        };
        return { ...connection, write };
      },
    };
    const error = await errorOf(() => withKept(failing, objects[1] ?? [], () => undefined));
    expect([error.code, (error.cause as Error).message]).toEqual(['STORAGE_FAILED', 'the cable was pulled']);
    await withKept(medium, FIRST, (db) => expectEqual(heldBy(db), held));
    await withKept(medium, objects[1] ?? [], (db) => expectEqual(heldBy(db), wanted));
  }
});

test('five versions, each written to and crashed in, keep every record', async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryStart,
      fc.array(fc.tuple(arbitraryPlan, fc.nat()), { minLength: 5, maxLength: 5 }),
      async (start, generations) => {
        const first = await play(start, [], -1);
        let storage = first.storage;
        let { held } = first;
        const plans: Plan[] = [];
        for (const [plan, cut] of generations) {
          plans.push(plan);
          const { objects, steps } = createVersions(plans);
          const definitions = objects.at(-1) as readonly ObjectDefinition[];
          // What the generation before has written since is in its own form: only the last step is to be taken.
          const wanted = { ...held, visits: after(held.visits, steps.at(-1)) };
          const migrating = crashStorage(storage.photos.at(-1));
          await withKept(migrating, definitions, (db) => expectEqual(heldBy(db), wanted));
          storage = crashStorage(migrating.photos[cut % migrating.photos.length]);
          held = await withKept(storage, definitions, async (db) => {
            expectEqual(heldBy(db), wanted);
            const visits = collectionOf(db, 'Visit');
            await visits.create([{ Active: true }, {}]);
            const [row] = visits.find({ limit: 1 });
            if (row !== undefined) await visits.delete(row.Id as string);
            if (cut % 2 === 0) await db.compact();
            return heldBy(db);
          });
          const names = held.visits.map(({ Name }) => Name);
          expect(new Set(names).size).toBe(names.length);
        }
      },
    ),
    lawOptions(4),
  );
});
