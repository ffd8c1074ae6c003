import { describe, expect, test } from 'vitest';
import { defineObject, type Migration } from '../../../src/index.ts';
import { type AnyDatabase, codeOf, collectionOf, type Row } from '../../instruments/any-database.ts';
import { crashStorage } from '../../instruments/crash-storage.ts';
import { createFakeEnvironment, NOON_MS } from '../../instruments/fake-environment.ts';
import { withKept } from '../../instruments/kept-in-versions.ts';

const NAME = {
  type: 'string',
  properties: 'Autonumber, Defaulted on create, Filter, idLookup, Sort',
  displayFormat: 'CB-{0000}',
} as const;
const REQUIRED = 'Create, Filter, Group, Sort, Update';
const id = { kind: 'salesforce', prefix: 'a01' } as const;

const First = defineObject({
  name: 'Callback',
  id,
  fields: {
    Name: NAME,
    Fone: { type: 'string', properties: REQUIRED },
    Size: { type: 'string' },
    Person: { type: 'string' },
    Note: { type: 'textarea' },
  },
});

const Part = defineObject({
  name: 'Part',
  id: { kind: 'salesforce', prefix: 'a02' },
  fields: { OfId: { type: 'reference', referenceTo: ['Callback'], cascadeDelete: true }, Kind: { type: 'string' } },
});

/** The object in a later version, of which only what matters to a test is given. */
function later(version: number, migrations: Record<number, Migration>, fields: object, more: object = {}) {
  return defineObject({
    name: 'Callback',
    id,
    version,
    migrations,
    fields: { Name: NAME, ...fields },
    ...more,
  } as never);
}

const recordsOf = (db: object, name = 'Callback') => collectionOf(db, name).find({ deleted: 'include' });
const SYSTEM = [
  'Id',
  'IsDeleted',
  'CreatedDate',
  'CreatedById',
  'LastModifiedDate',
  'LastModifiedById',
  'SystemModstamp',
];
const system = (row: Row) => SYSTEM.map((name) => row[name]);

/** Writes of every kind, a compaction among them or none, and all records as they were at the end. */
async function kept(compactAt: 'never' | 'midway' | 'last') {
  const storage = crashStorage();
  const before = await withKept(storage, [First, Part], async (db, env) => {
    const calls = collectionOf(db, 'Callback');
    const made = await calls.create(
      [1, 2, 3, 4, 5].map((n) => ({ Fone: `+49 ${n}`, Size: String(n), Person: `Ada ${n}`, Note: `note ${n}` })),
    );
    const ids = made.map((result) => result.id as string);
    env.advance(5000);
    await collectionOf(db, 'Part').create([
      { OfId: ids[1], Kind: 'left' },
      { OfId: ids[2], Kind: 'right' },
    ]);
    if (compactAt === 'midway') await db.compact();
    await calls.update({ Id: ids[0] as string, Size: '11', Note: null });
    env.advance(5000);
    await calls.delete([ids[1], ids[4]] as string[]);
    await calls.emptyRecycleBin([ids[4] as string]);
    if (compactAt === 'last') await db.compact();
    return { sequence: db.sequence, ids, rows: recordsOf(db), parts: recordsOf(db, 'Part') };
  });
  return { storage, before };
}

const Number2: Migration = ({ Fone, Size, Note, Person, ...rest }) => {
  const [given, family] = String(Person).split(' ');
  return { ...rest, Phone: Fone, Size: Number(Size), Given: given, Family: family, Length: String(Note ?? '').length };
};
const SECOND = {
  Phone: { type: 'phone', properties: REQUIRED },
  Size: { type: 'int' },
  Given: { type: 'string' },
  Family: { type: 'string' },
  Length: { type: 'int' },
};

describe.each(['never', 'midway', 'last'] as const)('with all in columns %s,', (compactAt) => {
  test('fields are renamed, retyped, split, dropped and computed, and nothing else has changed', async () => {
    const { storage, before } = await kept(compactAt);
    await withKept(storage, [later(2, { 2: Number2 }, SECOND), Part], (db) => {
      const rows = recordsOf(db);
      expect(rows.map(({ Phone, Size, Given, Family, Length }) => [Phone, Size, Given, Family, Length])).toEqual([
        ['+49 1', 11, 'Ada', '1', 0],
        ['+49 2', 2, 'Ada', '2', 6],
        ['+49 3', 3, 'Ada', '3', 6],
        ['+49 4', 4, 'Ada', '4', 6],
      ]);
      expect(rows.map(system)).toEqual(before.rows.map(system));
      expect(rows.map(({ Name }) => Name)).toEqual(['CB-0001', 'CB-0002', 'CB-0003', 'CB-0004']);
      expect(Object.keys(rows[0] as Row)).not.toContain('Fone');
      expect(Object.isFrozen(rows[0])).toBe(true);
      expect(recordsOf(db, 'Part')).toEqual(before.parts);
      expect(db.sequence).toBe(before.sequence);
      expect(db.changesSince(before.sequence)).toEqual([]);
    });
  });

  test('the recycle bin, what a deletion took along, and the numbers go on', async () => {
    const { storage, before } = await kept(compactAt);
    const Parts = defineObject({
      ...Part.spec,
      version: 2,
      migrations: { 2: (part) => ({ ...part, Kind: `${part.Kind}!` }) },
    });
    await withKept(storage, [later(2, { 2: Number2 }, SECOND), Parts], async (db, env) => {
      const calls = collectionOf(db, 'Callback');
      expect([calls.size, collectionOf(db, 'Part').size]).toEqual([3, 1]);
      await calls.undelete(before.ids[1] as string);
      expect(
        collectionOf(db, 'Part')
          .find()
          .map(({ Kind }) => Kind),
      ).toEqual(['left!', 'right!']);
      expect(await codeOf(() => calls.undelete(before.ids[4] as string))).toBe('UNDELETE_FAILED');
      await calls.create({ Phone: '+49 6' });
      expect(calls.find().at(-1)?.Name).toBe('CB-0006');
      // One that was deleted then has left for good, so not all deletions can be told.
      env.advance(3_600_000);
      const window = [new Date(NOON_MS), new Date(NOON_MS + 600_000)] as const;
      expect(await codeOf(() => calls.getDeleted(...window))).toBe('INVALID_REPLICATION_DATE');
      expect(await codeOf(() => collectionOf(db, 'Part').getDeleted(...window))).toBe(undefined);
    });
  });

  test('it is opened again without any migration, and goes on', async () => {
    const { storage, before } = await kept(compactAt);
    const runs: unknown[] = [];
    const counted: Migration = (record) => {
      runs.push(record);
      return Number2(record);
    };
    const objects = [later(2, { 2: counted }, SECOND), Part];
    const migrated = await withKept(storage, objects, (db) => recordsOf(db));
    expect(runs).toHaveLength(4);
    const writes = storage.photos.length;
    await withKept(storage, objects, async (db) => {
      expect(recordsOf(db)).toEqual(migrated);
      expect(storage.photos.length).toBe(writes);
      await collectionOf(db, 'Callback').update({ Id: before.ids[0] as string, Size: 12 });
    });
    await withKept(storage, objects, (db) => expect(recordsOf(db)[0]?.Size).toBe(12));
    expect(runs).toHaveLength(4);
  });
});

describe('steps', () => {
  const upTo = (version: 2 | 3, runs: string[] = []) => {
    const to2: Migration = ({ Fone, ...rest }) => {
      runs.push('2');
      return { ...rest, Phone: Fone, Half: Number(rest.Size) / 2 };
    };
    const to3: Migration = ({ Half, Size: _, ...rest }) => {
      runs.push('3');
      return { ...rest, Quarter: Number(Half) / 2 };
    };
    const common = { Phone: { type: 'string' }, Person: { type: 'string' }, Note: { type: 'textarea' } };
    return version === 2
      ? later(2, { 2: to2 }, { ...common, Size: { type: 'string' }, Half: { type: 'double' } })
      : later(3, { 3: to3, 2: to2 }, { ...common, Quarter: { type: 'double' } });
  };

  test('are taken one after another from the version that is stored', async () => {
    const runs: string[] = [];
    const { storage } = await kept('midway');
    const straight = await withKept(storage, [upTo(3, runs), Part], (db) => recordsOf(db));
    expect(straight.map(({ Phone, Quarter }) => [Phone, Quarter])[0]).toEqual(['+49 1', 2.75]);
    expect(runs).toEqual(Array.from({ length: 4 }, () => ['2', '3']).flat());
  });

  test('that were taken before are not taken again', async () => {
    const { storage } = await kept('midway');
    await withKept(storage, [upTo(2), Part], () => undefined);
    const runs: string[] = [];
    const rows = await withKept(storage, [upTo(3, runs), Part], (db) => recordsOf(db));
    expect(runs).toEqual(['3', '3', '3', '3']);
    expect(rows.map(({ Phone, Quarter }) => [Phone, Quarter])[0]).toEqual(['+49 1', 2.75]);
  });

  test('are handed all stored fields of the version before, frozen, Id included', async () => {
    const { storage, before } = await kept('never');
    const seen: Row[] = [];
    const look: Migration = (record) => {
      seen.push(record);
      expect(Object.isFrozen(record)).toBe(true);
      return { Phone: record.Fone };
    };
    const blind: Migration = (record) => {
      seen.push(record);
      return record;
    };
    await withKept(storage, [later(3, { 2: look, 3: blind }, { Phone: { type: 'string' } }), Part], (db) => {
      // What a step leaves out is as in a create: but ids, stamps and numbers stay.
      expect(recordsOf(db).map(({ Name, Phone }) => [Name, Phone])[0]).toEqual(['CB-0001', '+49 1']);
      expect(recordsOf(db).map(system)).toEqual(before.rows.map(system));
    });
    expect(seen.filter((_, at) => at % 2 === 0)).toEqual(before.rows);
    expect(Object.keys(seen[1] as Row).sort()).toEqual([...SYSTEM, 'Phone'].sort());
  });

  test('may be absent: fields that are no longer defined are dropped then', async () => {
    const { storage } = await kept('midway');
    const fields = {
      Fone: { type: 'string' },
      Size: { type: 'string' },
      Extra: { type: 'boolean', defaultValue: true },
    };
    await withKept(storage, [later(4, {}, fields), Part], (db) => {
      expect(recordsOf(db).map(({ Fone, Size, Extra, Note }) => [Fone, Size, Extra, Note])[0]).toEqual([
        '+49 1',
        '11',
        true,
        undefined,
      ]);
    });
  });

  test('may leave to a later, absent one what that drops', async () => {
    const { storage } = await kept('midway');
    const to2: Migration = ({ Fone, ...rest }) => ({ ...rest, Between: Fone, Phone: Fone });
    await withKept(storage, [later(3, { 2: to2 }, { Phone: { type: 'string' } }), Part], (db) =>
      expect(recordsOf(db)[0]).toMatchObject({ Phone: '+49 1' }),
    );
  });
});

describe('what a field gets', () => {
  const migrated = async (
    migration: Migration,
    fields: object,
    work: (db: AnyDatabase) => unknown = () => undefined,
  ) => {
    const { storage } = await kept('midway');
    return withKept(storage, [later(2, { 2: migration }, fields), Part], async (db) => {
      await work(db);
      return recordsOf(db);
    });
  };

  test('is in its stored form, as any write would have it', async () => {
    const rows = await migrated(() => ({ At: '2026-01-12T10:00:00+0200', Who: '  Ada  ', Tags: { a: 1 } }), {
      At: { type: 'dateTime' },
      Who: { type: 'string' },
      Tags: { type: 'object', fields: { a: { type: 'int' }, b: { type: 'int' } } },
    });
    expect(rows[0]).toMatchObject({ At: '2026-01-12T08:00:00.000Z', Who: 'Ada', Tags: { a: 1, b: null } });
  });

  test('is its default where a step leaves it out, or gives null and it must have a value', async () => {
    const rows = await migrated(() => ({ On: null, State: null }), {
      On: { type: 'boolean', properties: 'Create, Defaulted on create, Filter' },
      State: { type: 'picklist', values: ['open'], defaultValue: 'open' },
      Other: { type: 'string', defaultValue: 'x' },
    });
    expect(rows[0]).toMatchObject({ On: false, State: null, Other: 'x' });
  });

  test('is a number in the order of creation where a step brings an autonumber, which goes on', async () => {
    const fields = { Ticket: { ...NAME, displayFormat: 'T-{000}' } };
    const rows = await migrated(
      (record) => record,
      fields,
      (db) => collectionOf(db, 'Callback').create({}),
    );
    // Above the last number that was given, as the new field may be an old one renamed.
    expect(rows.map(({ Ticket }) => Ticket)).toEqual(['T-001', 'T-002', 'T-003', 'T-004', 'T-005']);
  });

  test('stays empty where it must have a value now and had none before', async () => {
    const { storage } = await kept('never');
    const grown = { ...First.spec.fields, Must: { type: 'string', properties: REQUIRED } };
    await withKept(storage, [later(1, {}, grown), Part], (db) => expect(recordsOf(db)[0]?.Must).toBe(null));
    await withKept(storage, [later(1, {}, grown), Part], (db) =>
      collectionOf(db, 'Callback').create({ Fone: '1', Must: 'x' }),
    );
    await withKept(storage, [later(2, { 2: (record) => record }, grown), Part], (db) =>
      expect(recordsOf(db).map(({ Must }) => Must)).toEqual([null, null, null, null, 'x']),
    );
  });
});

test('numbers go on under another name, though the highest has left for good', async () => {
  const { storage } = await kept('last');
  const Renamed = defineObject({
    name: 'Callback',
    id,
    version: 2,
    migrations: { 2: ({ Name, ...rest }) => ({ ...rest, Ticket: Name }) },
    fields: { Ticket: NAME },
  });
  await withKept(storage, [Renamed, Part], async (db) => {
    await collectionOf(db, 'Callback').create({});
    expect(recordsOf(db).map(({ Ticket }) => Ticket)).toEqual(['CB-0001', 'CB-0002', 'CB-0003', 'CB-0004', 'CB-0006']);
  });
});

test('ids may come under another name', async () => {
  const fields = {
    sid: { type: 'string', properties: 'Create, Defaulted on create, Filter, idLookup' },
    Note: { type: 'string' },
  } as const;
  const Old = defineObject({ name: 'Room', system: 'minimal', id: { kind: 'text' }, roles: { id: 'sid' }, fields });
  const New = defineObject({
    name: 'Room',
    version: 2,
    migrations: { 2: ({ sid, ...rest }) => ({ ...rest, key: sid }) },
    system: 'minimal',
    id: { kind: 'text' },
    roles: { id: 'key' },
    fields: { key: fields.sid, Note: { type: 'string' } },
  });
  const storage = crashStorage();
  const row = await withKept(storage, [Old], async (db) => {
    await collectionOf(db, 'Room').create({ Note: 'a' });
    return recordsOf(db, 'Room')[0];
  });
  await withKept(storage, [New], (db) => expect(recordsOf(db, 'Room')).toMatchObject([{ key: row?.sid, Note: 'a' }]));
});

test('25,000 records are carried in chunks, told in order, with room for others between', async () => {
  const storage = crashStorage();
  const count = 25_000;
  await withKept(storage, [First, Part], async (db) => {
    await collectionOf(db, 'Callback').create(
      Array.from({ length: count }, (_, n) => ({ Fone: `${n}`, Size: `${n}`, Person: 'Ada L' })),
    );
    await db.compact();
  });
  const told: { phase: string; done: number; total: number }[] = [];
  let pauses = 0;
  let turns = 0;
  const env = {
    ...createFakeEnvironment({ seed: 5 }),
    pause: () => {
      pauses++;
      return new Promise<void>((resolve) => setImmediate(resolve));
    },
  };
  let isOpen = false;
  const others = (async () => {
    while (!isOpen) {
      turns++;
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const onProgress = (progress: (typeof told)[number]) => void told.push(progress);
  await withKept(
    storage,
    [later(2, { 2: Number2 }, SECOND), Part],
    async (db) => {
      isOpen = true;
      await others;
      expect(collectionOf(db, 'Callback').size).toBe(count);
      expect(collectionOf(db, 'Callback').find({ where: { Size: 24_999 } })).toHaveLength(1);
    },
    { env, onProgress },
  );
  const phases = [...new Set(told.map(({ phase }) => phase))];
  expect(phases).toEqual(['open', 'migrate', 'compact']);
  for (const phase of phases) {
    const own = told.filter((progress) => progress.phase === phase);
    expect(own.map(({ done }) => done)).toEqual(own.map(({ done }) => done).sort((left, right) => left - right));
    expect(own.every(({ done, total }) => done <= total)).toBe(true);
    expect(own.at(-1)?.done).toBe(own.at(-1)?.total);
  }
  expect(told.filter(({ phase }) => phase === 'migrate').map(({ done, total }) => [done, total])).toEqual(
    Array.from({ length: 26 }, (_, n) => [n * 1000, count]),
  );
  expect(told.filter(({ phase }) => phase === 'compact').at(-1)?.total).toBe(count);
  expect(pauses).toBeGreaterThanOrEqual(25 + 7);
  expect(turns).toBeGreaterThanOrEqual(25);
});
