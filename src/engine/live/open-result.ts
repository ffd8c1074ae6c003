import type { LiveSource } from './live-source.ts';
import type { QueryRouter } from './query-router.ts';
import type { SharedResult } from './shared-result.ts';

/** A result in use: by how many, and where it stands so that changes find it. */
export class OpenResult {
  readonly shared: SharedResult;
  readonly key: string | undefined;
  users = 0;
  readonly #source: LiveSource;
  readonly #router: QueryRouter<SharedResult>;
  #takeOut: () => void;
  /** What else has to be ended with it; most have nothing else. */
  #undos: (() => void)[] | undefined;

  constructor(source: LiveSource, shared: SharedResult, router: QueryRouter<SharedResult>, key: string | undefined) {
    this.shared = shared;
    this.key = key;
    this.#source = source;
    this.#router = router;
    this.#takeOut = router.add(shared, source.condition());
  }

  /** Puts it where changes find it by the conditions of the moment. */
  route(): void {
    this.#takeOut();
    this.#takeOut = this.#router.add(this.shared, this.#source.condition());
  }

  onClose(undo: () => void): void {
    this.#undos ??= [];
    this.#undos.push(undo);
  }

  close(): void {
    this.#takeOut();
    for (const undo of this.#undos ?? []) undo();
  }
}
