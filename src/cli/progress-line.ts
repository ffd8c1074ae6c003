import { visibleText } from './visible-text.ts';
import type { TerminalOutput } from './world.ts';

const INTERVAL_MS = 50;

/** One line of a terminal that tells how far long work has come; where there is no terminal, nothing does. */
export class ProgressLine {
  readonly #terminal: TerminalOutput;
  readonly #elapsed: () => number;
  #shownMs = Number.NEGATIVE_INFINITY;

  constructor(terminal: TerminalOutput, elapsed: () => number) {
    this.#terminal = terminal;
    this.#elapsed = elapsed;
  }

  show(text: string): void {
    const nowMs = this.#elapsed();
    if (this.#terminal.isTTY !== true || nowMs - this.#shownMs < INTERVAL_MS) return;
    this.#shownMs = nowMs;
    this.#terminal.write(`\r\x1b[K${visibleText(text)}`);
  }

  clear(): void {
    if (this.#shownMs === Number.NEGATIVE_INFINITY) return;
    this.#shownMs = Number.NEGATIVE_INFINITY;
    this.#terminal.write('\r\x1b[K');
  }
}
