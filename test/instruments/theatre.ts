import fc from 'fast-check';
import { expect } from 'vitest';
import { type AnyDatabase, type AnyTransaction, collectionOf, openAny, type Row, transact } from './any-database.ts';
import { createFakeEnvironment, type FakeEnvironment } from './fake-environment.ts';
import { SEAT_OBJECTS } from './seat-objects.ts';

/** The id of no seat. */
export const NOBODY = 'a1T000000000000EAA';

/** What is wrong with a seat, given one that is there already. */
const FAULTS: Readonly<Record<string, (taken: Row) => Row>> = {
  'a field it does not have': () => ({ Colour: 'red' }),
  'a value of a wrong type': () => ({ Place: 'first' }),
  'a text too long': () => ({ Code: 'x'.repeat(21) }),
  'a code that another has, in other letters': ({ Code }) => ({ Code: String(Code).toLowerCase() }),
  'a place that another has': ({ Zone, Place }) => ({ Zone, Place }),
  'what the rule refuses': () => ({ Holder: 'refused' }),
  'what breaks the rule': () => ({ Holder: 'broken' }),
};

/** A write that must fail: how, and at which of its records. */
export interface Attempt {
  readonly call:
    | 'create'
    | 'update'
    | 'upsert'
    | 'delete'
    | 'undelete'
    | 'purge'
    | 'single'
    | 'transaction'
    | 'async transaction'
    | 'import';
  readonly fault: string;
  /** How many good ones stand around the bad one, and where it stands. */
  readonly good: number;
  readonly at: number;
}

export const arbitraryAttempt: fc.Arbitrary<Attempt> = fc.record({
  call: fc.constantFrom(
    'create',
    'update',
    'upsert',
    'delete',
    'undelete',
    'purge',
    'single',
    'transaction',
    'async transaction',
    'import',
  ),
  fault: fc.constantFrom(...Object.keys(FAULTS)),
  good: fc.integer({ min: 0, max: 5 }),
  at: fc.nat(5),
});

/** A database of seats that are partly taken, partly in the bin, and the attempts that must fail on them. */
export class Theatre {
  readonly database: AnyDatabase;
  readonly environment: FakeEnvironment;
  readonly seats;
  #count = 0;

  private constructor(database: AnyDatabase, environment: FakeEnvironment) {
    this.database = database;
    this.environment = environment;
    this.seats = collectionOf(database, 'Seat');
  }

  /** Twelve seats, some changed, some in the bin with those next to them. */
  static async open(): Promise<Theatre> {
    const environment = createFakeEnvironment();
    const theatre = new Theatre(await openAny({ objects: SEAT_OBJECTS, env: environment }), environment);
    const { seats } = theatre;
    const first = (await seats.create(theatre.newSeats(12))).map(({ id }) => id as string);
    await seats.update(first.slice(0, 8).map((id, i) => ({ Id: id, NextId: first[(i * 5 + 3) % 12], Balance: i })));
    environment.advance(60_000);
    await seats.delete([first[2] as string, first[9] as string]);
    environment.advance(60_000);
    return theatre;
  }

  newSeats(count: number): Row[] {
    return Array.from({ length: count }, () => {
      const n = this.#count++;
      return { Code: `C${n}`, Zone: `z${n % 3}`, Place: n, Holder: `h${n % 4}`, Balance: 100 };
    });
  }

  idsOf(deleted: 'exclude' | 'only'): string[] {
    return this.seats.find({ deleted }).map(({ Id }) => Id as string);
  }

  /** Makes one attempt, which must fail. */
  async attempt({ call, fault, good, at }: Attempt): Promise<void> {
    const { seats } = this;
    const all = { allOrNone: true };
    const live = seats.find();
    const taken = live[at % live.length] as Row;
    const bad = (FAULTS[fault] as (taken: Row) => Row)(taken);
    const around = <T>(rows: readonly T[], one: T) => [...rows.slice(0, at), one, ...rows.slice(at)];
    const liveIds = this.idsOf('exclude');
    const binned = this.idsOf('only');
    const changes: readonly Row[] = liveIds
      .filter((id) => id !== taken.Id)
      .slice(0, good + 1)
      .map((Id) => ({ Id, Holder: 'changed', Balance: 7, Code: `X${Id.slice(10, 15)}` }));
    const outcome = async (): Promise<readonly { readonly success: boolean }[]> => {
      switch (call) {
        case 'create':
          return seats.create(around(this.newSeats(good), bad), all);
        case 'update':
          return seats.update(around(changes.slice(1), { Id: (changes[0] as Row).Id, ...bad }), all);
        case 'upsert':
          return seats.upsert(
            'Code',
            around(this.newSeats(good), {
              Code: 'U',
              Place: 1000,
              ...bad,
              ...(fault.startsWith('a code') && { Place: 'bad' }),
            }),
            all,
          );
        case 'delete':
          return seats.delete(around(liveIds.slice(0, good), NOBODY), all);
        case 'undelete':
          return seats.undelete(around(binned.slice(0, good), taken.Id as string), all);
        case 'purge':
          return seats.emptyRecycleBin(around(binned.slice(0, good), taken.Id as string), all);
        case 'single':
          return [at % 2 === 0 ? await seats.create(bad) : await seats.update({ Id: (changes[0] as Row).Id, ...bad })];
        case 'transaction':
          return [transact(this.database, (tx) => this.#writeMuch(tx, changes, bad))];
        case 'async transaction':
          return [transact(this.database, async (tx) => this.#writeMuch(tx, changes)) as never];
        case 'import':
          await seats.import(around(this.newSeats(good), { Place: 'bad', ...bad }), { onBadRow: 'refuse-all' });
          return [];
      }
    };
    const results = await outcome().catch(() => [{ success: false }]);
    expect(
      results.some(({ success }) => success),
      `${call} with ${fault} succeeds`,
    ).toBe(false);
  }

  /** Every kind of write, then one that fails or, without one, an error of the caller's own. */
  #writeMuch(tx: AnyTransaction, changes: readonly Row[], bad?: Row): { success: boolean } {
    const seats = tx.collection('Seat');
    const made = seats.create(this.newSeats(3));
    seats.update([...changes]);
    seats.delete(made[1]?.id as string);
    seats.delete(changes.map(({ Id }) => Id as string).slice(0, 1));
    for (const id of this.idsOf('only').slice(0, 1)) seats.undelete(id);
    tx.collection('Chair').create([{ Zone: 'z1', Place: 1 }]);
    expect(seats.get(made[0]?.id as string)).toBeDefined();
    if (bad === undefined) throw new Error('changed my mind');
    seats.create([bad]);
    return { success: true };
  }
}
