import { open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemEnvironment } from '../engine/ground/environment.ts';
import { EngineError } from '../engine/ground/errors.ts';
import { openConnection } from '../engine/storage/open-connection.ts';
import { checkKey } from '../engine/storage/storage-key.ts';
import { type Verification, verify } from '../engine/storage/verify.ts';
import { levelStorage } from '../level/level-storage.ts';

export interface DoctorWorld {
  readonly output: { write(text: string): unknown };
  readonly errors: { write(text: string): unknown };
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** The passphrase of those that are encrypted. Of the environment and no argument, which others of the machine may see. */
  readonly key?: string | undefined;
}

const SYNCS = 200;
const SYNC_BYTES = 256;

async function isDatabase(folder: string): Promise<boolean> {
  const current = await stat(join(folder, 'CURRENT')).catch(() => undefined);
  return current?.isFile() === true;
}

/** The databases at a path: it is one itself, or they are in it. */
async function findDatabases(path: string): Promise<readonly string[]> {
  if (await isDatabase(path)) return [path];
  const names = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const found: string[] = [];
  for (const { name } of names) if (await isDatabase(join(path, name))) found.push(join(path, name));
  return found.sort();
}

function describe(folder: string, found: Verification): string {
  const { blocks, bytes, records, commits, sequence, problems } = found;
  const size = `${(bytes / 1_048_576).toFixed(1)} MB in ${blocks} blocks`;
  const held = `${records} records in columns, ${commits} commits after them`;
  if (problems.length === 0) return `${folder}: whole up to sequence ${sequence}; ${size}, ${held}\n`;
  return `${folder}: DAMAGED after sequence ${sequence}: ${problems.join('; ')}\n`;
}

async function examine(folder: string, key: string | undefined): Promise<Verification> {
  if (key !== undefined) checkKey(key);
  const storage = levelStorage(dirname(folder));
  const connection = await openConnection(storage, basename(folder), key, systemEnvironment());
  try {
    return await verify(connection);
  } finally {
    await connection.close();
  }
}

function describeRefusal(error: unknown): string {
  if (!(error instanceof EngineError)) return 'cannot be read';
  if (error.code === 'WRONG_KEY') return 'is encrypted: give the passphrase that opens it in SOJOURN_KEY';
  return `${error.code}: ${error.message}`;
}

/** How long a few bytes take to be on the medium, in microseconds: half of the writes take less, one in a hundred more. */
async function measureSync(
  folder: string,
  elapsed: () => number,
): Promise<{ readonly half: number; readonly most: number }> {
  const path = join(folder, `.sojourn-doctor-${Math.floor(elapsed() * 1_000)}`);
  const file = await open(path, 'wx', 0o600);
  const times: number[] = [];
  try {
    const bytes = new Uint8Array(SYNC_BYTES);
    for (let turn = 0; turn < SYNCS; turn++) {
      const started = elapsed();
      await file.write(bytes, 0, bytes.length, turn * SYNC_BYTES);
      await file.datasync();
      times.push((elapsed() - started) * 1_000);
    }
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
  times.sort((left, right) => left - right);
  return { half: times[SYNCS >> 1] as number, most: times[Math.floor(SYNCS * 0.99)] as number };
}

/**
 * Reads every block of the databases at a path and tries its seal, and measures how long a write takes there. Gives the
 * exit code: 0 when all are whole, 1 when one is not or cannot be read.
 */
export async function runDoctor(path: string, { output, errors, elapsed, key }: DoctorWorld): Promise<number> {
  const folders = await findDatabases(path).catch(() => undefined);
  if (folders === undefined) {
    errors.write(`${path} cannot be read\n`);
    return 1;
  }
  if (folders.length === 0) {
    errors.write(`${path} holds no database\n`);
    return 1;
  }
  let isWhole = true;
  for (const folder of folders) {
    try {
      const found = await examine(folder, key === '' ? undefined : key);
      isWhole &&= found.problems.length === 0;
      output.write(describe(folder, found));
    } catch (error) {
      isWhole = false;
      errors.write(`${folder}: ${describeRefusal(error)}\n`);
    }
  }
  const { half, most } = await measureSync(dirname(folders[0] as string), elapsed);
  output.write(
    `a durable write of ${SYNC_BYTES} bytes takes ${half.toFixed(0)} us, one in a hundred ${most.toFixed(0)} us\n`,
  );
  return isWhole ? 0 : 1;
}
