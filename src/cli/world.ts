import type { Readable, Writable } from 'node:stream';

export interface TerminalOutput extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What the shell knows of the process it runs in. */
export interface World {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: TerminalOutput;
  readonly errors: TerminalOutput;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** Resolves in a later turn of the event loop. */
  readonly pause: () => Promise<void>;
  /** Resolves after so many milliseconds, or at once when the signal is raised. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Calls `action` once, so many milliseconds from now, without keeping the process alive. Returns what calls it off. */
  readonly wake: (action: () => void, ms: number) => () => void;
  /** Fills `bytes` with unpredictable bytes. */
  readonly random: (bytes: Uint8Array) => Uint8Array;
}
