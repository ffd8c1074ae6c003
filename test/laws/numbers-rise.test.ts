import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defineObject, type ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import {
  type AnyCollection,
  type AnyDatabase,
  codeOf,
  collectionOf,
  openAny,
  type Row,
  transact,
} from '../instruments/any-database.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';

function createTicketObject(displayFormat: string): ObjectDefinition {
  return defineObject({
    name: 'Ticket',
    id: { kind: 'salesforce', prefix: 'a1K' },
    fields: {
      Name: { type: 'string', properties: 'Autonumber, Defaulted on create, Filter, idLookup, Sort', displayFormat },
      Topic: { type: 'string', length: 10 },
      Code: { type: 'string', properties: 'Create, Filter, Group, idLookup, Nillable, Sort, Unique, Update' },
    },
    onWrite(draft, _before, context) {
      if (draft.Topic === 'refused') context.refuse('FIELD_INTEGRITY_EXCEPTION', 'refused', ['Topic']);
      if (draft.Topic === 'broken') throw new Error('the rule is broken');
    },
  }) as unknown as ObjectDefinition;
}

/** The name of a number, made apart from the engine. */
function nameOf(format: string, number: number): string {
  return format.replace(/\{(0+)\}/, (_, zeros: string) => String(number).padStart(zeros.length, '0'));
}

function numberOf(format: string, name: string): number {
  const [head = '', tail = ''] = format.split(/\{0+\}/);
  return Number(name.slice(head.length, name.length - tail.length));
}

const ACTIONS = [
  'create',
  'create many',
  'create a bad one',
  'create a refused one',
  'create one that breaks the rule',
  'create one whose code is taken',
  'create all or none',
  'create some bad ones',
  'commit a transaction',
  'throw in a transaction',
  'catch a failure in a transaction',
  'upsert',
  'delete',
  'undelete',
  'purge',
  'update',
  'import a higher name',
  'import many higher names',
  'import a higher name into a record',
  'import a name of another form',
  'import without names',
  'fail to import higher names',
] as const;

type Action = readonly [(typeof ACTIONS)[number], number];

class Office {
  readonly database: AnyDatabase;
  readonly tickets: AnyCollection;
  readonly #format: string;
  /** Every name seen, by the record it belongs to: records keep theirs, and no two have the same. */
  readonly #idsByName = new Map<string, string>();
  #highest = 0;

  constructor(database: AnyDatabase, format: string) {
    this.database = database;
    this.tickets = collectionOf(database, 'Ticket');
    this.#format = format;
  }

  async do([action, n]: Action): Promise<void> {
    const { tickets } = this;
    const live = tickets.find();
    const some = live[n % Math.max(1, live.length)];
    const binned = tickets.find({ deleted: 'only' });
    const higher = (by: number) => nameOf(this.#format, this.#highest + by);
    const quietly = async (work: () => unknown) => void (await codeOf(work));
    switch (action) {
      case 'create':
        return quietly(() => tickets.create({ Topic: `${n}` }));
      case 'create many':
        return quietly(() => tickets.create(Array.from({ length: n }, () => ({}))));
      case 'create a bad one':
        return quietly(() => tickets.create({ Topic: 'far too long a topic' }));
      case 'create a refused one':
        return quietly(() => tickets.create({ Topic: 'refused' }));
      case 'create one that breaks the rule':
        return quietly(() => tickets.create([{}, { Topic: 'broken' }]));
      case 'create one whose code is taken':
        return quietly(() => tickets.create([{ Code: 'taken' }, { Code: 'TAKEN' }]));
      case 'create all or none':
        return quietly(() => tickets.create([{}, {}, { Topic: 'refused' }], { allOrNone: true }));
      case 'create some bad ones':
        return quietly(() => tickets.create([{ Topic: 'refused' }, {}, { Topic: 5 }, {}]));
      case 'upsert':
        return quietly(() => tickets.upsert('Code', [{ Code: `u${n}` }, { Code: `v${n}`, Topic: 'refused' }]));
      case 'delete':
        return quietly(() => tickets.delete(live.slice(0, n).map(({ Id }) => Id as string)));
      case 'undelete':
        return quietly(() => tickets.undelete(binned.slice(0, n).map(({ Id }) => Id as string)));
      case 'purge':
        return quietly(() => tickets.emptyRecycleBin(binned.slice(-n).map(({ Id }) => Id as string)));
      case 'update':
        return quietly(() => tickets.update({ Id: some?.Id, Topic: 'new' }));
      case 'import a higher name':
        return quietly(() => tickets.import([{ Id: idFrom(n), Name: higher(n) }]));
      case 'import many higher names':
        return quietly(() => tickets.import([9, 3, 6].map((by) => ({ Name: higher(by + n) }))));
      case 'import a higher name into a record':
        return quietly(() => some && tickets.import([{ Id: some.Id, Name: higher(n + 1) }]));
      case 'import a name of another form':
        return quietly(() => tickets.import([{ Name: `old ticket ${n} of 1999 (${this.#idsByName.size})` }]));
      case 'import without names':
        return quietly(() => tickets.import([{ Topic: 'x' }, { Topic: 'y' }]));
      case 'fail to import higher names':
        return quietly(() =>
          tickets.import([{ Name: higher(5) }, { Topic: 'far too long a topic' }], { onBadRow: 'refuse-all' }),
        );
      default:
        return quietly(() => this.#transact(action, n));
    }
  }

  #transact(action: Action[0], n: number): void {
    transact(this.database, (tx) => {
      const tickets = tx.collection('Ticket');
      const made = tickets.create([{}, {}]);
      if (action === 'catch a failure in a transaction')
        expect(() => tickets.create([{}, { Topic: 'refused' }])).toThrow();
      if (n % 2 === 0) tickets.delete(made[0]?.id as string);
      tickets.create({});
      if (action === 'throw in a transaction') throw new Error('changed my mind');
    });
  }

  /** Checks that no name is there twice, was another record's before, or is below one that was there. */
  expectRisen(imports: boolean): void {
    const fresh: number[] = [];
    for (const { Id: id, Name: name } of this.tickets.find({ deleted: 'include' }) as readonly (Row & {
      Id: string;
      Name: string;
    })[]) {
      const owner = this.#idsByName.get(name);
      expect(owner ?? id, `the record that has ${name}`).toBe(id);
      if (owner !== undefined) continue;
      this.#idsByName.set(name, id);
      const number = numberOf(this.#format, name);
      if (Number.isInteger(number) && nameOf(this.#format, number) === name) fresh.push(number);
    }
    if (!imports)
      expect(Math.min(...fresh, Number.POSITIVE_INFINITY), 'the lowest new number').toBeGreaterThan(this.#highest);
    this.#highest = Math.max(this.#highest, ...fresh);
  }
}

function idFrom(n: number): string {
  return `a1K00000000${String(n).padStart(4, '0')}`;
}

async function openOffice(format: string): Promise<Office> {
  const database = await openAny({ objects: [createTicketObject(format)], env: createFakeEnvironment() });
  return new Office(database, format);
}

async function playAll(format: string, actions: readonly Action[]): Promise<void> {
  const office = await openOffice(format);
  for (const action of actions) {
    await office.do(action);
    office.expectRisen(action[0].startsWith('import'));
  }
  await office.do(['create', 1]);
  office.expectRisen(false);
  await office.database.close();
}

const arbitraryActions: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.tuple(fc.constantFrom(...ACTIONS), fc.integer({ min: 1, max: 6 })),
  { maxLength: 25 },
);

describe('no number is given twice, and numbers only rise', () => {
  test('whatever is created, refused, taken back, deleted, undeleted, purged or imported', async () => {
    const formats = fc.constantFrom('{00000000}', 'T-{0000}', '{0}', 'Ticket no. {00}!', '2026-{000}');
    await fc.assert(fc.asyncProperty(formats, arbitraryActions, playAll), lawOptions(200));
  });

  test('where digits stand behind the number as well', async () => {
    const formats = fc.constantFrom('T-{000}/24', '{0000}-v2');
    await fc.assert(fc.asyncProperty(formats, arbitraryActions, playAll), lawOptions(60));
  });

  test('where imported names have more digits than a number can count', async () => {
    const office = await openOffice('T-{0000}');
    const names = ['T-999999999999999', 'T-1000000000000001'];
    for (const Name of names) await office.tickets.import([{ Name }]);
    await office.tickets.create([{}, {}, {}]);
    const all = office.tickets.find().map(({ Name }) => Name);
    expect(new Set(all).size).toBe(all.length);
    await office.database.close();
  });

  test('where the maker of a record may give its number', async () => {
    const object = defineObject({
      name: 'Ticket',
      id: { kind: 'salesforce', prefix: 'a1K' },
      fields: {
        Name: {
          type: 'string',
          properties: 'Autonumber, Create, Defaulted on create, Filter, Sort',
          displayFormat: 'T-{0}',
        },
      },
    }) as unknown as ObjectDefinition;
    const database = await openAny({ objects: [object], env: createFakeEnvironment() });
    const tickets = collectionOf(database, 'Ticket');
    await tickets.create({ Name: 'T-2' });
    await tickets.create([{}, {}, {}]);
    const names = tickets.find().map(({ Name }) => Name);
    expect(new Set(names).size).toBe(4);
    await database.close();
  });
});
