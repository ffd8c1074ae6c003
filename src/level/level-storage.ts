import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { createError, type EngineError } from '../engine/ground/errors.ts';
import type { BlockWrite, Storage, StorageConnection, StoredBlock } from '../engine/storage/storage.ts';

type Level = ClassicLevel<string, Uint8Array>;

/** Blocks and bytes read at a time: few of a snapshot, many of a log, whose 10,000 small ones take 30 ms so and 50 by 16. */
const READ_COUNT = 256;
const READ_BYTES = 1 << 20;
/** Keys on either side of those of all blocks. */
const BEFORE_ALL = ' ';
const BEHIND_ALL = '~';
const MARK_FILE = 'sojourn.mark';
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** LevelDB's words for a full disk come from the system, and differ only there. */
function refusal(error: unknown): EngineError {
  const text = String((error as { cause?: unknown })?.cause ?? error);
  if (/no space left|ENOSPC|quota/i.test(text))
    return createError('STORAGE_FULL', 'the disk has no room left: make some, and reopen() the database');
  return createError('STORAGE_FAILED', 'the disk did not keep what it was given');
}

class LevelConnection implements StorageConnection {
  readonly #level: Level;
  readonly #mark: Awaited<ReturnType<typeof open>>;
  readonly #markPath: string;
  /** The tidying of what was removed, which goes on beside; and whether more has been since it began. */
  #tidying: Promise<void> | undefined;
  #isUntidy = false;

  constructor(level: Level, mark: Awaited<ReturnType<typeof open>>, markPath: string) {
    this.#level = level;
    this.#mark = mark;
    this.#markPath = markPath;
  }

  async *read(): AsyncIterable<StoredBlock> {
    const iterator = this.#level.iterator({ highWaterMarkBytes: READ_BYTES });
    try {
      for (;;) {
        const entries = await iterator.nextv(READ_COUNT);
        if (entries.length === 0) return;
        for (const [key, bytes] of entries) yield { key, bytes };
      }
    } catch (error) {
      throw createError('STORAGE_CORRUPT', `LevelDB cannot read its files: ${codeOf(error)}`);
    } finally {
      await iterator.close();
    }
  }

  async write({ put, remove = [] }: BlockWrite, durable: boolean): Promise<void> {
    try {
      const gone: { type: 'del'; key: string }[] = [];
      for (const { from, to } of remove)
        for await (const key of this.#level.keys({ gte: from, lt: to })) gone.push({ type: 'del', key });
      const puts = put.map(({ key, bytes }) => ({ type: 'put' as const, key, value: bytes }));
      await this.#level.batch([...gone, ...puts], { sync: durable });
      if (durable && gone.length > 0) this.#tidy();
    } catch (error) {
      throw refusal(error);
    }
  }

  /** What is gone leaves the files when LevelDB comes by, which of a log written once may be never. */
  #tidy(): void {
    this.#isUntidy = true;
    this.#tidying ??= this.#tidyAll()
      .catch(() => undefined)
      .finally(() => {
        this.#tidying = undefined;
      });
  }

  /**
   * LevelDB writes what it holds in memory to a file as it is, with what was removed meanwhile, and may place that file so
   * deep that tidying has nothing below to merge it with. So it is written first, by tidying where nothing is, and then two
   * deletions of nothing, one on each side of all keys, have every file beneath them written anew.
   */
  async #tidyAll(): Promise<void> {
    while (this.#isUntidy) {
      this.#isUntidy = false;
      await this.#level.compactRange(BEHIND_ALL, BEHIND_ALL);
      await this.#level.batch([
        { type: 'del', key: BEFORE_ALL },
        { type: 'del', key: BEHIND_ALL },
      ]);
      await this.#level.compactRange(BEFORE_ALL, BEHIND_ALL);
    }
  }

  async writeMark(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) {
      await this.#mark.truncate(0);
      await this.#mark.sync();
      return;
    }
    await this.#mark.write(bytes, 0, bytes.length, 0);
  }

  async readMark(): Promise<Uint8Array | undefined> {
    const bytes = await readFile(this.#markPath);
    return bytes.length === 0 ? undefined : bytes;
  }

  async close(): Promise<void> {
    await this.#tidying;
    await this.#mark.close();
    await this.#level.close();
  }
}

function codeOf(error: unknown): string {
  const code =
    (error as { cause?: { code?: unknown }; code?: unknown } | null)?.cause?.code ??
    (error as { code?: unknown })?.code;
  return typeof code === 'string' ? code : 'unknown';
}

/**
 * Whether a folder holds a LevelDB. Throws `STORAGE_CORRUPT` for one whose first file is gone: LevelDB would begin anew, and
 * take away what lies there.
 */
async function holdsDatabase(folder: string): Promise<boolean> {
  const files = await readdir(folder);
  if (files.includes('CURRENT')) return true;
  if (files.some((file) => file === MARK_FILE || /^MANIFEST-|\.(?:ldb|log)$/.test(file)))
    throw createError('STORAGE_CORRUPT', 'a file of LevelDB is missing: CURRENT');
  return false;
}

/**
 * Keeps each database in a folder of its own below `path`, made when missing, for its owner alone: a LevelDB, and a file
 * that tells how far it reached. One process at a time: another gets `STORAGE_LOCKED` at once, and a process that was
 * killed leaves no lock. Rejects with `INVALID_OPTION` for a name that is no plain file name.
 */
export function levelStorage(path: string): Storage {
  if (typeof path !== 'string' || path === '') throw createError('INVALID_OPTION', 'levelStorage takes a path');
  return {
    kind: 'level',
    place: resolve(path),
    async connect(name) {
      if (!NAME.test(name))
        throw createError(
          'INVALID_OPTION',
          'the name of a database on disk is of plain letters, digits, dots and dashes, and begins with none of the last',
        );
      const folder = join(path, name);
      await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
        throw createError('STORAGE_FAILED', `no folder can be made at the path given: ${codeOf(error)}`);
      });
      const isThere = await holdsDatabase(folder);
      const level: Level = new ClassicLevel(folder, { keyEncoding: 'utf8', valueEncoding: 'view' });
      try {
        await level.open();
      } catch (error) {
        if (codeOf(error) === 'LEVEL_LOCKED')
          throw createError('STORAGE_LOCKED', 'the database is open already, here or in another process');
        const known = refusal(error);
        // What was there once can be read no more, whatever LevelDB says of it.
        if (isThere && known.code === 'STORAGE_FAILED')
          throw createError('STORAGE_CORRUPT', 'LevelDB cannot read its files');
        throw known;
      }
      const markPath = join(folder, MARK_FILE);
      // Neither made anew nor cut: what is in it is read first.
      const mark = await open(markPath, 'a+', 0o600);
      await mark.close();
      return new LevelConnection(level, await open(markPath, 'r+'), markPath);
    },
  };
}
