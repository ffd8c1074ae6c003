import { createHash, timingSafeEqual } from 'node:crypto';
import { ShellError } from '../shell-error.ts';

const TOKEN_MIN = 16;

interface Entry {
  readonly user: string;
  readonly hash: Buffer;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Who has which token. Of tokens only hashes are kept. */
export class TokenBook {
  readonly #entries: readonly Entry[];

  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /**
   * Reads lines of a user and a token; empty ones, and those that begin with `#`, say nothing. A user may have several. Throws a
   * `ShellError` that names the line and nothing of what is in it.
   */
  static read(text: string, source: string): TokenBook {
    const entries: Entry[] = [];
    const seen = new Set<string>();
    for (const [at, line] of text.split(/\r?\n/).entries()) {
      if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
      const refuse = (reason: string) => new ShellError(`${source}, line ${at + 1}: ${reason}`);
      const [user, token, ...more] = line.trim().split(/\s+/) as [string, string | undefined, ...string[]];
      if (token === undefined || more.length > 0) throw refuse('a line is a user, a space and a token');
      if (token.length < TOKEN_MIN) throw refuse(`a token has at least ${TOKEN_MIN} characters`);
      const hash = hashOf(token);
      if (seen.has(hash.toString('hex'))) throw refuse('this token has been given before');
      seen.add(hash.toString('hex'));
      entries.push({ user, hash });
    }
    if (entries.length === 0)
      throw new ShellError(`${source}: there is no token in it: a line is a user, a space and a token`);
    return new TokenBook(entries);
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Whose token it is. Takes as long for one that is nearly right as for any other. */
  userOf(token: string): string | undefined {
    const hash = hashOf(token);
    let user: string | undefined;
    // All are looked at, whichever fits.
    for (const entry of this.#entries) if (timingSafeEqual(entry.hash, hash)) user = entry.user;
    return user;
  }
}
