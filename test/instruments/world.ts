import { expect } from 'vitest';
import type { ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import {
  type AnyDatabase,
  type AnyDatabaseOptions,
  type AnyResult,
  type AnyTransaction,
  codeOf,
  collectionOf,
  openAny,
  type Row,
  transact,
} from './any-database.ts';
import type { Step, Write } from './arbitrary-history.ts';
import { manyVisits } from './arbitrary-records.ts';
import { expectEqual, expectEqualRows } from './expect-rows.ts';
import { createFakeEnvironment, type FakeEnvironment } from './fake-environment.ts';
import { Oracle } from './oracle.ts';

/** A write with its places turned into ids: what one call is given. */
interface Request {
  readonly call: 'create' | 'update' | 'delete' | 'undelete' | 'purge';
  readonly object: string;
  readonly rows: readonly Row[];
  readonly allOrNone: boolean;
}

class Refused extends Error {}

/**
 * Databases that are opened differently and told the same, beside the oracle that says what they all must hold. Their
 * random bytes come from one seed, so that they give the same ids.
 */
export class World {
  readonly #databases: AnyDatabase[];
  readonly oracle: Oracle;
  readonly #environments: readonly FakeEnvironment[];
  readonly #reopen: (at: number) => Promise<AnyDatabase>;

  private constructor(
    databases: AnyDatabase[],
    environments: readonly FakeEnvironment[],
    oracle: Oracle,
    reopen: (at: number) => Promise<AnyDatabase>,
  ) {
    this.#databases = databases;
    this.#environments = environments;
    this.oracle = oracle;
    this.#reopen = reopen;
  }

  static async open(
    objects: readonly ObjectDefinition[],
    options: readonly Partial<AnyDatabaseOptions>[],
  ): Promise<World> {
    const environments = options.map(() => createFakeEnvironment());
    const open = (at: number) => openAny({ objects, env: environments[at] as FakeEnvironment, ...options[at] });
    const databases = await Promise.all(options.map((_, at) => open(at)));
    const oracle = new Oracle(objects.map(({ spec }) => spec));
    return new World(databases, environments, oracle, open);
  }

  get databases(): readonly AnyDatabase[] {
    return this.#databases;
  }

  /** Closes one of the databases and opens it again as it was opened first. */
  async reopen(at: number): Promise<void> {
    await (this.#databases[at] as AnyDatabase).close();
    this.#databases[at] = await this.#reopen(at);
  }

  async close(): Promise<void> {
    await Promise.all(this.databases.map((database) => database.close()));
  }

  /** The moment of the databases, in milliseconds since 1970. */
  get nowMs(): number {
    return (this.#environments[0] as FakeEnvironment).now();
  }

  advance(ms: number): void {
    for (const environment of this.#environments) environment.advance(ms);
  }

  /** Does one step everywhere and checks that every database tells the same of it as the oracle. */
  async play(step: Step): Promise<void> {
    this.oracle.now = new Date((this.#environments[0] as FakeEnvironment).now()).toISOString();
    if (step.kind === 'tick') return this.advance(step.ms);
    if (step.kind === 'transaction') return this.#playTransaction(step.writes, step.fails);
    const request = this.#request(step);
    let expected: readonly boolean[] | undefined;
    for (const database of this.databases) {
      const results = await call(database, request);
      expected ??= this.#model(request, results, (id) => collectionOf(database, request.object).get(id)?.Name);
      expectEqual(
        results.map(({ success }) => success),
        expected,
      );
    }
  }

  async #playTransaction(writes: readonly Write[], fails: boolean): Promise<void> {
    const before = this.oracle.snapshot();
    for (const [at, database] of this.databases.entries()) {
      this.oracle.restore(before);
      const code = await codeOf(() =>
        transact(database, (tx) => {
          for (const write of writes) this.#playInTransaction(tx, this.#request(write), at === 0);
          if (fails) throw new Refused('refused');
        }),
      );
      expect(code).toBe(fails ? 'Error: refused' : undefined);
    }
    if (fails) this.oracle.restore(before);
  }

  #playInTransaction(tx: AnyTransaction, request: Request, compare: boolean): void {
    const collection = tx.collection(request.object);
    const results = callInTransaction(tx, request);
    const expected = this.#model({ ...request, allOrNone: true }, results, (id) => collection.get(id)?.Name);
    expectEqual(
      results.map(({ success }) => success),
      expected,
    );
    // A transaction reads what it has written.
    if (compare) expectEqualRows(collection.find({}), this.oracle.records(request.object));
  }

  #request(write: Write): Request {
    const idAt = (object: string, place: number): string => {
      const ids = this.oracle.ids(object);
      return ids[place % Math.max(1, ids.length)] ?? (object === 'Visit' ? 'a1V000000000000EAA' : 'a1S000000000000EAA');
    };
    const withParent = (row: Row): Row => {
      const { ParentId: parent, ...rest } = row;
      return typeof parent === 'number' ? { ...rest, ParentId: idAt('Visit', parent) } : row;
    };
    switch (write.kind) {
      case 'create':
        return { call: 'create', object: 'Visit', rows: write.rows.map(withParent), allOrNone: false };
      case 'createMany':
        return { call: 'create', object: 'Visit', rows: manyVisits(write.seed, write.count), allOrNone: false };
      case 'createSteps':
        return {
          call: 'create',
          object: 'Step',
          rows: write.places.map((place) => ({ VisitId: idAt('Visit', place), Kind: `kind ${place % 3}` })),
          allOrNone: false,
        };
      case 'update':
        return {
          call: 'update',
          object: 'Visit',
          rows: write.places.map((place) => ({ ...withParent(write.patch), Id: idAt('Visit', place) })),
          allOrNone: write.allOrNone,
        };
      default: {
        const rows = write.places.map((place) => ({ Id: idAt(write.object, place) }));
        return { call: write.kind, object: write.object, rows, allOrNone: write.allOrNone };
      }
    }
  }

  /** Does the same to the oracle and gives what success each record must have had. */
  #model(request: Request, results: readonly AnyResult[], nameOf: (id: string) => unknown): readonly boolean[] {
    const { oracle } = this;
    const before = oracle.snapshot();
    const expected = request.rows.map((row, at) => {
      const id = row.Id as string;
      switch (request.call) {
        case 'create': {
          const made = results[at]?.id;
          if (typeof made === 'string') oracle.create(request.object, row, { id: made, name: nameOf(made) });
          return true;
        }
        case 'update':
          return oracle.update(request.object, row);
        default:
          return oracle[request.call](request.object, id);
      }
    });
    if (!request.allOrNone || expected.every((success) => success)) return expected;
    oracle.restore(before);
    return expected.map(() => false);
  }

  /** Checks that every database holds exactly the oracle's records, live and deleted. */
  expectSameRecords(): void {
    for (const database of this.databases) {
      for (const name of ['Visit', 'Step']) {
        const collection = collectionOf(database, name);
        expectEqualRows(collection.find({}), this.oracle.records(name));
        expectEqualRows(collection.find({ deleted: 'only' }), this.oracle.records(name, 'only'));
      }
    }
  }
}

async function call(
  database: AnyDatabase,
  { call: verb, object, rows, allOrNone }: Request,
): Promise<readonly AnyResult[]> {
  const collection = collectionOf(database, object);
  const ids = rows.map(({ Id }) => Id as string);
  switch (verb) {
    case 'create':
      return collection.create(rows, { allOrNone });
    case 'update':
      return collection.update(rows, { allOrNone });
    case 'purge':
      return collection.emptyRecycleBin(ids, { allOrNone });
    default:
      return collection[verb](ids, { allOrNone });
  }
}

/** A transaction's array calls are all or none and throw; caught, the transaction goes on without them. */
function callInTransaction(tx: AnyTransaction, { call: verb, object, rows }: Request): readonly AnyResult[] {
  const collection = tx.collection(object);
  const ids = rows.map(({ Id }) => Id as string);
  try {
    if (verb === 'create') return collection.create(rows);
    if (verb === 'update') return collection.update(rows);
    if (verb === 'purge') throw new Error('a transaction cannot purge');
    return collection[verb](ids);
  } catch (error) {
    if ((error as { code?: string }).code === undefined) throw error;
    return rows.map(() => ({ id: null, success: false, errors: [] }));
  }
}
