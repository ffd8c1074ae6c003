import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyDelta, type LiveQuery, type SoqlRow } from '../../src/index.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { arbitraryCondition, conditionText } from '../instruments/soql-oracle.ts';
import { MOMENTS, openTickets, TICKET_FIELDS, TITLES } from '../instruments/tickets.ts';

const condition = arbitraryCondition(TICKET_FIELDS).map(conditionText);
const clocked = fc.constantFrom(
  'At__c = TODAY',
  'Day__c < LAST_N_DAYS:3',
  'Parent__r.At__c = THIS_MONTH',
  'At__c != NEXT_WEEK',
);
const where = fc.oneof({ weight: 4, arbitrary: condition }, { weight: 1, arbitrary: clocked });

const queries = fc.oneof(
  where.map(
    (text) =>
      `SELECT Title__c, TYPEOF Owner__r WHEN User THEN LastName WHEN Group THEN Name END FROM Ticket__c WHERE ${text}`,
  ),
  where.map((text) => `SELECT Title__c, Size__c, Agent__r.LastName FROM Ticket__c WHERE ${text}`),
  where.map((text) => `SELECT Title__c, Size__c FROM Ticket__c WHERE ${text} ORDER BY Size__c DESC, At__c LIMIT 5`),
  where.map(
    (text) => `SELECT Title__c FROM Ticket__c WHERE ${text} ORDER BY Agent__r.LastName, Size__c LIMIT 4 OFFSET 1`,
  ),
  where.map(
    (text) =>
      `SELECT Size__c, COUNT(Id) n, SUM(Size__c) s FROM Ticket__c WHERE ${text} GROUP BY Size__c HAVING COUNT(Id) > 1`,
  ),
  where.map(
    (text) =>
      `SELECT Agent__r.LastName who, MAX(At__c), AVG(Score__c) FROM Ticket__c WHERE ${text} GROUP BY ROLLUP(Agent__r.LastName)`,
  ),
  where.map(
    (text) => `SELECT CALENDAR_YEAR(At__c) y, COUNT(Id) FROM Ticket__c WHERE ${text} GROUP BY CALENDAR_YEAR(At__c)`,
  ),
  where.map((text) => `SELECT COUNT(Id), MIN(Size__c) FROM Ticket__c WHERE ${text}`),
);

const step = fc.oneof(
  fc.record({ kind: fc.constant('size' as const), at: fc.nat(), value: fc.option(fc.nat(3)) }),
  fc.record({ kind: fc.constant('title' as const), at: fc.nat(), value: fc.option(fc.constantFrom(...TITLES)) }),
  fc.record({ kind: fc.constant('moment' as const), at: fc.nat(), value: fc.option(fc.constantFrom(...MOMENTS)) }),
  fc.record({ kind: fc.constant('parent' as const), at: fc.nat(), value: fc.nat() }),
  fc.record({ kind: fc.constant('name' as const), at: fc.nat(), value: fc.constantFrom(...TITLES) }),
  fc.record({ kind: fc.constant('delete' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('undelete' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('create' as const), at: fc.nat(), value: fc.constantFrom(...TITLES) }),
  fc.record({ kind: fc.constant('clock' as const), at: fc.nat(50) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

type Tickets = Awaited<ReturnType<typeof openTickets>>;

/** Does one step; what is refused changes nothing. */
async function play({ db, ids, users, env }: Tickets, move: Step): Promise<void> {
  const Id = ids[move.at % Math.max(1, ids.length)] ?? '';
  const refused = () => undefined;
  switch (move.kind) {
    case 'size':
      await db.Ticket__c.update({ Id, Size__c: move.value }).catch(refused);
      break;
    case 'title':
      await db.Ticket__c.update({ Id, Title__c: move.value }).catch(refused);
      break;
    case 'moment':
      await db.Ticket__c.update({ Id, At__c: move.value }).catch(refused);
      break;
    case 'parent':
      await db.Ticket__c.update({ Id, Parent__c: ids[move.value % Math.max(1, ids.length)] ?? null }).catch(refused);
      break;
    case 'name':
      await db.User.update({ Id: users[move.at % users.length] as string, LastName: move.value });
      break;
    case 'delete':
      await db.Ticket__c.delete(Id).catch(refused);
      break;
    case 'undelete':
      await db.Ticket__c.undelete(Id).catch(refused);
      break;
    case 'create':
      ids.push(
        (await db.Ticket__c.create({ Title__c: move.value, At__c: MOMENTS[move.at % MOMENTS.length] as string }))
          .id as string,
      );
      break;
    case 'clock':
      env.advance(move.at * 3_600_000);
  }
}

describe('a live SOQL query', () => {
  test('equals its query run anew after every step, and its deltas add up', async () => {
    const law = fc.asyncProperty(
      fc.record({ seed: fc.nat(), count: fc.integer({ min: 0, max: 20 }), indexed: fc.boolean() }),
      fc.array(queries, { minLength: 1, maxLength: 4 }),
      fc.array(step, { maxLength: 12 }),
      async ({ seed, count, indexed }, texts, steps) => {
        const tickets = await openTickets(seed, count, indexed);
        const { db } = tickets;
        const lives = texts.map((text) => {
          const live: LiveQuery<SoqlRow> = db.live(text);
          const told = { rows: [] as readonly SoqlRow[] };
          live.delta$.subscribe((delta) => {
            told.rows = applyDelta(told.rows, delta);
          });
          return { text, live, told };
        });
        for (const move of [undefined, ...steps]) {
          if (move !== undefined) await play(tickets, move);
          for (const { text, live, told } of lives) {
            expect(live.getSnapshot(), text).toEqual(db.query(text).records);
            expect(told.rows, text).toEqual(live.getSnapshot());
          }
        }
        await db.close();
      },
    );
    await fc.assert(law, lawOptions(60));
  });

  test('keeps rows that did not change the same objects', async () => {
    const { db, ids } = await openTickets(1, 10, true);
    for (const text of [
      'SELECT Title__c FROM Ticket__c ORDER BY At__c',
      'SELECT Title__c, Agent__r.LastName FROM Ticket__c ORDER BY Agent__r.LastName',
      'SELECT Title__c, COUNT(Id) FROM Ticket__c GROUP BY Title__c',
    ]) {
      const live = db.live(text);
      const before = new Set(live.getSnapshot());
      await db.Ticket__c.update({ Id: ids[0] as string, Title__c: `new ${text.length}` });
      const kept = live.getSnapshot().filter((row) => before.has(row)).length;
      expect(kept, text).toBeGreaterThanOrEqual(live.getSnapshot().length - 2);
      live.close();
    }
    await db.close();
  });

  test('keeps the values it was opened with, and breaks no write', async () => {
    const { db } = await openTickets(1, 5, false);
    const titles = ['ada'];
    const live = db.live('SELECT Id FROM Ticket__c WHERE Title__c IN :titles AND Agent__r.LastName != :none', {
      binds: { titles, none: 'nobody' },
    });
    const before = live.getSnapshot().length;
    titles.push('b');
    await db.Ticket__c.create([{ Title__c: 'b' }, { Title__c: 'ada' }]);
    expect(live.getSnapshot()).toHaveLength(before + 1);
    await db.close();
  });

  test('cannot have child queries, a count alone, or effects', async () => {
    const { db } = await openTickets(1, 1, false);
    for (const text of [
      'SELECT COUNT() FROM Ticket__c',
      'SELECT Id FROM Ticket__c FOR VIEW',
      'SELECT Id, (SELECT Id FROM Histories) FROM LiveAgentSession',
    ])
      expect(() => db.live(text), text).toThrow(expect.objectContaining({ code: 'MALFORMED_QUERY' }));
    await db.close();
  });
});
