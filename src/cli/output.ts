import type { Writable } from 'node:stream';
import { ShellError } from './shell-error.ts';

/** Whoever read the output has seen enough. */
export class OutputClosed extends Error {}

/** Whoever sits before the shell has seen enough of one answer. */
export class Interrupted extends Error {}

/** What is written in one go is at least this long, where there is more of it; see `gather`. */
const LONG = 32_768;

function failureOf({ code, message }: NodeJS.ErrnoException): Error {
  return code === 'EPIPE' ? new OutputClosed() : new ShellError(`the output cannot be written to: ${code ?? message}`);
}

/** A stream written to no faster than it takes things in. */
export class Output {
  readonly #stream: Writable;
  readonly #pause: () => Promise<void>;
  #failure: Error | undefined;
  #interruption = new AbortController();
  #wake: () => void = () => {};

  /** `pause` resolves in a later turn of the event loop. */
  constructor(stream: Writable, pause: () => Promise<void>) {
    this.#stream = stream;
    this.#pause = pause;
    stream.on('drain', () => this.#wake());
    stream.on('close', () => this.#fail(new OutputClosed()));
    stream.on('error', (error) => this.#fail(failureOf(error)));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  /** Resolves when there is room for more. Throws `OutputClosed` or `Interrupted`, or what went wrong. */
  async write(text: string): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#interruption.signal.aborted) throw new Interrupted();
    if (text === '') return;
    const hasRoom = this.#stream.write(text);
    if (!hasRoom && this.#failure === undefined)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    // A terminal takes in everything at once, so Ctrl-C would never get its turn.
    if (text.length >= LONG) await this.#pause();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async writeAll(texts: Iterable<string>): Promise<void> {
    for (const text of texts) await this.write(text);
  }

  /** Raised when whoever waits has seen enough of what is under way. */
  get interruption(): AbortSignal {
    return this.#interruption.signal;
  }

  /** Makes what is being written end with `Interrupted`, until `resume`. */
  interrupt(): void {
    this.#interruption.abort();
  }

  resume(): void {
    if (this.#interruption.signal.aborted) this.#interruption = new AbortController();
  }
}
