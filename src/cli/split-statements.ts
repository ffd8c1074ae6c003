/** What is typed, cut into what is run: a query, or a backslash command. */
export interface Statement {
  readonly kind: 'query' | 'command';
  readonly text: string;
}

type Mode = 'code' | 'string' | 'block-comment' | 'line-comment' | 'braces';

const FIND = /^find\b/i;

/**
 * Takes lines and gives statements. A query ends with `;` outside quotes, comments and the braces of FIND, with an empty
 * line, before a command, or with the input; a command ends with its line.
 */
export class StatementSplitter {
  #text = '';
  #mode: Mode = 'code';
  /** Where the first word that is no comment begins; undefined while there is none. */
  #start: number | undefined;

  /** Whether a query has begun that has not ended. */
  get isWaiting(): boolean {
    return this.#start !== undefined || this.#mode === 'block-comment';
  }

  /** What has been typed of it. */
  get waiting(): string {
    return this.#text;
  }

  push(line: string): Statement[] {
    const statements: Statement[] = [];
    const given = line.replace(/\r$/, '');
    // An unclosed quote is ended by an empty line too: whoever sits before it may not know what keeps it open.
    if (given.trim() === '' && this.#mode !== 'block-comment') {
      this.#finish(statements);
      return statements;
    }
    if (this.#mode === 'code' && given.trimStart().startsWith('\\')) {
      this.#finish(statements);
      statements.push({ kind: 'command', text: given.trim() });
      return statements;
    }
    this.#scan(given, statements);
    if (this.#mode === 'line-comment') this.#mode = 'code';
    if (this.#text !== '') this.#text += '\n';
    return statements;
  }

  /** What the end of the input ends. */
  end(): Statement | undefined {
    const statements: Statement[] = [];
    this.#finish(statements);
    return statements[0];
  }

  /** Gives up what has been typed of a query. */
  drop(): void {
    this.#text = '';
    this.#mode = 'code';
    this.#start = undefined;
  }

  #finish(statements: Statement[]): void {
    if (this.#start !== undefined) statements.push({ kind: 'query', text: this.#text.trim() });
    this.drop();
  }

  #scan(line: string, statements: Statement[]): void {
    for (let at = 0; at < line.length; at++) {
      const character = line[at] as string;
      if (character === ';' && this.#mode === 'code') {
        this.#finish(statements);
        const rest = line.slice(at + 1).trim();
        if (!rest.startsWith('\\')) continue;
        statements.push({ kind: 'command', text: rest });
        return;
      }
      const step = this.#step(line, at, character);
      this.#text += line.slice(at, at + step);
      at += step - 1;
    }
  }

  /** Takes in one character, or two that belong together. Returns how many. */
  #step(line: string, at: number, character: string): number {
    const pair = line.slice(at, at + 2);
    switch (this.#mode) {
      case 'code':
        return this.#stepCode(pair, character);
      case 'block-comment':
        if (pair !== '*/') return 1;
        this.#mode = 'code';
        return 2;
      case 'string':
      case 'braces':
        if (character === '\\') return pair.length;
        if (character === (this.#mode === 'string' ? "'" : '}')) this.#mode = 'code';
        return 1;
      case 'line-comment':
        return 1;
    }
  }

  #stepCode(pair: string, character: string): number {
    if (pair === '//' || pair === '/*') {
      this.#mode = pair === '//' ? 'line-comment' : 'block-comment';
      return 2;
    }
    if (character.trim() === '') return 1;
    this.#start ??= this.#text.length;
    if (character === "'") this.#mode = 'string';
    else if (character === '{' && FIND.test(this.#text.slice(this.#start))) this.#mode = 'braces';
    return 1;
  }
}

/** The statements of a whole text. */
export function splitStatements(text: string): Statement[] {
  const splitter = new StatementSplitter();
  const statements = text.split('\n').flatMap((line) => splitter.push(line));
  const last = splitter.end();
  return last === undefined ? statements : [...statements, last];
}
