/** What one second of work came to. */
interface Second {
  readonly changes: number;
  readonly elapsedMs: number;
  readonly busyMs: number;
  readonly byObject: ReadonlyMap<string, number>;
}

const KEEP_SECONDS = 60;

/** Counts the changes that the database's feed tells of, second by second, and the time that making them took. */
export class ChangeMeter {
  #total = 0;
  #changes = 0;
  #busyMs = 0;
  #byObject = new Map<string, number>();
  #seconds: Second[] = [];

  /** All changes since the start. */
  get total(): number {
    return this.#total;
  }

  count(object: string): void {
    this.#total++;
    this.#changes++;
    this.#byObject.set(object, (this.#byObject.get(object) ?? 0) + 1);
  }

  /** Time in which changes were made. */
  addBusy(ms: number): void {
    this.#busyMs += ms;
  }

  /** Ends a second, which took `elapsedMs`. */
  endSecond(elapsedMs: number): void {
    this.#seconds.push({ changes: this.#changes, elapsedMs, busyMs: this.#busyMs, byObject: this.#byObject });
    if (this.#seconds.length > KEEP_SECONDS) this.#seconds.shift();
    this.#changes = 0;
    this.#busyMs = 0;
    this.#byObject = new Map();
  }

  get changesPerSecond(): number {
    const last = this.#seconds.at(-1);
    return last === undefined ? 0 : (last.changes * 1000) / last.elapsedMs;
  }

  /** Over the last seconds; undefined while there has been no change. */
  get microsPerChange(): number | undefined {
    const last = this.#seconds.slice(-5);
    const changes = last.reduce((sum, second) => sum + second.changes, 0);
    const busyMs = last.reduce((sum, second) => sum + second.busyMs, 0);
    return changes === 0 ? undefined : (busyMs * 1000) / changes;
  }

  perSecondOf(object: string): number {
    const last = this.#seconds.at(-1);
    return last === undefined ? 0 : ((last.byObject.get(object) ?? 0) * 1000) / last.elapsedMs;
  }

  /** The changes of one object in each of the last seconds, the newest last. */
  recentOf(object: string): number[] {
    return this.#seconds.map((second) => second.byObject.get(object) ?? 0);
  }
}
