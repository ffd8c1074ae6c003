import fc from 'fast-check';
import { expect, test } from 'vitest';
// Loaded before, as what is loaded when wanted takes turns of its own.
import '../../src/engine/tabs/tab.ts';
import { type AnyDatabase, type AnyTransaction, collectionOf, openAny, type Row } from '../instruments/any-database.ts';
import { crashStorage } from '../instruments/crash-storage.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { type SimulatedTab, TabNetwork } from '../instruments/tab-network.ts';
import { createVisitObjects } from '../instruments/visit-object.ts';

/** One of the tabs of a run, and what was asked of it. */
interface OpenTab {
  readonly tab: SimulatedTab;
  database: AnyDatabase | undefined;
  /** Why it could not be opened. */
  refusal: unknown;
  isClosed: boolean;
}

/** A write and what its promise said: a code, or undefined while it has not settled. */
interface Write {
  readonly kind: 'create' | 'update' | 'delete' | 'transact';
  readonly subject: string;
  readonly by: OpenTab;
  outcome: 'kept' | string | undefined;
}

type Act =
  | { readonly kind: 'open' | 'close' | 'kill' | 'freeze' | 'thaw' | 'compact'; readonly tab: number }
  | { readonly kind: Write['kind']; readonly tab: number; readonly pick: number }
  | { readonly kind: 'steps'; readonly count: number }
  | { readonly kind: 'seconds'; readonly count: number };

const TABS = 3;
const tab = fc.nat({ max: TABS - 1 });
const arbitraryAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('open' as const), tab }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('close' as const, 'kill' as const, 'compact' as const), tab }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('freeze' as const, 'thaw' as const), tab }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'create' as const,
        'create' as const,
        'update' as const,
        'delete' as const,
        'transact' as const,
      ),
      tab,
      pick: fc.nat({ max: 50 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('steps' as const), count: fc.nat({ max: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('seconds' as const), count: fc.integer({ min: 1, max: 9 }) }) },
);

class Run {
  readonly #objects = createVisitObjects('trimmed');
  readonly #network: TabNetwork;
  readonly #tabs: OpenTab[] = [];
  readonly #writes: Write[] = [];
  #opened = 0;

  constructor(seed: number, canTakeOver: boolean) {
    this.#network = new TabNetwork(seed, canTakeOver);
  }

  #open(place: number): void {
    const before = this.#tabs[place];
    if (before !== undefined && !before.isClosed && !before.tab.isDead) return;
    const created = this.#network.createTab(++this.#opened);
    const opening: OpenTab = { tab: created, database: undefined, refusal: undefined, isClosed: false };
    this.#tabs[place] = opening;
    openAny({
      objects: this.#objects,
      env: created.env,
      storage: created.storage,
      shared: true,
      onError: () => {},
    }).then(
      (database) => {
        opening.database = database;
      },
      (error) => {
        opening.refusal = error;
        opening.isClosed = true;
      },
    );
  }

  async play(act: Act): Promise<void> {
    if (act.kind === 'steps') return this.#network.steps(act.count);
    if (act.kind === 'seconds') return this.#network.advance(act.count);
    if (act.kind === 'open') return this.#open(act.tab);
    const at = this.#tabs[act.tab];
    if (at === undefined || at.tab.isDead) return;
    if (act.kind === 'kill') return this.#network.kill(at.tab);
    if (act.kind === 'freeze' || act.kind === 'thaw') {
      at.tab.isFrozen = act.kind === 'freeze';
      return;
    }
    const { database } = at;
    if (database === undefined || at.isClosed || at.tab.isFrozen) return;
    if (act.kind === 'close') {
      at.isClosed = true;
      void database.close().catch(() => undefined);
    } else if ('pick' in act) this.#write(at, database, act.kind, act.pick);
    else void database.compact().catch(() => undefined);
  }

  #write(by: OpenTab, database: AnyDatabase, kind: Write['kind'], pick: number): void {
    const visits = collectionOf(database, 'Visit');
    const rows = visits.find({});
    const row = rows[pick % Math.max(1, rows.length)];
    const isNew = kind === 'create' || kind === 'transact';
    if (!isNew && row === undefined) return;
    const subject = isNew ? `subject ${this.#writes.length}` : (row as Row).Subject;
    const write: Write = { kind, subject: String(subject), by, outcome: undefined };
    this.#writes.push(write);
    const id = row?.Id as string;
    const made =
      kind === 'create'
        ? visits.create({ Subject: subject })
        : kind === 'update'
          ? visits.update({ Id: id, Notes: `note ${this.#writes.length}` })
          : kind === 'delete'
            ? visits.delete(id)
            : transactLater(database, subject);
    made.then(
      () => {
        write.outcome = 'kept';
      },
      (error: { readonly code?: string }) => {
        write.outcome = error.code ?? String(error);
      },
    );
  }

  /** All run again and nothing is on its way any more. */
  async heal(): Promise<AnyDatabase[]> {
    this.#network.thaw();
    await this.#network.advance(30);
    return this.#tabs
      .filter((at) => at?.database !== undefined && !at.isClosed && !at.tab.isDead)
      .map(({ database }) => database as AnyDatabase);
  }

  expectAllOpened(): void {
    for (const at of this.#tabs) {
      if (at === undefined || at.tab.isDead || at.isClosed) continue;
      expect(at.database, `${at.tab.name} is open`).toBeDefined();
    }
  }

  /** Each acknowledged write once, none that was refused. */
  expectWritten(database: AnyDatabase): void {
    const all = collectionOf(database, 'Visit').find({ deleted: 'include' } as object);
    const counts = new Map<unknown, number>();
    for (const { Subject } of all) counts.set(Subject, (counts.get(Subject) ?? 0) + 1);
    for (const { kind, subject, outcome } of this.#writes) {
      const count = counts.get(subject) ?? 0;
      if (kind === 'update' || kind === 'delete') continue;
      if (kind === 'transact')
        expect(counts.get(`${subject} twin`) ?? 0, `${subject} is there with its twin`).toBe(count);
      expect(count, `${subject} is there once at most`).toBeLessThanOrEqual(1);
      if (outcome === 'kept') expect(count, `${subject}, acknowledged, is there`).toBe(1);
      if (outcome === 'STORAGE_LOCKED') expect(count, `${subject}, refused, is not there`).toBe(0);
    }
    const deleted = this.#writes.filter(({ kind, outcome }) => kind === 'delete' && outcome === 'kept');
    const live = new Set(
      collectionOf(database, 'Visit')
        .find({})
        .map(({ Subject }) => Subject),
    );
    for (const { subject } of deleted) expect(live.has(subject), `${subject} stays deleted`).toBe(false);
  }

  /** Every write of a tab that still runs has been answered. */
  expectAnswered(): void {
    for (const { by, outcome } of this.#writes) if (!by.tab.isDead) expect(outcome).toBeDefined();
  }

  async contentOnDisk(): Promise<string> {
    const { blocks, mark } = this.#network.medium;
    const env = createFakeEnvironment({ seed: 99 });
    const database = await openAny({ objects: this.#objects, env, storage: crashStorage({ blocks, mark }) });
    const content = contentOf(database);
    await database.close();
    return content;
  }
}

/** Two records in one transaction. */
function transactLater(database: AnyDatabase, subject: unknown): Promise<unknown> {
  return (database as unknown as { transact(work: (tx: AnyTransaction) => unknown): Promise<unknown> }).transact(
    (tx) => {
      const visits = tx.collection('Visit');
      visits.create({ Subject: subject as string });
      visits.create({ Subject: `${subject} twin` });
    },
  );
}

function contentOf(database: AnyDatabase): string {
  return JSON.stringify(['Visit', 'Step'].map((name) => collectionOf(database, name).find({ deleted: 'include' })));
}

async function run(seed: number, acts: readonly Act[], canTakeOver: boolean): Promise<void> {
  const tabs = new Run(seed, canTakeOver);
  for (let place = 0; place < TABS; place++) {
    await tabs.play({ kind: 'open', tab: place });
    await tabs.play({ kind: 'seconds', count: 1 });
  }
  for (const act of acts) await tabs.play(act);
  const databases = await tabs.heal();
  tabs.expectAllOpened();
  const onDisk = await tabs.contentOnDisk();
  for (const database of databases) {
    expect(contentOf(database)).toBe(onDisk);
    tabs.expectWritten(database);
  }
  expect(new Set(databases.map((database) => database.sequence)).size).toBeLessThanOrEqual(1);
  if (databases.length > 0) {
    const roles = databases.map((database) => database.health()?.role);
    expect(roles.filter((role) => role === 'leader')).toHaveLength(1);
  }
  tabs.expectAnswered();
  await Promise.all(
    databases.map((database) => database.close().catch(() => undefined)).concat(tabs.heal().then(() => {})),
  );
}

test('tabs that close, crash and freeze lose no acknowledged write, make none twice, and agree when all is quiet', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(arbitraryAct, { maxLength: 40 }), (seed, acts) => run(seed, acts, true)),
    lawOptions(60),
  );
});

test('so do those on a storage that cannot be taken over', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(arbitraryAct, { maxLength: 40 }), (seed, acts) => run(seed, acts, false)),
    lawOptions(30),
  );
});
