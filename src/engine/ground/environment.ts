import { createError } from './errors.ts';

/**
 * Everything the engine asks of the world around it. Nothing below reads a clock or draws a random number by itself,
 * so a whole network of databases can run in one deterministic simulation.
 */
export interface Environment {
  /** Milliseconds since 1970-01-01T00:00:00Z. May jump; the engine keeps its own stamps from going backwards. */
  now(): number;
  /** A monotonic time in milliseconds, for progress and `explain` only. */
  elapsed(): number;
  /** Fills `bytes` with unpredictable bytes and returns it. Ids are made from these, and what encrypts a database. */
  random(bytes: Uint8Array): Uint8Array;
  /** Resolves in a later turn of the event loop, so that long work leaves room for others. */
  pause(): Promise<void>;
  /** Calls `action` once, `ms` milliseconds from now, and keeps no program alive for it. Returns what calls it off. */
  wake(action: () => void, ms: number): () => void;
  /** SHA-256 of bytes, by which a backup is known to be what was written. */
  digest?(bytes: Uint8Array): Promise<Uint8Array>;
  /** Opens a channel between the tabs of an origin, or the workers of a process; absent where there is none. */
  channel?(name: string, hear: (message: unknown) => void): Channel;
  /** Web Crypto (`crypto.subtle`), by which a database with a key is encrypted; absent on pages that are not secure. */
  readonly subtle?: object | undefined;
  /** Calls `action` once, before the screen is next drawn; absent where there is none. Returns what calls it off. */
  frame?(action: () => void): () => void;
}

/** What all who have opened it by one name tell each other; each hears all but its own, in the order in which they were sent. */
export interface Channel {
  /** Plain data. Throws for what is none. */
  send(message: unknown): void;
  /** Whether it keeps a program alive, which it does not from the start. */
  hold(awake: boolean): void;
  close(): void;
}

/** What the engine needs of a browser's or Node's globals; declared here because the engine is typed for neither. */
interface Platform {
  readonly crypto: {
    getRandomValues(bytes: Uint8Array): Uint8Array;
    readonly subtle?: { digest(name: string, bytes: Uint8Array): Promise<ArrayBuffer> };
  };
  readonly performance: { now(): number };
  readonly BroadcastChannel?: new (
    name: string,
  ) => {
    onmessage: ((event: { readonly data: unknown }) => void) | null;
    postMessage(message: unknown): void;
    close(): void;
    ref?(): void;
    unref?(): void;
  };
  setTimeout(action: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
  requestAnimationFrame?(action: () => void): number;
  cancelAnimationFrame?(frame: number): void;
}

/** The environment of the platform that runs us. Globals are touched when called, never at import. */
export function systemEnvironment(): Environment {
  const platform = globalThis as unknown as Platform;
  return {
    now: () => Date.now(),
    elapsed: () => platform.performance.now(),
    random: (bytes) => platform.crypto.getRandomValues(bytes),
    digest: async (bytes) => {
      const { subtle } = platform.crypto;
      if (subtle === undefined) throw createError('INVALID_OPTION', 'crypto.subtle is there on secure pages alone');
      return new Uint8Array(await subtle.digest('SHA-256', bytes));
    },
    get subtle() {
      return platform.crypto.subtle;
    },
    pause: () => new Promise((resolve) => platform.setTimeout(resolve, 0)),
    wake: (action, ms) => {
      const timer = platform.setTimeout(action, ms);
      (timer as { unref?(): void }).unref?.();
      return () => platform.clearTimeout(timer);
    },
    ...(platform.BroadcastChannel !== undefined && { channel: (name, hear) => openChannel(platform, name, hear) }),
    ...(platform.requestAnimationFrame !== undefined && {
      frame: (action) => {
        const frame = platform.requestAnimationFrame?.(action);
        return () => platform.cancelAnimationFrame?.(frame as number);
      },
    }),
  };
}

function openChannel({ BroadcastChannel }: Platform, name: string, hear: (message: unknown) => void): Channel {
  const channel = new (BroadcastChannel as NonNullable<typeof BroadcastChannel>)(name);
  channel.onmessage = ({ data }) => hear(data);
  channel.unref?.();
  return {
    send: (message) => channel.postMessage(message),
    hold: (awake) => (awake ? channel.ref?.() : channel.unref?.()),
    close: () => channel.close(),
  };
}
