import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { salesforce } from '../../src/collections/catalog.ts';
import { defineObject, openDatabase } from '../../src/index.ts';
import { createFakeEnvironment, createNumbers } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';
import {
  arbitraryCondition,
  arrange,
  conditionText,
  holds,
  type OracleField,
  type PlainRow,
  type Tables,
} from '../instruments/soql-oracle.ts';

const Ticket = defineObject({
  name: 'Ticket__c',
  fields: {
    Title__c: { type: 'string' },
    Size__c: { type: 'int' },
    Score__c: { type: 'double' },
    Open__c: { type: 'boolean' },
    Day__c: { type: 'date' },
    At__c: { type: 'dateTime' },
    Agent__c: { type: 'reference', referenceTo: ['User'], relationshipName: 'Agent__r' },
    Parent__c: { type: 'reference', referenceTo: ['Ticket__c'], relationshipName: 'Parent__r' },
  },
});

const TITLES = ['ada', 'Ada', 'b', 'ab', 'ba', "o'a"];
const DAYS = ['2024-12-31', '2025-01-01', '2025-06-01', '2026-01-12'];
const MOMENTS = DAYS.flatMap((day) => [`${day}T00:00:00.000Z`, `${day}T23:59:59.000Z`]);

const own = (path: string, kind: OracleField['kind'], values: OracleField['values']): OracleField => ({
  path,
  kind,
  values,
  read: (row) => row[path],
});

function parentOf(row: PlainRow | undefined, reference: string, table: string, tables: Tables): PlainRow | undefined {
  return row === undefined ? undefined : tables[table]?.find(({ Id }) => Id === row[reference]);
}

const OWN: readonly OracleField[] = [
  own('Title__c', 'text', TITLES),
  own('Size__c', 'number', [0, 1, 2, 3]),
  own('Score__c', 'number', [-1.5, 0, 0.5]),
  own('Open__c', 'boolean', [true, false]),
  own('Day__c', 'date', DAYS),
  own('At__c', 'dateTime', MOMENTS),
];
const PARENTS: readonly OracleField[] = [
  {
    path: 'Agent__r.LastName',
    kind: 'text',
    values: TITLES,
    read: (row, tables) => parentOf(row, 'Agent__c', 'User', tables)?.LastName,
  },
  {
    path: 'Agent__r.IsActive',
    kind: 'boolean',
    values: [true, false],
    read: (row, tables) => parentOf(row, 'Agent__c', 'User', tables)?.IsActive,
  },
  {
    path: 'Parent__r.Size__c',
    kind: 'number',
    values: [0, 1, 2],
    read: (row, tables) => parentOf(row, 'Parent__c', 'Ticket__c', tables)?.Size__c,
  },
  {
    path: 'Parent__r.Agent__r.LastName',
    kind: 'text',
    values: TITLES,
    read: (row, tables) =>
      parentOf(parentOf(row, 'Parent__c', 'Ticket__c', tables), 'Agent__c', 'User', tables)?.LastName,
  },
  {
    path: 'Parent__r.At__c',
    kind: 'dateTime',
    values: MOMENTS,
    read: (row, tables) => parentOf(row, 'Parent__c', 'Ticket__c', tables)?.At__c,
  },
];
const FIELDS = [...OWN, ...PARENTS];

/** A database of random tickets, and its records as plain rows. */
async function openTickets(seed: number, count: number, indexed: boolean) {
  const numbers = createNumbers(seed);
  const pick = <T>(values: readonly T[]) => values[numbers() % values.length] as T;
  const orNull = <T>(value: T) => (numbers() % 4 === 0 ? null : value);
  const indexes = indexed ? { Ticket__c: ['Size__c', 'Agent__c', ['Title__c', 'At__c'], 'Parent__c'] } : {};
  const db = await openDatabase({
    name: 'tickets',
    objects: [...salesforce, Ticket] as const,
    env: createFakeEnvironment(),
    autoIndex: false,
    indexes: indexes as object,
  });
  const users = await db.User.create(
    ['ada', 'Ada', 'b', 'ba'].map((LastName, i) => ({
      Username: `${i}@example.com`,
      LastName,
      Email: `${i}@example.com`,
      Alias: `u${i}`,
      IsActive: i % 2 === 0,
    })),
  );
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const { id } = await db.Ticket__c.create({
      Title__c: orNull(pick(TITLES)),
      Size__c: orNull(numbers() % 4),
      Score__c: orNull(pick([-1.5, 0, 0.5, 2])),
      Open__c: orNull(numbers() % 2 === 0),
      Day__c: orNull(pick(DAYS)),
      At__c: orNull(pick(MOMENTS)),
      Agent__c: orNull(pick(users).id),
      Parent__c: ids.length === 0 ? null : orNull(pick(ids)),
    });
    ids.push(id as string);
  }
  // A parent in the recycle bin is as good as none.
  const gone = ids[1];
  if (gone !== undefined && seed % 2 === 0) await db.Ticket__c.delete(gone);
  const tables: Tables = { User: db.User.find(), Ticket__c: db.Ticket__c.find() };
  return { db, tables, rows: tables.Ticket__c as readonly PlainRow[] };
}

const start = fc.record({ seed: fc.nat(), count: fc.integer({ min: 0, max: 40 }), indexed: fc.boolean() });
const condition = arbitraryCondition(FIELDS);
const sortable = FIELDS.filter(({ kind }) => kind !== 'boolean');
const orderStep = fc.record({
  field: fc.constantFrom(...sortable),
  descending: fc.boolean(),
  nullsLast: fc.boolean(),
});

describe('SOQL answers by its reference', () => {
  test('whatever is asked for, in whatever order', async () => {
    const law = fc.asyncProperty(
      start,
      fc.array(condition, { minLength: 1, maxLength: 6 }),
      fc.array(orderStep, { maxLength: 2 }),
      fc.nat(10),
      fc.nat(3),
      async ({ seed, count, indexed }, conditions, order, limit, offset) => {
        const { db, tables, rows } = await openTickets(seed, count, indexed);
        // Where what is ordered by lies beyond a reference, nulls stay first whatever is said.
        const steps = order.map((step) => ({ ...step, nullsLast: step.nullsLast && !step.field.path.includes('.') }));
        const orderText = order
          .map(
            ({ field, descending, nullsLast }) =>
              `${field.path}${descending ? ' DESC' : ''}${nullsLast ? ' NULLS LAST' : ''}`,
          )
          .join(', ');
        for (const each of conditions) {
          const text = `SELECT Id FROM Ticket__c WHERE ${conditionText(each)}${order.length > 0 ? ` ORDER BY ${orderText}` : ''}`;
          const expected = arrange(
            rows.filter((row) => holds(each, row, tables)),
            steps,
            tables,
          ).map(({ Id }) => Id);
          expect(db.query(text).records.map(({ Id }) => Id)).toEqual(expected);
          const page = db.query(`${text} LIMIT ${limit} OFFSET ${offset}`).records.map(({ Id }) => Id);
          expect(page).toEqual(expected.slice(offset, offset + limit));
        }
        await db.close();
      },
    );
    await fc.assert(law, lawOptions(60));
  });

  test('and a condition parts the records: those that fit and those that do not are all', async () => {
    const law = fc.asyncProperty(start, condition, condition, async ({ seed, count, indexed }, first, second) => {
      const { db } = await openTickets(seed, count, indexed);
      const countOf = (text: string) => db.query(`SELECT COUNT() FROM Ticket__c WHERE ${text}`).totalSize;
      const [q, p] = [conditionText(first), conditionText(second)];
      expect(countOf(`${q} AND ${p}`) + countOf(`${q} AND (NOT ${p})`)).toBe(countOf(q));
      await db.close();
    });
    await fc.assert(law, lawOptions(60));
  });

  test('and groups, by columns or record by record, count and add up what they hold', async () => {
    const group = fc.constantFrom(
      ...FIELDS.filter(({ kind }) => kind !== 'date' && kind !== 'dateTime' && kind !== 'boolean'),
    );
    const law = fc.asyncProperty(
      start,
      condition,
      group,
      group,
      async ({ seed, count, indexed }, where, first, second) => {
        fc.pre(first.path !== second.path);
        const { db, tables, rows } = await openTickets(seed, count, indexed);
        const text = `SELECT ${first.path} a, ${second.path} b, COUNT(Id) n, SUM(Size__c) s, MIN(At__c) m, COUNT_DISTINCT(Title__c) t
        FROM Ticket__c WHERE ${conditionText(where)} GROUP BY ${first.path}, ${second.path} HAVING COUNT(Id) > 1 OR SUM(Size__c) > 2`;
        const keyOf = (field: OracleField, row: PlainRow) => {
          const value = field.read(row, tables) ?? null;
          return typeof value === 'string' ? value.toUpperCase() : value;
        };
        const groups = new Map<string, PlainRow[]>();
        for (const row of rows.filter((each) => holds(where, each, tables))) {
          const key = JSON.stringify([keyOf(first, row), keyOf(second, row)]);
          groups.set(key, [...(groups.get(key) ?? []), row]);
        }
        const expected = [...groups.values()]
          .map((members) => {
            const sizes = members.map(({ Size__c }) => Size__c).filter((size) => size !== null) as number[];
            const moments = members.map(({ At__c }) => At__c).filter((at) => at !== null) as string[];
            const titles = members.map(({ Title__c }) => Title__c).filter((title) => title !== null) as string[];
            const [one] = members as [PlainRow];
            return {
              a: first.read(one, tables) ?? null,
              b: second.read(one, tables) ?? null,
              n: members.length,
              s: sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0),
              m: moments.sort()[0] ?? null,
              t: new Set(titles.map((title) => title.toUpperCase())).size,
            };
          })
          .filter(({ n, s }) => n > 1 || (s !== null && s > 2));
        expect(db.query(text).records).toEqual(expected);
        await db.close();
      },
    );
    await fc.assert(law, lawOptions(60));
  });
});
