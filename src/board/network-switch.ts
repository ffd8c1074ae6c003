import type { Connectivity } from '../replication/connectivity.ts';

type Listener = (event: 'online' | 'offline' | 'visible') => void;

/** A network that a person switches off and on, as a browser tells of its own. */
export class NetworkSwitch implements Connectivity {
  readonly #listeners = new Set<Listener>();
  #isOnline = true;

  isOnline(): boolean {
    return this.#isOnline;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  toggle(): void {
    this.#isOnline = !this.#isOnline;
    for (const listener of [...this.#listeners]) listener(this.#isOnline ? 'online' : 'offline');
  }
}
