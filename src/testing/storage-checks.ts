import type { Storage, StorageConnection, StoredBlock } from '../engine/storage/storage.ts';

/** One promise of the contract, and what tries it. */
export interface StorageCheck {
  readonly name: string;
  /** Rejects with what was broken. */
  run(): Promise<void>;
}

const NAME = 'checked';

function assert(holds: boolean, words: string): asserts holds {
  if (!holds) throw new Error(words);
}

function block(key: string, ...bytes: readonly number[]): StoredBlock {
  return { key, bytes: Uint8Array.from(bytes) };
}

async function readAll(connection: StorageConnection): Promise<StoredBlock[]> {
  const blocks: StoredBlock[] = [];
  for await (const { key, bytes } of connection.read()) blocks.push({ key, bytes: bytes.slice() });
  return blocks;
}

function assertSame(found: readonly StoredBlock[], expected: readonly StoredBlock[]): void {
  const keys = (blocks: readonly StoredBlock[]) => blocks.map(({ key }) => key).join(' ');
  assert(keys(found) === keys(expected), `the keys [${keys(found)}] are read where [${keys(expected)}] were written`);
  for (const [at, { key, bytes }] of found.entries()) {
    const wanted = (expected[at] as StoredBlock).bytes;
    const isSame = bytes.length === wanted.length && bytes.every((byte, i) => byte === wanted[i]);
    assert(isSame, `${key} is read back with other bytes`);
  }
}

/** Opens, works, closes, and opens again to look. */
async function afterReopening(
  storage: Storage,
  work: (connection: StorageConnection) => Promise<void>,
  expected: readonly StoredBlock[],
): Promise<void> {
  const first = await storage.connect(NAME);
  await readAll(first);
  await work(first);
  await first.close();
  const second = await storage.connect(NAME);
  try {
    assertSame(await readAll(second), expected);
  } finally {
    await second.close();
  }
}

async function assertLocked(storage: Storage, name: string): Promise<void> {
  let code: unknown;
  try {
    await (await storage.connect(name)).close();
  } catch (error) {
    code = (error as { code?: unknown }).code;
  }
  assert(code === 'STORAGE_LOCKED', 'a second connection is refused with STORAGE_LOCKED');
}

type Check = (storage: Storage) => Promise<void>;

const CHECKS: Readonly<Record<string, Check>> = {
  'a database that was never written to has no blocks': (storage) => afterReopening(storage, async () => {}, []),

  'what is written is read back in the order of the keys, by a later connection': (storage) => {
    const [a, b, c] = [block('a-1', 1), block('a-2', 2, 3), block('b', 4)];
    return afterReopening(storage, (connection) => connection.write({ put: [c, a, b] }, true), [a, b, c]);
  },

  'a key that is put again has its last bytes': (storage) =>
    afterReopening(
      storage,
      async (connection) => {
        await connection.write({ put: [block('a', 1, 2, 3)] }, true);
        await connection.write({ put: [block('a', 9)] }, false);
      },
      [block('a', 9)],
    ),

  'ranges are taken out up to their end, which stays': (storage) =>
    afterReopening(
      storage,
      async (connection) => {
        await connection.write({ put: [block('a', 1), block('b', 2), block('c', 3), block('d', 4)] }, true);
        await connection.write({ put: [], remove: [{ from: 'b', to: 'd' }] }, true);
      },
      [block('a', 1), block('d', 4)],
    ),

  'what is put in the write that removes its range stays': (storage) =>
    afterReopening(
      storage,
      async (connection) => {
        await connection.write({ put: [block('a', 1), block('b', 2)] }, true);
        await connection.write({ put: [block('b', 7)], remove: [{ from: 'a', to: 'z' }] }, true);
      },
      [block('b', 7)],
    ),

  'every byte comes back, an empty block and one of eight megabytes too': (storage) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const large = new Uint8Array(8 * 1024 * 1024).fill(0x5a);
    const blocks = [
      { key: 'all', bytes },
      { key: 'empty', bytes: new Uint8Array(0) },
      { key: 'large', bytes: large },
    ];
    return afterReopening(storage, (connection) => connection.write({ put: blocks }, true), blocks);
  },

  'a thousand blocks of one write are all there': (storage) => {
    const blocks = Array.from({ length: 1_000 }, (_, at) => block(`k-${String(at).padStart(4, '0')}`, at & 255));
    return afterReopening(storage, (connection) => connection.write({ put: blocks }, true), blocks);
  },

  'bytes that are changed after a write are not changed in what was written': (storage) => {
    const mine = block('a', 1, 2);
    return afterReopening(
      storage,
      async (connection) => {
        await connection.write({ put: [mine] }, true);
        mine.bytes.fill(0);
      },
      [block('a', 1, 2)],
    );
  },

  'what was not written durably is there after closing': (storage) =>
    afterReopening(storage, (connection) => connection.write({ put: [block('a', 1)] }, false), [block('a', 1)]),

  'a database that is open cannot be opened again until it is closed': async (storage) => {
    const first = await storage.connect(NAME);
    await assertLocked(storage, NAME);
    await first.close();
    await (await storage.connect(NAME)).close();
  },

  'databases of other names are apart, and open at the same time': async (storage) => {
    const [left, right] = [await storage.connect('left'), await storage.connect('right')];
    await left.write({ put: [block('a', 1)] }, true);
    assertSame(await readAll(right), []);
    await left.close();
    await right.close();
  },

  'a database that can be taken over is written by whoever did so last, and by nobody else': async (storage) => {
    if (storage.takeOver === undefined) return;
    const first = await storage.connect(NAME);
    await first.write({ put: [block('a', 1)] }, true);
    const second = await storage.takeOver(NAME);
    assert((second.epoch ?? 0) > (first.epoch ?? 0), 'the later connection has the higher epoch');
    let code: unknown;
    await first.write({ put: [block('b', 2)] }, true).catch((error: { code?: unknown }) => (code = error.code));
    assert(code === 'STORAGE_LOCKED', 'a write of the one before is refused with STORAGE_LOCKED');
    assertSame(await readAll(second), [block('a', 1)]);
    await second.write({ put: [block('c', 3)] }, true);
    await first.close();
    await assertLocked(storage, NAME);
    await second.close();
    await (await storage.connect(NAME)).close();
  },

  'who waits for a database to be free is told when it is, once, and not when that was called off': async (storage) => {
    if (storage.whenFree === undefined) return;
    const first = await storage.connect(NAME);
    const told: string[] = [];
    storage.whenFree(NAME, () => told.push('called off'))();
    const isFree = new Promise<void>((resolve) => {
      storage.whenFree?.(NAME, () => {
        told.push('free');
        resolve();
      });
    });
    assert(told.length === 0, 'nobody is told while it is open');
    await first.close();
    await isFree;
    await (await storage.connect(NAME)).close();
    assert(told.join() === 'free', 'whoever called it off is not told, and the other once');
  },

  'a mark, where the storage keeps one, is the last that was written': async (storage) => {
    const first = await storage.connect(NAME);
    const keeps = first.writeMark !== undefined && first.readMark !== undefined;
    if (keeps) {
      const none = await first.readMark?.();
      assert(none === undefined, 'a new database has no mark');
      await first.writeMark?.(Uint8Array.of(1, 2, 3));
      await first.writeMark?.(Uint8Array.of(4, 5, 6));
    }
    await first.close();
    if (!keeps) return;
    const second = await storage.connect(NAME);
    const mark = await second.readMark?.();
    await second.close();
    assert(mark !== undefined && [...mark].join() === '4,5,6', 'the mark is read back by a later connection');
  },

  'a mark of no bytes is none': async (storage) => {
    const first = await storage.connect(NAME);
    await first.writeMark?.(Uint8Array.of(1, 2, 3));
    await first.writeMark?.(new Uint8Array(0));
    await first.close();
    const second = await storage.connect(NAME);
    const mark = await second.readMark?.();
    await second.close();
    assert(mark === undefined, 'a mark that was taken away is not read');
  },
};

/**
 * What every storage must do. `createStorage` gives one with nothing in it, each time. In any test runner:
 *
 *     for (const { name, run } of storageChecks(() => myStorage())) test(name, run);
 */
export function storageChecks(createStorage: () => Storage | Promise<Storage>): readonly StorageCheck[] {
  return Object.entries(CHECKS).map(([name, check]) => ({ name, run: async () => check(await createStorage()) }));
}
