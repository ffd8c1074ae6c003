import { afterEach, describe, expect, it } from 'vitest';
import { defineObject } from '../../src/engine/definition/define-object.ts';
import type { Master, MasterAnswer, MasterPush } from '../../src/server/master.ts';
import type { MasterRow } from '../../src/server/row-verdict.ts';

/** The objects that a master is tried with. */
export const Desk = defineObject({
  name: 'Desk',
  system: 'minimal',
  id: { kind: 'text' },
  roles: { id: 'Id' },
  fields: {
    Id: { type: 'string', properties: 'Filter, Sort' },
    Number: { type: 'string', properties: 'Autonumber, Defaulted on create, Filter, Sort', displayFormat: 'D-{0000}' },
    Title: { type: 'string' },
    Code: { type: 'string', properties: 'Create, Filter, Nillable, Unique, Update' },
    Owner: { type: 'string' },
    Size: { type: 'int' },
  },
});
export const Chair = defineObject({
  name: 'Chair',
  system: 'minimal',
  id: { kind: 'text' },
  roles: { id: 'Id' },
  fields: {
    Id: { type: 'string', properties: 'Filter, Sort' },
    DeskId: { type: 'reference', referenceTo: ['Desk'], cascadeDelete: true, length: 255 },
    Title: { type: 'string' },
  },
});
export const MASTER_OBJECTS = ['Desk', 'Chair'];

/** One master to try, and what is needed to try it. */
export interface MasterTrial {
  readonly master: Master;
  /** Ends it and begins another on the same records, as when its process is started again. */
  restart(): Promise<Master>;
  /** Ends it, puts back what was kept when `save` was last called, and begins another. */
  save(): Promise<void>;
  restore(): Promise<Master>;
  /** Lets time pass. */
  pass(ms: number): void;
  end(): Promise<void>;
}

/** How long the masters that are tried remember. */
export const RETENTION_MS = 86_400_000;

export function row(object: string, next: Record<string, unknown>, assumed?: Record<string, unknown>): MasterRow {
  const id = next.Id as string;
  return { object, id, next, assumed: assumed === undefined ? undefined : { Id: id, ...assumed }, isWhole: false };
}

let pushes = 0;
export function push(commits: readonly (readonly MasterRow[])[], more: Partial<MasterPush> = {}): MasterPush {
  return {
    client: 'client',
    push: ++pushes,
    hash: JSON.stringify(commits),
    user: undefined,
    commits,
    sees: () => true,
    judge: () => undefined,
    ...more,
  };
}

export async function write(
  master: Master,
  commits: readonly (readonly MasterRow[])[],
  more: Partial<MasterPush> = {},
): Promise<readonly (readonly MasterAnswer[])[]> {
  const outcome = await master.write(push(commits, more));
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  return outcome.commits;
}

async function all(master: Master, after = 0, limit = 1_000, more: { heldOnly?: boolean; withBefore?: boolean } = {}) {
  return master.read({ objects: MASTER_OBJECTS, after, limit, withBefore: false, heldOnly: false, ...more });
}

const statuses = (commits: readonly (readonly MasterAnswer[])[]) =>
  commits.map((rows) => rows.map(({ status }) => status));

/** Tries any kind of master by one list of laws. */
export function checkMaster(name: string, make: () => Promise<MasterTrial>): void {
  describe(name, () => {
    let trial: MasterTrial;
    const open = async () => {
      trial = await make();
      return trial.master;
    };
    afterEach(() => trial.end());

    checkCommits(open);
    checkPushes(open);
    checkBins(open);
    checkHistory(open, () => trial);
  });
}

type Open = () => Promise<Master>;

function checkCommits(open: Open): void {
  it('tells changes in the order of their commits, each record by its last', async () => {
    const master = await open();
    await write(master, [[row('Desk', { Id: 'a', Title: 'one' })]]);
    await write(master, [[row('Chair', { Id: 'c', Title: 'chair' })]]);
    await write(master, [[row('Desk', { Id: 'b', Title: 'two' })]]);
    await write(master, [[row('Desk', { Id: 'a', Title: 'new' }, { Title: 'one' })]]);
    const { entries, done, sequence } = await all(master);
    expect(entries.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect(entries.map((entry) => entry.sequence)).toEqual(
      entries.map((entry) => entry.sequence).sort((left, right) => left - right),
    );
    expect(entries[2]?.record).toMatchObject({ Title: 'new' });
    expect(done).toBe(true);
    expect(sequence).toBe((await master.position()).sequence);
    expect((await all(master, sequence)).entries).toEqual([]);
  });

  it('never cuts a commit apart, and reads on where it ended', async () => {
    const master = await open();
    await write(master, [[row('Desk', { Id: 'a' }), row('Chair', { Id: 'b' }), row('Desk', { Id: 'c' })]]);
    await write(master, [[row('Desk', { Id: 'd' })]]);
    const first = await all(master, 0, 1);
    expect(first.entries.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
    expect(new Set(first.entries.map(({ sequence }) => sequence)).size).toBe(1);
    expect(first.done).toBe(false);
    const second = await all(master, first.sequence, 1);
    expect(second.entries.map(({ id }) => id)).toEqual(['d']);
    expect(second.done).toBe(true);
  });

  it('takes a commit whole or not at all, and holds the rows beside one that it does not take', async () => {
    const master = await open();
    const answers = await write(master, [
      [row('Desk', { Id: 'a' }), row('Desk', { Id: 'b', Size: 'large' }), row('Desk', { Id: 'c' })],
      [row('Desk', { Id: 'd' })],
    ]);
    expect(statuses(answers)).toEqual([['held', 'refused', 'held'], ['applied']]);
    expect((await all(master)).entries.map(({ id }) => id)).toEqual(['d']);
  });

  it('tells of what is watched with its last sequence', async () => {
    const master = await open();
    const heard: number[] = [];
    const stop = master.watch((sequence) => heard.push(sequence));
    await write(master, [[row('Desk', { Id: 'a' })]]);
    const { sequence } = await master.position();
    await expect.poll(() => heard.at(-1)).toBe(sequence);
    stop();
    await write(master, [[row('Desk', { Id: 'b' })]]);
    expect(heard.at(-1)).toBe(sequence);
  });

  it('counts what is held, and changes after a sequence', async () => {
    const master = await open();
    await write(master, [[row('Desk', { Id: 'a' }), row('Chair', { Id: 'b' })]]);
    const { sequence } = await master.position();
    await write(master, [[row('Desk', { Id: 'a', _deleted: true }, { _deleted: false })]]);
    expect(await master.count(MASTER_OBJECTS)).toBe(2);
    expect(await master.count(MASTER_OBJECTS, sequence)).toBe(1);
    expect(await master.count(['Chair'], sequence)).toBe(0);
  });
}

function checkPushes(open: Open): void {
  it('answers a push that comes again as it did, and does nothing twice', async () => {
    const master = await open();
    const once = push([[row('Desk', { Id: 'a', Title: 'one' })], [row('Desk', { Id: 'b', Size: 'large' })]]);
    const first = await master.write(once);
    const { sequence } = await master.position();
    const second = await master.write(once);
    expect(second).toEqual({ ...first, repeated: true });
    expect((await master.position()).sequence).toBe(sequence);
  });

  it('takes a change that is there already for done', async () => {
    const master = await open();
    const made = row('Desk', { Id: 'a', Title: 'one' });
    await write(master, [[made]]);
    expect(statuses(await write(master, [[made]]))).toEqual([['applied']]);
  });

  it('knows a number used with another content for that of a cloned client, and a lower one for outdated', async () => {
    const master = await open();
    await master.write(push([[row('Desk', { Id: 'a' })]], { push: 7_000_000, client: 'two' }));
    const cloned = push([[row('Desk', { Id: 'b' })]], { push: 7_000_000, client: 'two' });
    expect(await master.write(cloned)).toEqual({ kind: 'cloned' });
    expect(await master.write({ ...cloned, push: 6_999_999 })).toEqual({ kind: 'outdated' });
    expect((await all(master)).entries.map(({ id }) => id)).toEqual(['a']);
  });

  it('answers a conflict with what it holds, in the fields assumed alone', async () => {
    const master = await open();
    await write(master, [[row('Desk', { Id: 'a', Title: 'one', Size: 1 })]]);
    await write(master, [[row('Desk', { Id: 'a', Size: 2 }, { Size: 1 })]]);
    expect(statuses(await write(master, [[row('Desk', { Id: 'a', Title: 'two' }, { Title: 'one' })]]))).toEqual([
      ['applied'],
    ]);
    const [[answer]] = (await write(master, [[row('Desk', { Id: 'a', Size: 3 }, { Size: 1 })]])) as [[MasterAnswer]];
    expect(answer).toMatchObject({ status: 'conflict', record: { Title: 'two', Size: 2 } });
  });

  it('says that a record is missing which was assumed', async () => {
    const master = await open();
    expect(statuses(await write(master, [[row('Desk', { Id: 'a', Size: 3 }, { Size: 1 })]]))).toEqual([['missing']]);
  });

  it('refuses a unique key that another has, without its id', async () => {
    const master = await open();
    await write(master, [[row('Desk', { Id: 'hidden-one', Code: 'X' })]]);
    const [[answer]] = (await write(master, [[row('Desk', { Id: 'a', Code: 'x' })]])) as [[MasterAnswer]];
    expect(answer).toMatchObject({ status: 'refused', code: 'DUPLICATE_VALUE', fields: ['Code'] });
    expect(JSON.stringify(answer)).not.toContain('hidden-one');
  });

  it('lets two records swap a unique key in one commit, and no others have it', async () => {
    const master = await open();
    await write(master, [[row('Desk', { Id: 'a', Code: '1' }), row('Desk', { Id: 'b', Code: '2' })]]);
    const swap = [
      row('Desk', { Id: 'a', Code: '2' }, { Code: '1' }),
      row('Desk', { Id: 'b', Code: '1' }, { Code: '2' }),
    ];
    expect(statuses(await write(master, [swap]))).toEqual([['applied', 'applied']]);
    expect((await all(master)).entries.map(({ id, record }) => [id, record?.Code]).toSorted()).toEqual([
      ['a', '2'],
      ['b', '1'],
    ]);
    const taken = [row('Desk', { Id: 'c', Code: '1' }), row('Desk', { Id: 'a', Code: '3' }, { Code: '2' })];
    expect((await write(master, [taken]))[0]).toMatchObject([{ code: 'DUPLICATE_VALUE' }, { status: 'held' }]);
    expect(statuses(await write(master, [[row('Desk', { Id: 'd', Code: '2' })]]))).toEqual([['refused']]);
    expect(statuses(await write(master, [[row('Desk', { Id: 'd', Code: '3' })]]))).toEqual([['applied']]);
  });

  it('lets unique keys go round among several records in one commit, and into the bin with one of them', async () => {
    const master = await open();
    await write(master, [['1', '2', '3'].map((code) => row('Desk', { Id: `d${code}`, Code: code }))]);
    const to = (id: string, code: string, from: string) => row('Desk', { Id: id, Code: code }, { Code: from });
    const ring = [to('d1', '2', '1'), to('d2', '3', '2'), to('d3', '1', '3')];
    expect(statuses(await write(master, [ring]))).toEqual([['applied', 'applied', 'applied']]);
    const bin = [to('d1', '3', '2'), row('Desk', { Id: 'd2', _deleted: true }, { _deleted: false })];
    expect(statuses(await write(master, [bin]))).toEqual([['applied', 'applied']]);
    const held = (await all(master)).entries.map(({ id, record }) => [id, record?.Code, record?.IsDeleted]);
    expect(held.toSorted()).toEqual([
      ['d1', '3', false],
      ['d2', '3', true],
      ['d3', '1', false],
    ]);
  });

  it('has a unique key free again once its record has gone for good, straight from use too', async () => {
    const master = await open();
    await write(master, [[row('Desk', { Id: 'a', Code: '1' })]]);
    const gone = row('Desk', { Id: 'a', _deleted: true, _purged: true }, { _deleted: false });
    expect(statuses(await write(master, [[gone]]))).toEqual([['applied']]);
    expect(statuses(await write(master, [[row('Desk', { Id: 'b', Code: '1' })]]))).toEqual([['applied']]);
  });

  it('tells every state that a record has had since a place, though it is read from a later one', async () => {
    const master = await open();
    await write(master, [[row('Desk', { Id: 'a', Size: 1 })]]);
    const { sequence } = await master.position();
    await write(master, [[row('Desk', { Id: 'a', Size: 2 }, { Size: 1 })]]);
    const { sequence: later } = await master.position();
    await write(master, [[row('Desk', { Id: 'a', Size: 3 }, { Size: 2 })]]);
    const sizes = async (after: number, since?: number) => {
      const more = { objects: MASTER_OBJECTS, limit: 10, withBefore: true, heldOnly: false };
      const [entry] = (await master.read({ ...more, after, since })).entries;
      return [entry?.before?.Size, [...(entry?.earlier ?? [])].map(({ Size }) => Size).toSorted()];
    };
    expect(await sizes(later)).toEqual([2, [2]]);
    expect(await sizes(later, sequence)).toEqual([1, [1, 2]]);
    expect(await sizes(later, 0)).toEqual([undefined, [1, 2]]);
  });

  it('refuses what the rule forbids, and takes nothing of its commit', async () => {
    const master = await open();
    const refusal = { status: 'refused', code: 'SYNC_FORBIDDEN', message: 'no' } as const;
    const answers = await write(master, [[row('Desk', { Id: 'a' }), row('Desk', { Id: 'b' })]], {
      judge: ({ id }) => (id === 'b' ? refusal : undefined),
    });
    expect(answers).toEqual([[{ status: 'held' }, refusal]]);
    expect((await all(master)).entries).toEqual([]);
  });

  it('answers for a record that may not be seen as for none, but takes none in its place', async () => {
    const master = await open();
    await write(master, [[row('Desk', { Id: 'a', Title: 'secret' })]]);
    const hidden = { sees: () => false };
    const there = (id: string) => [
      [row('Desk', { Id: id, Title: 'x' }, { Title: 'secret' })],
      [row('Desk', { Id: id, _deleted: true, _purged: true }, { Title: 'secret' })],
      [row('Desk', { Id: id, Title: 'secret', Size: 'large' })],
    ];
    expect(await write(master, there('a'), hidden)).toEqual(await write(master, there('none'), hidden));
    const [[answer]] = (await write(master, [[row('Desk', { Id: 'a', Title: 'secret' })]], hidden)) as [[MasterAnswer]];
    expect(answer).toMatchObject({ status: 'refused', code: 'SYNC_FORBIDDEN' });
    expect((await all(master)).entries[0]?.record).toMatchObject({ Title: 'secret' });
  });

  it('gives no number twice, however many write at once', async () => {
    const master = await open();
    const many = Array.from({ length: 40 }, (_, at) =>
      write(master, [[row('Desk', { Id: `d${at}` }), row('Desk', { Id: `e${at}` })]], { client: `client ${at}` }),
    );
    const numbers = (await Promise.all(many))
      .flat(2)
      .map((answer) => (answer.status === 'applied' ? answer.set?.Number : undefined));
    expect(new Set(numbers).size).toBe(80);
    expect(numbers.every((number) => /^D-\d{4}$/.test(String(number)))).toBe(true);
  });
}

function checkBins(open: Open): void {
  it('carries a deletion with the record that took it, and brings both back', async () => {
    const master = await open();
    await write(master, [[row('Desk', { Id: 'a' }), row('Chair', { Id: 'c', DeskId: 'a' })]]);
    await write(master, [
      [
        row('Desk', { Id: 'a', _deleted: true }, { _deleted: false }),
        row('Chair', { Id: 'c', _deleted: true, _deletedWith: ['Desk', 'a'] }, { _deleted: false }),
      ],
    ]);
    const gone = (await all(master)).entries;
    expect(gone.map(({ record }) => record?.IsDeleted)).toEqual([true, true]);
    expect(gone.find(({ id }) => id === 'c')?.root).toEqual({ object: 'Desk', id: 'a' });
    expect((await all(master, 0, 10, { heldOnly: true })).entries).toHaveLength(2);
    expect(await master.count(MASTER_OBJECTS)).toBe(2);
    await write(master, [
      [
        row('Desk', { Id: 'a', _deleted: false }, { _deleted: true }),
        row('Chair', { Id: 'c', _deleted: false }, { _deleted: true }),
      ],
    ]);
    const back = (await all(master)).entries;
    expect(back.map(({ record }) => record?.IsDeleted)).toEqual([false, false]);
    expect(back.every(({ root }) => root === undefined)).toBe(true);
  });

  it('purges what is in the bin alone, tells of it, and lets nobody make it anew', async () => {
    const master = await open();
    await write(master, [[row('Desk', { Id: 'a' })]]);
    const purge = row('Desk', { Id: 'a', _deleted: true, _purged: true }, { _deleted: true });
    expect(statuses(await write(master, [[purge]]))).toEqual([['conflict']]);
    await write(master, [[row('Desk', { Id: 'a', _deleted: true }, { _deleted: false })]]);
    expect(statuses(await write(master, [[purge]]))).toEqual([['applied']]);
    expect((await all(master)).entries).toMatchObject([{ id: 'a', record: undefined }]);
    expect(await write(master, [[row('Desk', { Id: 'a' })]])).toMatchObject([
      [{ status: 'refused', code: 'ENTITY_IS_DELETED' }],
    ]);
  });
}

function checkHistory(open: Open, current: () => MasterTrial): void {
  it('tells a record as it was at an earlier sequence', async () => {
    const master = await open();
    const at = async () => (await master.position()).sequence;
    const none = await at();
    await write(master, [[row('Desk', { Id: 'a', Title: 'one', Owner: 'me' })]]);
    const made = await at();
    await write(master, [[row('Desk', { Id: 'a', Title: 'two' }, { Title: 'one' })]]);
    await write(master, [[row('Desk', { Id: 'a', Owner: 'you' }, { Owner: 'me' })]]);
    const edited = await at();
    await write(master, [[row('Desk', { Id: 'a', _deleted: true }, { _deleted: false })]]);
    await write(master, [[row('Desk', { Id: 'a', _deleted: true, _purged: true }, { _deleted: true })]]);
    const before = async (after: number) => (await all(master, after, 10, { withBefore: true })).entries[0]?.before;
    expect(await before(none)).toBeUndefined();
    expect(await before(made)).toMatchObject({ Title: 'one', Owner: 'me', IsDeleted: false });
    expect(await before(edited)).toMatchObject({ Title: 'two', Owner: 'you', IsDeleted: false });
  });

  it('knows a place again after it was started again, and answers a push of before as it did', async () => {
    const master = await open();
    const once = push([[row('Desk', { Id: 'a' })]]);
    const first = await master.write(once);
    const position = await master.position();
    await current().restart();
    const again = await current().restart();
    expect(await again.check(position)).toBe('known');
    expect((await again.position()).sequence).toBe(position.sequence);
    expect(await again.write(once)).toEqual({ ...first, repeated: true });
    expect((await all(again)).entries.map(({ id }) => id)).toEqual(['a']);
  });

  it('knows a place before anything was done, after it was started again', async () => {
    const position = await (await open()).position();
    const again = await current().restart();
    expect(await again.check(position)).toBe('known');
  });

  it('knows that a place is lost which was reached after the backup that it was restored from', async () => {
    const master = await open();
    await write(master, [[row('Desk', { Id: 'a' })]]);
    const kept = await master.position();
    await current().save();
    await write(master, [[row('Desk', { Id: 'b' })]]);
    const lost = await master.position();
    const restored = await current().restore();
    expect(await restored.check(kept)).toBe('known');
    expect(await restored.check(lost)).toBe('lost');
    for (const id of ['x', 'y', 'z']) await write(restored, [[row('Desk', { Id: id })]], { client: 'other' });
    expect(await restored.check(lost)).toBe('lost');
    expect(await restored.check(kept)).toBe('known');
  });

  it('knows no place of another history, or that has not been reached', async () => {
    const master = await open();
    const { era, sequence } = await master.position();
    expect(await master.check({ era: 'none', sequence })).toBe('lost');
    expect(await master.check({ era, sequence: sequence + 1_000 })).toBe('lost');
    expect(await master.check({ era, sequence: Number.NaN })).toBe('lost');
    expect(await master.eraAt(sequence)).toBe(era);
  });

  it('forgets what is older than it must remember, and says so', async () => {
    const master = await open();
    await write(master, [[row('Desk', { Id: 'a' }), row('Desk', { Id: 'b' })]]);
    const old = await master.position();
    await write(master, [[row('Desk', { Id: 'a', _deleted: true }, { _deleted: false })]]);
    await write(master, [[row('Desk', { Id: 'a', _deleted: true, _purged: true }, { _deleted: true })]]);
    const now = await master.position();
    expect(await master.check(old)).toBe('known');
    current().pass(RETENTION_MS + 1_000);
    await master.purge();
    expect(await master.check(old)).toBe('too-old');
    expect(await master.check(now)).toBe('known');
    expect(await master.check(await master.position())).toBe('known');
    expect((await all(master)).entries.map(({ id }) => id)).toEqual(['b']);
  });
}
