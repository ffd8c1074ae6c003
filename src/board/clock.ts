/**
 * The board's time: it stands at the moment of the day that the board is opened at until someone moves it, and never
 * goes back. The database reads it too, so that waits on the board are those of the records.
 */
export class BoardClock {
  #nowMs: number;

  constructor(openedAtMs: number) {
    this.#nowMs = openedAtMs;
  }

  readonly now = (): number => this.#nowMs;

  moveTo(ms: number): void {
    if (ms > this.#nowMs) this.#nowMs = Math.floor(ms);
  }
}
