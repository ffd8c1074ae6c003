import { open, readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { EngineError, type ImportResult } from '../index.ts';
import type { Catalog } from './catalog.ts';
import type { ShellDatabase } from './session.ts';
import { ShellError } from './shell-error.ts';

/** A file of records, and whose they are. */
export interface ExportFile {
  readonly path: string;
  readonly object: string;
  readonly format: 'ndjson' | 'json' | 'csv' | 'auto';
}

export interface FoundFiles {
  readonly files: readonly ExportFile[];
  /** Files of a folder that look like exports and are named for no object. */
  readonly passedOver: readonly string[];
}

const ENDINGS = { '.ndjson': 'ndjson', '.jsonl': 'ndjson', '.json': 'json', '.csv': 'csv' } as const;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
};

/** What the file system refused, in words. Anything that is no refusal of its goes on up. */
export function fileError(path: string, error: unknown): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === undefined || !('syscall' in (error as object))) return error;
  return new ShellError(`${path}: ${REASONS[code] ?? code}`);
}

function endingOf(path: string): keyof typeof ENDINGS | undefined {
  const ending = extname(path).toLowerCase();
  return Object.hasOwn(ENDINGS, ending) ? (ending as keyof typeof ENDINGS) : undefined;
}

/** `LiveAgentSession.march.csv` is named for LiveAgentSession. */
function nameIn(path: string): string {
  return basename(path).split('.')[0] as string;
}

function findFile(path: string, objectName: string | undefined, catalog: Catalog): ExportFile {
  const ending = endingOf(path);
  if (objectName === undefined && ending === undefined)
    throw new ShellError(`${path}: files end in ${Object.keys(ENDINGS).join(', ')}, unless their object is named`);
  const name = objectName ?? nameIn(path);
  if (objectName === undefined && catalog.object(name) === undefined)
    throw new ShellError(`${path}: is named for no object; there are ${catalog.names.join(', ')}`);
  return { path, object: catalog.must(name).name, format: ending === undefined ? 'auto' : ENDINGS[ending] };
}

async function findInFolder(folder: string, catalog: Catalog): Promise<FoundFiles> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  const exports = names.filter((name) => endingOf(name) !== undefined).sort();
  const [known, passedOver] = [true, false].map((isKnown) =>
    exports.filter((name) => (catalog.object(nameIn(name)) !== undefined) === isKnown),
  ) as [string[], string[]];
  if (known.length === 0)
    throw new ShellError(
      `${folder}: no file there is named for an object, as LiveAgentSession.csv is; there are ${catalog.names.join(', ')}`,
    );
  return { files: known.map((name) => findFile(join(folder, name), undefined, catalog)), passedOver };
}

/** The files of records that a path leads to. Throws a `ShellError` when there are none, or no such object. */
export async function findFiles(path: string, objectName: string | undefined, catalog: Catalog): Promise<FoundFiles> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    if (!isFolder) return { files: [findFile(path, objectName, catalog)], passedOver: [] };
    if (objectName !== undefined) throw new ShellError(`${path}: is a folder, whose files are named for their objects`);
    return await findInFolder(path, catalog);
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Takes in one file, bit by bit. */
export async function loadFile(
  db: ShellDatabase,
  { path, object, format }: ExportFile,
  onProgress: (done: number) => void,
  signal?: AbortSignal,
): Promise<ImportResult> {
  try {
    // Opened before it is a stream: one that fails before anybody reads it would take the process down.
    const stream = (await open(path)).createReadStream();
    const watch = { hasText: false };
    const collection = db.collection(object);
    try {
      const options = { format, signal, onProgress: ({ done }: { done: number }) => onProgress(done) };
      return await collection.import(watchText(stream, watch), options);
    } catch (error) {
      if (!isUnreadable(error) || isOfFileSystem(error.cause) || watch.hasText) throw error;
      // A file without anything in it is no JSON, and yet nothing of it is lost.
      return await collection.import([]);
    } finally {
      stream.destroy();
    }
  } catch (error) {
    throw loadError(path, error);
  }
}

/** Passes on what is read, and notes whether there is more to it than blanks. */
async function* watchText(stream: AsyncIterable<Buffer>, watch: { hasText: boolean }): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    watch.hasText ||= /\S/.test(chunk.toString());
    yield chunk;
  }
}

function isUnreadable(error: unknown): error is EngineError {
  return error instanceof EngineError && error.code === 'UNREADABLE_PAYLOAD';
}

function isOfFileSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** Why a file could not be taken in, with its path. Anything that is not for want of the file goes on up. */
function loadError(path: string, error: unknown): unknown {
  if (!isUnreadable(error)) return fileError(path, error);
  // What the file system said is what lies behind some errors of an import.
  if (isOfFileSystem(error.cause)) return fileError(path, error.cause);
  return new ShellError(`${path}: ${error.code}: ${error.message}`);
}

/**
 * Takes in the files that a path leads to with `load`. One that cannot be read among others is told with `note` and left
 * out; throws a `ShellError` when none can be read.
 */
export async function loadEach(
  path: string,
  files: readonly ExportFile[],
  load: (file: ExportFile) => Promise<void>,
  note: (text: string) => Promise<void>,
): Promise<void> {
  let refused = 0;
  for (const file of files) {
    try {
      await load(file);
    } catch (error) {
      if (!(error instanceof ShellError) || files.length === 1) throw error;
      await note(`${error.message}\n`);
      refused++;
    }
  }
  if (refused > 0 && refused === files.length) throw new ShellError(`${path}: none of its files can be read`);
}
