import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyDelta, type Delta, type LiveQuery } from '../../src/index.ts';
import type { Row } from '../instruments/any-database.ts';
import { type JobDatabase, type JobStep, jobStep, openJobs, playJobStep } from '../instruments/jobs.ts';
import { lawOptions } from '../instruments/law-options.ts';

/** A live query and the same question asked anew. */
interface Kind {
  readonly name: string;
  readonly open: (db: JobDatabase) => LiveQuery<Row>;
  readonly ask: (db: JobDatabase) => readonly Row[];
}

const find = (query: object): Kind => ({
  name: JSON.stringify(query),
  open: (db) => db.Job__c.live(query as never) as unknown as LiveQuery<Row>,
  ask: (db) => db.Job__c.find(query as never) as readonly Row[],
});
const aggregate = (query: object): Kind => ({
  name: JSON.stringify(query),
  open: (db) => db.Job__c.live(query as never) as unknown as LiveQuery<Row>,
  ask: (db) => db.Job__c.aggregate(query as never) as readonly Row[],
});
const soql = (text: string): Kind => ({
  name: text,
  open: (db) => db.live(text as string) as LiveQuery<Row>,
  ask: (db) => db.query(text as string).records,
});

const KINDS: readonly Kind[] = [
  find({}),
  find({ where: { State__c: 'open' } }),
  find({ where: { State__c: 'open', Waits__c: null } }),
  find({ where: { Waits__c: { $gte: 2, $lt: 5 } }, orderBy: [{ Waits__c: 'desc' }], limit: 3 }),
  find({ where: { Name: { $like: 'a%' } }, orderBy: [{ Name: 'asc' }, { Waits__c: 'desc' }], offset: 1, limit: 2 }),
  find({ where: { $or: [{ State__c: 'done' }, { Waits__c: { $gt: 4 } }] }, select: ['Name', 'State__c'] }),
  find({ where: { $not: { State__c: 'open' } }, orderBy: [{ Starts__c: 'asc' }], limit: 4 }),
  find({ where: { State__c: { $in: ['open', null] } }, deleted: 'include' }),
  aggregate({ select: { n: { $count: '*' }, most: { $max: 'Waits__c' } } }),
  aggregate({
    where: { State__c: 'open' },
    groupBy: ['Team__c'],
    select: { n: { $count: '*' }, w: { $sum: 'Waits__c' } },
  }),
  aggregate({
    groupBy: ['State__c', 'Team__c'],
    select: { n: { $count: '*' }, mean: { $avg: 'Waits__c' }, kinds: { $countDistinct: 'Name' } },
    having: { n: { $gt: 1 } },
    orderBy: [{ n: 'desc' }],
    limit: 3,
  }),
  aggregate({ groupBy: ['State__c'], select: { sum: { $sum: 'Score__c' }, first: { $min: 'Starts__c' } } }),
  soql("SELECT Name, Team__r.Name FROM Job__c WHERE Team__r.Name LIKE 'a%'"),
  soql("SELECT Name FROM Job__c WHERE Team__r.Region__r.Name = 'b' OR State__c = 'open'"),
  soql("SELECT Name FROM Job__c WHERE Team__r.Size__c != 3 AND State__c = 'open' ORDER BY Waits__c NULLS LAST LIMIT 3"),
  soql('SELECT Name, Team__r.Region__r.Name FROM Job__c ORDER BY Team__r.Name DESC, Name LIMIT 4'),
  soql('SELECT Name FROM Job__c WHERE Starts__c = TODAY ORDER BY Starts__c'),
  soql('SELECT State__c, COUNT(Id) n FROM Job__c WHERE Starts__c >= TODAY GROUP BY State__c ORDER BY COUNT(Id) DESC'),
  soql('SELECT Team__r.Name t, COUNT(Id) n FROM Job__c GROUP BY Team__r.Name'),
  soql('SELECT Name FROM Job__c WHERE Team__c IN (SELECT Id FROM Team__c WHERE Size__c > 2)'),
];

/** What happens at a step besides the writing. */
interface Turn {
  readonly step: JobStep;
  /** Further steps made as one commit with it. */
  readonly together: readonly JobStep[];
  readonly open: readonly number[];
  readonly close: number | undefined;
  /** What the listener of the newest query does when it hears of this. */
  readonly answer: 'nothing' | 'write' | 'throw' | 'close' | 'open';
  readonly answered: JobStep;
}

const turn: fc.Arbitrary<Turn> = fc.record({
  step: jobStep,
  together: fc.array(jobStep, { maxLength: 3 }),
  open: fc.array(fc.nat(KINDS.length - 1), { maxLength: 3 }),
  close: fc.option(fc.nat(20), { nil: undefined }),
  answer: fc.constantFrom('nothing', 'nothing', 'write', 'throw', 'close', 'open'),
  answered: jobStep,
});

/** Live queries of every kind, each with what its deltas add up to. */
class Watchers {
  readonly #db: JobDatabase;
  readonly open: { kind: Kind; live: LiveQuery<Row>; summed: readonly Row[] }[] = [];
  readonly faults: unknown[] = [];
  answer: () => void = () => {};

  constructor(db: JobDatabase) {
    this.#db = db;
  }

  add(place: number): void {
    const kind = KINDS[place] as Kind;
    const live = kind.open(this.#db);
    const watcher = { kind, live, summed: [] as readonly Row[] };
    this.open.push(watcher);
    let begun = false;
    live.delta$.subscribe((delta: Delta<Row>) => {
      watcher.summed = applyDelta(watcher.summed, delta);
      if (begun) this.#hear();
    });
    begun = true;
  }

  /** Inside a listener every result is of one moment, whatever has been told so far. */
  #hear(): void {
    try {
      this.expectFresh();
    } catch (fault) {
      this.faults.push(fault);
    }
    const { answer } = this;
    this.answer = () => {};
    answer();
  }

  closeAt(place: number): void {
    const [closed] = this.open.splice(place % Math.max(1, this.open.length), 1);
    closed?.live.close();
  }

  expectFresh(): void {
    for (const { kind, live } of this.open) expect(live.getSnapshot(), kind.name).toEqual(kind.ask(this.#db));
  }

  expectSummed(): void {
    for (const { kind, live, summed } of this.open) {
      expect(summed.length, kind.name).toBe(live.getSnapshot().length);
      for (const [at, row] of live.getSnapshot().entries()) expect(summed[at], kind.name).toBe(row);
    }
  }
}

class Planned extends Error {}

describe('live queries of every kind, many at once', () => {
  test('are true at every moment, inside listeners too, and their deltas add up, whatever listeners do', async () => {
    const law = fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 14 }), async (turns) => {
      const thrown: unknown[] = [];
      const { db, env } = await openJobs((error) => thrown.push(error));
      const watchers = new Watchers(db);
      for (const { step, together, open, close, answer, answered } of turns) {
        for (const place of open) watchers.add(place);
        watchers.answer = () => {
          if (answer === 'write') playJobStep(db, answered);
          if (answer === 'close') watchers.closeAt(watchers.open.length - 1);
          if (answer === 'open') watchers.add(open[0] ?? 0);
        };
        const listening = watchers.open.at(-1)?.live;
        const stop = listening?.subscribe(() => {
          if (answer === 'throw') throw new Planned();
        });
        if (step.kind === 'advance') env.advance(step.hours * 3_600_000);
        else
          db.transaction(() => {
            for (const each of [step, ...together]) playJobStep(db, each);
          });
        stop?.();
        watchers.expectFresh();
        watchers.expectSummed();
        if (close !== undefined) watchers.closeAt(close);
      }
      expect(watchers.faults).toEqual([]);
      expect(thrown.every((error) => error instanceof Planned)).toBe(true);
      await db.close();
    });
    await fc.assert(law, lawOptions(120));
  });
});
