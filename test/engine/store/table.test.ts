import { describe, expect, it } from 'vitest';
import { defineObject, openDatabase } from '../../../src/index.ts';

const Ticket = defineObject({
  name: 'Ticket',
  fields: {
    Agent: { type: 'string', properties: 'Create, Filter, Group, Sort, Update' },
    Size: { type: 'int' },
  },
});
const INDEXES = { Ticket: ['Agent', 'Size', ['Agent', 'Size'] as const] };

const rows = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ Agent: `agent ${(i + from) % 97}`, Size: ((i + from) * 37) % 101 }));

/** Two databases of the same records, one with indexes. */
async function open() {
  const indexed = await openDatabase({ name: 'indexed', objects: [Ticket], indexes: INDEXES as never });
  const plain = await openDatabase({ name: 'plain', objects: [Ticket], autoIndex: false });
  const both = [indexed, plain];
  const ask = (db: typeof indexed) => [
    db.Ticket.find({ where: { Agent: 'agent 3' }, orderBy: [{ Size: 'asc' }] }).map(({ Agent, Size }) => [Agent, Size]),
    db.Ticket.find({ where: { Size: { $gte: 90 } }, orderBy: [{ Size: 'desc' }], limit: 20 }).map(({ Size }) => Size),
    db.Ticket.count({ where: { Agent: 'agent 5' } }),
  ];
  return {
    indexed,
    create: async (some: ReturnType<typeof rows>) => {
      for (const db of both) await db.Ticket.create(some);
    },
    each: async (work: (db: typeof indexed) => unknown) => {
      for (const db of both) await work(db);
    },
    expectSame: () => expect(ask(indexed)).toEqual(ask(plain)),
  };
}

describe('many records that come into an empty table', () => {
  it('are in its indexes, however many follow before those are asked', async () => {
    const { create, each, expectSame, indexed } = await open();
    await create(rows(600));
    await create(rows(600, 600));
    await create(rows(3, 1_200));
    await each((db) => db.Ticket.update({ Id: db.Ticket.find({ limit: 1 })[0]?.Id as string, Size: 95 }));
    await each((db) => db.Ticket.delete(db.Ticket.find({ limit: 5 }).map(({ Id }) => Id)));
    expectSame();
    expect(indexed.Ticket.explain({ where: { Agent: 'agent 3' }, orderBy: [{ Size: 'asc' }] })).toMatchObject({
      index: ['Agent', 'Size'],
    });
    await create(rows(600, 1_203));
    expectSame();
  });

  it('also where it was full before', async () => {
    const { create, each, expectSame } = await open();
    await create(rows(600));
    expectSame();
    await each((db) => db.Ticket.delete(db.Ticket.find({}).map(({ Id }) => Id)));
    expectSame();
    await create(rows(700, 5));
    await create(rows(700, 705));
    expectSame();
  });

  it('and are out of them again where their transaction is not kept', async () => {
    const { create, each, expectSame } = await open();
    await each((db) => {
      const taken = db.transact(() => {
        for (let at = 0; at < 3; at++) void db.Ticket.create(rows(600, at * 600));
        throw new Error('taken back');
      });
      return expect(taken).rejects.toThrow('taken back');
    });
    expectSame();
    await create(rows(2));
    expectSame();
  });
});
