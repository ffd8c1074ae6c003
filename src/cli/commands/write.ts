import type { Collection, SaveResult } from '../../index.ts';
import type { Session } from '../session.ts';
import { ShellError } from '../shell-error.ts';
import { expectCount, readArguments, splitFirst } from './read-arguments.ts';

type Input = Readonly<Record<string, unknown>>;

/** A collection whose object is known only when it is named. */
interface Writable {
  create(record: Input): Promise<SaveResult>;
  update(record: Input): Promise<SaveResult>;
}

function readObject(json: string): Input {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ShellError(`that is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ShellError('a record is a JSON object, as in {"Name": "value"}');
  return value as Input;
}

async function writeRecord(
  session: Session,
  given: string,
  usage: string,
  write: (collection: Writable, record: Input) => Promise<SaveResult>,
): Promise<string> {
  const [name, json] = splitFirst(given);
  if (name === '' || json === '') throw new ShellError(`usage: ${usage}`);
  const object = session.catalog.must(name);
  const collection = session.db.collection(object.name) as Collection<unknown> as Writable;
  const { id } = await write(collection, readObject(json));
  return `${object.name} ${id}`;
}

export async function create(session: Session, given: string): Promise<void> {
  const write = (collection: Writable, record: Input) => collection.create(record);
  await session.note(`created ${await writeRecord(session, given, '\\create Object {json}', write)}\n`);
}

export async function update(session: Session, given: string): Promise<void> {
  const write = (collection: Writable, record: Input) => collection.update(record);
  await session.note(`updated ${await writeRecord(session, given, '\\update Object {json}', write)}\n`);
}

function readTarget(session: Session, given: string, usage: string) {
  const words = readArguments(given);
  expectCount(words, 2, 2, usage);
  const [name, id] = words as [string, string];
  return { collection: session.db.collection(session.catalog.must(name).name), id };
}

/** `delete` is no name that a function can have. */
export async function remove(session: Session, given: string): Promise<void> {
  const { collection, id } = readTarget(session, given, '\\delete Object id');
  const result = await collection.delete(id);
  await session.note(`deleted ${collection.name} ${result.id}; \\undelete brings it back\n`);
}

export async function undelete(session: Session, given: string): Promise<void> {
  const { collection, id } = readTarget(session, given, '\\undelete Object id');
  const result = await collection.undelete(id);
  await session.note(`undeleted ${collection.name} ${result.id}\n`);
}
