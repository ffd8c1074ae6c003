import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';

const ENTRIES_MAX = 1000;
/** For its owner alone: queries name people. */
const MODE = 0o600;

const PIECES = /'(?:\\[\s\S]|[^'\\])*'?|\/\*[\s\S]*?(?:\*\/|$)|\/\/([^\n]*)|\s+/g;

/** A statement as one line. Line comments would swallow what comes after them, so they become block comments. */
export function toOneLine(statement: string): string {
  const text = statement.trim();
  if (!text.includes('\n')) return text;
  return text.replace(PIECES, (piece, comment: string | undefined) => {
    if (comment !== undefined) return `/*${comment.replaceAll('*/', '* /').trimEnd()} */`;
    if (piece.startsWith("'")) return piece.replaceAll('\n', '\\n');
    return piece.trim() === '' ? ' ' : piece.replace(/\s*\n\s*/g, ' ');
  });
}

function readLines(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** What has been run in this shell and those before it, kept in a file if one is named. */
export class History {
  readonly #path: string | undefined;
  #entries: string[];
  /** Lines of the file, as far as this shell knows. */
  #kept: number;

  /** A file that cannot be read is one without entries. */
  static open(path: string | undefined): History {
    let entries: string[] = [];
    try {
      if (path !== undefined) entries = readLines(path);
    } catch {
      // The first shell of all has none.
    }
    return new History(path, entries);
  }

  private constructor(path: string | undefined, entries: string[]) {
    this.#path = path;
    this.#entries = entries.slice(-ENTRIES_MAX);
    this.#kept = entries.length;
    this.#trim();
  }

  /** Oldest first. */
  get entries(): readonly string[] {
    return this.#entries;
  }

  /** Adds a statement, unless it is the last one again. */
  add(statement: string): void {
    const entry = toOneLine(statement);
    if (entry === '' || entry === this.#entries.at(-1)) return;
    this.#entries.push(entry);
    this.#entries = this.#entries.slice(-ENTRIES_MAX);
    this.#write((path) => appendFileSync(path, `${entry}\n`, { mode: MODE }));
    this.#kept++;
    this.#trim();
  }

  /** Other shells write to the same file, so what is kept is the end of the file and not of this list. */
  #trim(): void {
    if (this.#kept <= ENTRIES_MAX) return;
    this.#write((path) => {
      const lines = readLines(path).slice(-ENTRIES_MAX);
      writeFileSync(path, lines.map((line) => `${line}\n`).join(''), { mode: MODE });
    });
    this.#kept = ENTRIES_MAX;
  }

  /** That the history cannot be kept is no reason to refuse work. */
  #write(write: (path: string) => void): void {
    try {
      if (this.#path !== undefined) write(this.#path);
    } catch {
      // Nothing is lost but the history.
    }
  }
}
