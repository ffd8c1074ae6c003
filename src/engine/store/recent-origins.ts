import type { Origin } from '../write/change.ts';

/** More calls than all tabs together have on their way: of each, whether it was done must be known until its tab has heard. */
const KEPT_MAX = 256;

/** The newest calls of other tabs that were done, stored with what they did, so that a call sent again is done once. */
export class RecentOrigins {
  /** By tab and number, the oldest first. */
  readonly #origins = new Map<string, Origin>();

  note(origin: Origin): void {
    this.#origins.set(keyOf(origin.tab, origin.call), origin);
    if (this.#origins.size <= KEPT_MAX) return;
    for (const key of this.#origins.keys()) {
      this.#origins.delete(key);
      break;
    }
  }

  find(tab: string, call: number): Origin | undefined {
    return this.#origins.get(keyOf(tab, call));
  }

  /** All that are remembered, the oldest first. */
  list(): readonly Origin[] {
    return [...this.#origins.values()];
  }

  /** Forgets all, as what was written in answer to them is gone too. */
  clear(): void {
    this.#origins.clear();
  }
}

function keyOf(tab: string, call: number): string {
  return `${tab} ${call}`;
}
