import type { Subscriber } from 'rxjs';

/** A value that changes, told to each who asks and again whenever it changes, until it ends. */
export class LatestValue<T> {
  #value: T;
  #isEnded = false;
  readonly #subscribers = new Set<Subscriber<T>>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (this.#isEnded) return;
    this.#value = value;
    for (const subscriber of [...this.#subscribers]) subscriber.next(value);
  }

  end(value: T): void {
    this.set(value);
    this.#isEnded = true;
    for (const subscriber of [...this.#subscribers]) subscriber.complete();
    this.#subscribers.clear();
  }

  subscribe(subscriber: Subscriber<T>): (() => void) | undefined {
    subscriber.next(this.#value);
    if (this.#isEnded) {
      subscriber.complete();
      return undefined;
    }
    this.#subscribers.add(subscriber);
    return () => {
      this.#subscribers.delete(subscriber);
    };
  }
}
