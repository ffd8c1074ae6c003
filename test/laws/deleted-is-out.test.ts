import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { salesforce } from '../../src/collections/catalog.ts';
import { defineObject, type ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import {
  type AnyCollection,
  type AnyDatabase,
  codeOf,
  collectionOf,
  openAny,
  type Row,
} from '../instruments/any-database.ts';
import { historyOf } from '../instruments/arbitrary-history.ts';
import { createFakeEnvironment, type FakeEnvironment, NOON_MS } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { RecycleBin } from '../instruments/recycle-bin.ts';
import { createVisitObjects } from '../instruments/visit-object.ts';
import { World } from '../instruments/world.ts';

const FROM = new Date(NOON_MS - 86_400_000);
const TO = new Date(NOON_MS + 20 * 86_400_000);

const DEFINITIONS = salesforce as unknown as readonly ObjectDefinition[];
const SESSION_OBJECTS = ['SOSSession', 'SOSSessionActivity', 'SOSSessionShare', 'SOSSessionHistory', 'SOSSessionFeed'];

type Action =
  | {
      readonly do:
        | 'open'
        | 'delete'
        | 'undelete'
        | 'purge'
        | 'change'
        | 'delete activity'
        | 'undelete activity'
        | 'undelete taken';
      readonly at: number;
    }
  | { readonly do: 'act' | 'share'; readonly at: number; readonly count: number }
  | { readonly do: 'wait'; readonly at: number };

const arbitraryAction: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constantFrom('open', 'change', 'wait'), at: fc.nat(20) }),
  fc.record({
    do: fc.constantFrom(
      'delete',
      'delete',
      'undelete',
      'undelete',
      'purge',
      'delete activity',
      'undelete activity',
      'undelete taken',
    ),
    at: fc.nat(20),
  }),
  fc.record({ do: fc.constantFrom('act', 'share'), at: fc.nat(20), count: fc.integer({ min: 1, max: 6 }) }),
) as fc.Arbitrary<Action>;

/** A desk of SOS sessions: does what an action says and tells the bin what must have come of it. */
class Desk {
  readonly database: AnyDatabase;
  readonly bin: RecycleBin;
  readonly #environment: FakeEnvironment;
  readonly #of: (name: string) => AnyCollection;
  #shares = 0;

  private constructor(database: AnyDatabase, environment: FakeEnvironment) {
    this.database = database;
    this.#environment = environment;
    this.#of = (name) => collectionOf(database, name);
    this.bin = new RecycleBin(database, DEFINITIONS, SESSION_OBJECTS);
  }

  static async open(): Promise<Desk> {
    const environment = createFakeEnvironment();
    return new Desk(await openAny({ objects: DEFINITIONS, env: environment }), environment);
  }

  #pick(
    name: string,
    at: number,
    deleted: 'exclude' | 'only',
    fits: (row: Row) => boolean = () => true,
  ): string | undefined {
    const rows = this.#of(name).find({ deleted }).filter(fits);
    return rows[at % Math.max(1, rows.length)]?.Id as string | undefined;
  }

  async do(action: Action): Promise<void> {
    const { bin } = this;
    const now = () => new Date(this.#environment.now()).toISOString();
    const sessions = this.#of('SOSSession');
    const activities = this.#of('SOSSessionActivity');
    const session = this.#pick('SOSSession', action.at, 'exclude');
    const own = (name: string) => (row: Row) => bin.takenBy(name, row.Id as string) === undefined;
    switch (action.do) {
      case 'wait':
        this.#environment.advance(61_000 * (action.at + 1));
        break;
      case 'open':
        await sessions.create({ AppVersion: `${action.at}`, OpentokSession: 'secret', StartTime: now() });
        break;
      case 'act':
      case 'share':
        if (session !== undefined) await this.#hang(action.do, session, action.count);
        break;
      case 'change':
        if (session !== undefined)
          await sessions.update({ Id: session, EndTime: new Date(NOON_MS + action.at * 1000), SystemInfo: 'x' });
        break;
      case 'delete':
        if (session !== undefined) bin.put('SOSSession', (await sessions.delete(session)).id as string, now());
        break;
      case 'delete activity': {
        const activity = this.#pick('SOSSessionActivity', action.at, 'exclude');
        if (activity !== undefined)
          bin.put('SOSSessionActivity', (await activities.delete(activity)).id as string, now());
        break;
      }
      case 'undelete':
      case 'undelete activity': {
        const name = action.do === 'undelete' ? 'SOSSession' : 'SOSSessionActivity';
        const id = this.#pick(name, action.at, 'only', own(name));
        if (id !== undefined) bin.take(name, (await this.#of(name).undelete(id)).id as string, now());
        break;
      }
      case 'undelete taken': {
        // What went with its parent comes back with its parent alone.
        const id = this.#pick('SOSSessionActivity', action.at, 'only', (row) => !own('SOSSessionActivity')(row));
        if (id !== undefined) expect(await codeOf(() => activities.undelete(id))).toBe('UNDELETE_FAILED');
        break;
      }
      case 'purge': {
        const id = this.#pick('SOSSession', action.at, 'only');
        if (id !== undefined) expect(await sessions.emptyRecycleBin([id])).toMatchObject([{ success: true }]);
        if (id !== undefined) bin.purge('SOSSession', id);
      }
    }
    bin.learn();
  }

  async #hang(kind: 'act' | 'share', session: string, count: number): Promise<void> {
    if (kind === 'act') {
      const rows = Array.from({ length: count }, (_, n) => ({
        SessionId: session,
        ActivityTime: new Date(NOON_MS + n),
        Type: 'AgentConnected',
      }));
      await this.#of('SOSSessionActivity').create(rows, { allOrNone: true });
      return;
    }
    const rows = Array.from({ length: count }, () => {
      const user = `0055g${String(this.#shares++).padStart(10, '0')}`;
      return { ParentId: session, UserOrGroupId: user, AccessLevel: 'Read' };
    });
    expect(await this.#of('SOSSessionShare').create(rows, { allOrNone: true })).toMatchObject(
      rows.map(() => ({ success: true })),
    );
  }
}

const opened: AnyDatabase[] = [];
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
});

describe('what is deleted is out of every ordinary read, and an undelete brings it back as it was', () => {
  test('for SOS sessions with their activities, shares, history and feed', async () => {
    const law = fc.asyncProperty(fc.array(arbitraryAction, { minLength: 1, maxLength: 25 }), async (actions) => {
      const desk = await Desk.open();
      for (const action of [
        { do: 'open', at: 0 },
        { do: 'act', at: 0, count: 2 },
        { do: 'change', at: 1 },
        ...actions,
      ] as const) {
        await desk.do(action);
        await desk.bin.expectKept();
      }
      await desk.database.close();
    });
    await fc.assert(law, lawOptions(50));
  });

  test('for sessions with more children than are looked through one by one', async () => {
    const desk = await Desk.open();
    opened.push(desk.database);
    for (const at of [0, 1, 2]) await desk.do({ do: 'open', at });
    for (const at of [0, 1, 2]) {
      for (let n = 0; n < 8; n++) await desk.do({ do: 'act', at, count: 6 });
      await desk.do({ do: 'share', at, count: 6 });
    }
    for (const step of ['delete activity', 'delete', 'undelete', 'delete', 'delete', 'purge', 'undelete'] as const) {
      await desk.do({ do: step, at: 1 });
      await desk.bin.expectKept();
    }
  });

  test('for records that hang on records of their own object, in rings too', async () => {
    const law = fc.asyncProperty(
      fc.array(fc.nat(9), { minLength: 2, maxLength: 10 }),
      historyOf(12),
      async (parents, history) => {
        const world = await World.open(createVisitObjects('trimmed'), [{}]);
        const [database] = world.databases as readonly [AnyDatabase];
        await world.play({ kind: 'create', rows: parents.map(() => ({})) });
        // Parents come later than their children now and then, so that rings arise.
        for (const [at, parent] of parents.entries())
          await world.play({ kind: 'update', places: [at], patch: { ParentId: parent }, allOrNone: true });
        await world.play({ kind: 'createSteps', places: parents });
        for (const step of history) {
          await world.play(step);
          world.expectSameRecords();
          for (const name of ['Visit', 'Step']) {
            const collection = collectionOf(database, name);
            const { deletedRecords } = collection.getDeleted(FROM, TO, { unlimited: true });
            const wanted = world.oracle.records(name, 'only').map((row) => [row.Id, row.SystemModstamp]);
            expect(new Map(deletedRecords.map((row) => [row.id, row.deletedDate]))).toEqual(
              new Map(wanted as [string, string][]),
            );
            expect(collection.count()).toBe(world.oracle.records(name).length);
          }
        }
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(40));
  });
});

/** Objects whose ids are texts of their makers' choice, so that records of two objects can have one id. */
const SAME_IDS = ['Order', 'Invoice', 'Line', 'OrderExtra'].map((name) => {
  const hang = (to: string) => ({ type: 'reference' as const, referenceTo: [to], cascadeDelete: true });
  return defineObject({
    name,
    id: { kind: 'text' },
    system: 'minimal',
    roles: { id: 'Key' },
    fields: {
      Key: { type: 'id', properties: 'Create, Filter, Sort' },
      ...(name === 'Line' && { OrderKey: hang('Order'), InvoiceKey: hang('Invoice') }),
      ...(name === 'OrderExtra' && { OrderKey: hang('Order') }),
    },
  });
}) as unknown as readonly ObjectDefinition[];

async function openSameIds(rows: Readonly<Record<string, readonly Row[]>>): Promise<(name: string) => AnyCollection> {
  const database = await openAny({ objects: SAME_IDS, env: createFakeEnvironment() });
  opened.push(database);
  for (const [name, given] of Object.entries(rows)) await collectionOf(database, name).import(given);
  return (name) => collectionOf(database, name);
}

describe('an undelete brings back what that deletion took, no less and no more', () => {
  test('when a child has the id of its parent', async () => {
    const of = await openSameIds({ Order: [{ Key: 'A-1' }], OrderExtra: [{ Key: 'A-1', OrderKey: 'A-1' }] });
    expect(of('OrderExtra').size).toBe(1);
    await of('Order').delete('A-1');
    expect(of('OrderExtra').size).toBe(0);
    await of('Order').undelete('A-1');
    expect(of('OrderExtra').size).toBe(1);
  });

  test('when two deleted parents of two objects have one id', async () => {
    const of = await openSameIds({
      Order: [{ Key: '7' }],
      Invoice: [{ Key: '7' }],
      Line: [
        { Key: 'o', OrderKey: '7' },
        { Key: 'i', InvoiceKey: '7' },
      ],
    });
    await of('Order').delete('7');
    await of('Invoice').delete('7');
    expect(of('Line').size).toBe(0);
    await of('Order').undelete('7');
    expect(
      of('Line')
        .find()
        .map(({ Key }) => Key),
    ).toEqual(['o']);
  });

  test('and not what was deleted before it, nor what hangs on it by now', async () => {
    const of = await openSameIds({
      Order: [{ Key: '1' }],
      Line: [
        { Key: 'a', OrderKey: '1' },
        { Key: 'b', OrderKey: '1' },
      ],
    });
    await of('Line').delete('a');
    await of('Order').delete('1');
    await of('Line').import([{ Key: 'c', OrderKey: '1' }]);
    await of('Order').undelete('1');
    expect(
      of('Line')
        .find()
        .map(({ Key }) => Key),
    ).toEqual(['b', 'c']);
    await of('Line').undelete('a');
    expect(of('Line').size).toBe(3);
  });
});
