import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import { commandMeant } from './command-list.ts';
import { complete } from './complete.ts';
import { describeError } from './describe-error.ts';
import { followPastes } from './follow-pastes.ts';
import type { History } from './history.ts';
import { Interrupted, OutputClosed } from './output.ts';
import { runStatement } from './run-statement.ts';
import { newsOf, type Session } from './session.ts';
import { type Statement, StatementSplitter } from './split-statements.ts';
import { visibleLines } from './visible-text.ts';
import type { World } from './world.ts';

const PROMPT = 'sojourn> ';
const CONTINUED = '     ..> ';
const HISTORY_MAX = 1000;
const NEWS_MS = 100;

/** A shell with someone before it. */
export class Prompt {
  readonly #session: Session;
  readonly #history: History;
  readonly #world: World;
  readonly #readline: Interface;
  readonly #isPasting: () => boolean;
  readonly #splitter = new StatementSplitter();
  /** What has been typed to its end and is not run yet. */
  readonly #statements: Statement[] = [];
  /** The list that readline keeps of what was typed. */
  #typed: string[] | undefined;
  #isBusy = false;
  #isOver = false;
  #mayEnd = false;
  #end: (error?: unknown) => void = () => {};

  constructor(session: Session, history: History, world: World) {
    this.#session = session;
    this.#history = history;
    this.#world = world;
    this.#readline = createInterface({
      input: world.input,
      output: world.output,
      terminal: true,
      history: [...history.entries].reverse(),
      historySize: HISTORY_MAX,
      completer: (line: string) => this.#complete(line),
    });
    this.#isPasting = followPastes(this.#readline);
  }

  /** Runs what is typed until the shell is ended. */
  async run(): Promise<void> {
    const ended = new Promise<void>((resolve, reject) => {
      this.#end = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.#readline.on('line', (line) => this.#take(line));
    this.#readline.on('history', (typed) => {
      this.#typed = typed;
    });
    this.#readline.on('SIGINT', () => this.#interrupt());
    this.#readline.on('close', () => {
      this.#isOver = true;
      const last = this.#splitter.end();
      if (last !== undefined) this.#statements.push(last);
      void this.#work();
    });
    this.#prompt();
    try {
      await ended;
    } finally {
      this.#readline.close();
    }
  }

  /** Shows, before long, what live queries have to tell. */
  announce(): void {
    this.#world.wake(() => this.#showNews(), NEWS_MS);
  }

  #complete(line: string): [string[], string] {
    // A pasted tab is a blank.
    if (this.#isPasting()) return [[' '], ''];
    const { waiting } = this.#splitter;
    const cursor = waiting.length + line.length;
    const { from, candidates } = complete(waiting + this.#readline.line, cursor, this.#session.catalog);
    const [only = ''] = candidates;
    // What ends in a dot, a parenthesis or a quote may have to go on, and what stands further on has its blank.
    const isWhole = candidates.length === 1 && /\w$/.test(only) && line === this.#readline.line;
    return [isWhole ? [`${only} `] : [...candidates], (waiting + line).slice(from)];
  }

  #prompt(): void {
    this.#readline.setPrompt(this.#splitter.isWaiting ? CONTINUED : PROMPT);
    this.#readline.prompt();
  }

  /** Puts text above the line being typed, which is drawn anew below it. */
  #showNews(): void {
    if (this.#isBusy || this.#isOver) return;
    const text = newsOf(this.#session);
    if (text === '') return;
    const { output } = this.#world;
    const { rows } = this.#readline.getCursorPos();
    moveCursor(output, 0, -rows);
    cursorTo(output, 0);
    clearScreenDown(output);
    // To redraw, readline goes up as many rows as the line had above the cursor.
    output.write(text + '\n'.repeat(rows));
    this.#readline.prompt(true);
  }

  #interrupt(): void {
    if (this.#isBusy) return this.#session.out.interrupt();
    const { output } = this.#world;
    if (this.#readline.line === '' && !this.#splitter.isWaiting) {
      if (this.#mayEnd) return this.#readline.close();
      this.#mayEnd = true;
      output.write('\nCtrl-C again, Ctrl-D or \\q ends the shell\n');
      return this.#prompt();
    }
    this.#splitter.drop();
    this.#readline.write(null, { ctrl: true, name: 'e' });
    const { rows } = this.#readline.getCursorPos();
    output.write(`^C${'\n'.repeat(rows + 1)}`);
    this.#readline.setPrompt(PROMPT);
    this.#readline.write(null, { ctrl: true, name: 'u' });
  }

  #take(line: string): void {
    this.#mayEnd = false;
    const word = this.#splitter.isWaiting ? undefined : commandMeant(line);
    this.#statements.push(...this.#splitter.push(word ?? line));
    if (this.#statements.length > 0) void this.#work();
    // At once: the next line of pasted text is there already.
    else if (!this.#isBusy) this.#prompt();
  }

  /** Runs what has been typed, one statement after the other. */
  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const { out } = this.#session;
    try {
      if (this.#isOver) await out.write('\n');
      // More may be typed while something is written, so what ends the loop must not wait for anything.
      for (;;) {
        for (let next = this.#statements.shift(); next !== undefined; next = this.#statements.shift())
          if (!(await this.#run(next))) return this.#end();
        if (this.#isOver) return this.#end();
        const news = newsOf(this.#session);
        if (news === '') break;
        await out.write(news);
      }
      this.#isBusy = false;
      this.#prompt();
    } catch (error) {
      this.#end(error);
    }
  }

  async #run(statement: Statement): Promise<boolean> {
    const { out } = this.#session;
    this.#history.add(statement.kind === 'query' ? `${statement.text};` : statement.text);
    this.#typed?.splice(0, this.#typed.length, ...[...this.#history.entries].reverse());
    try {
      return await runStatement(this.#session, statement);
    } catch (error) {
      out.resume();
      if (error instanceof OutputClosed) throw error;
      // A fault of ours is told whole, and is no reason to take the records away from whoever asks for them.
      const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
      await out.write(
        error instanceof Interrupted ? 'interrupted\n' : `${describeError(error) ?? visibleLines(fault)}\n`,
      );
      return true;
    } finally {
      out.resume();
    }
  }
}
