/** What a screen needs of a terminal: Node's `tty.WriteStream` fits. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

// Second screen, no cursor, and no wrapping: a line too long for the terminal is cut by it.
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
// Terminals that know these show what comes between all at once; others pass over them.
const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';

/** A whole-screen display that writes only the lines that differ from those shown, so that nothing flickers. */
export class Screen {
  readonly #terminal: Terminal;
  #shown: readonly string[] = [];
  #isOpen = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#terminal.write(ENTER);
  }

  show(lines: readonly string[]): void {
    if (!this.#isOpen) return;
    const seen = lines.slice(0, this.#terminal.rows);
    let text = '';
    seen.forEach((line, i) => {
      // Wiped before it is written: after a line that fills the terminal the cursor stands on its last character.
      if (line !== this.#shown[i]) text += `\x1b[${i + 1};1H\x1b[K${line}`;
    });
    if (seen.length < this.#shown.length) text += `\x1b[${seen.length + 1};1H\x1b[J`;
    this.#shown = seen;
    if (text !== '') this.#terminal.write(BEGIN + text + END);
  }

  /** After a change of size nothing on the screen can be relied on. */
  forget(): void {
    if (!this.#isOpen) return;
    this.#shown = [];
    this.#terminal.write('\x1b[2J');
  }

  /** Gives the terminal back as it was. May be called more than once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#shown = [];
    this.#terminal.write(LEAVE);
  }
}
