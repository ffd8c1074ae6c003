import { open, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describeImport } from '../describe-import.ts';
import { type ExportFile, fileError, findFiles, loadEach, loadFile } from '../load-path.ts';
import type { Session } from '../session.ts';
import { ShellError } from '../shell-error.ts';
import { countRows } from '../show-rows.ts';
import { visibleLines } from '../visible-text.ts';
import { expectCount, readArguments } from './read-arguments.ts';

const FILE_FORMATS = ['csv', 'json', 'ndjson'] as const;
type FileFormat = (typeof FILE_FORMATS)[number];

function fromHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;
}

/** Takes in a file, or all files of a folder. */
export async function importPath(session: Session, given: string): Promise<void> {
  const words = readArguments(given);
  expectCount(words, 1, 2, '\\import path [Object]');
  const [path, object] = words as [string, string | undefined];
  const source = fromHome(path, session.home);
  const { files, passedOver } = await findFiles(source, object, session.catalog);
  const note = (text: string) => session.note(visibleLines(text));
  for (const name of passedOver) await note(`${name}: passed over, being named for no object\n`);
  const load = async (file: ExportFile) => {
    const result = await loadFile(session.db, file, () => {}, session.out.interruption);
    await note(describeImport(file.path, file.object, result));
  };
  await loadEach(source, files, load, note);
}

function formatFor(path: string, named: string | undefined): FileFormat {
  const wanted = named ?? extname(path).slice(1).toLowerCase().replace('jsonl', 'ndjson');
  const format = FILE_FORMATS.find((each) => each === wanted);
  if (format !== undefined) return format;
  if (named !== undefined) throw new ShellError(`a file is written as one of ${FILE_FORMATS.join(', ')}`);
  const endings = FILE_FORMATS.map((each) => `.${each}`).join(', ');
  throw new ShellError(`${path}: files end in ${endings}, unless a format is named`);
}

/** Writes a file that is not there yet; nothing of it stays when it cannot be written to its end. */
async function writeFile(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new ShellError(`${path} exists`) : error;
  });
  try {
    await pipeline(Readable.from(pieces), file.createWriteStream());
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** Writes all records of an object to a file. */
export async function exportTo(session: Session, given: string): Promise<void> {
  const words = readArguments(given);
  expectCount(words, 2, 3, '\\export Object path [csv|json|ndjson]');
  const [name, path, named] = words as [string, string, string | undefined];
  const object = session.catalog.must(name);
  const collection = session.db.collection(object.name);
  const target = fromHome(path, session.home);
  const count = collection.size;
  const format = formatFor(target, named);
  try {
    await writeFile(target, collection.export({ format, signal: session.out.interruption }));
  } catch (error) {
    throw fileError(target, error);
  }
  await session.note(visibleLines(`${target}: ${countRows(count)} of ${object.name}\n`));
}
