import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lawOptions } from '../instruments/law-options.ts';
import {
  arbitraryCondition,
  arrange,
  conditionText,
  holds,
  type OracleField,
  type PlainRow,
} from '../instruments/soql-oracle.ts';
import { openTickets, TICKET_FIELDS } from '../instruments/tickets.ts';

const start = fc.record({ seed: fc.nat(), count: fc.integer({ min: 0, max: 40 }), indexed: fc.boolean() });
const condition = arbitraryCondition(TICKET_FIELDS);
const sortable = TICKET_FIELDS.filter(({ kind }) => kind !== 'boolean');
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
      ...TICKET_FIELDS.filter(({ kind }) => kind !== 'date' && kind !== 'dateTime' && kind !== 'boolean'),
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
