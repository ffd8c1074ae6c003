import { readFile, stat } from 'node:fs/promises';
import { fileError } from '../load-path.ts';
import { ShellError } from '../shell-error.ts';
import { TokenBook } from './token-book.ts';

/** The permissions of anyone but the owner. */
const OTHERS = 0o077;

/**
 * The tokens of a server, from a file or else from the environment; undefined where it has none. Throws a `ShellError` for a file
 * that others may read, that is not there, or in which something is wrong.
 */
export async function readTokens(
  file: string | undefined,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<TokenBook | undefined> {
  const { SOJOURN_TOKENS: given } = variables;
  if (file === undefined)
    return given === undefined || given.trim() === '' ? undefined : TokenBook.read(given, 'SOJOURN_TOKENS');
  let text: string;
  try {
    const { mode } = await stat(file);
    // On Windows the mode says nothing.
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
      throw new ShellError(`${file}: others than its owner may read or write it; chmod 600 it`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw fileError(file, error);
  }
  return TokenBook.read(text, file);
}
