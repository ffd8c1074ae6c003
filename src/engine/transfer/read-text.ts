import { createError, createIssue, EngineError } from '../ground/errors.ts';
import { type ChunkSource, isBytes } from './chunk-source.ts';

interface Decoder {
  decode(bytes?: ArrayBuffer | ArrayBufferView, options?: { stream: boolean }): string;
}

/** What is needed of the globals that browsers and Node share; the engine is typed for neither. */
interface Platform {
  readonly TextDecoder: new (label: string, options: { fatal: boolean; ignoreBOM: boolean }) => Decoder;
}

function createDecoder(): Decoder {
  const platform = globalThis as unknown as Platform;
  return new platform.TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
}

/** Throws `ABORTED`, with the signal's reason as the cause, once `signal` is raised. */
export function assertNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new EngineError([createIssue('ABORTED', 'reading was aborted')], { cause: signal.reason });
}

/** The next chunk, or `ABORTED` without waiting for it: a source that has stalled may never give one. */
function nextChunk(source: ChunkSource, signal: AbortSignal | undefined): Promise<IteratorResult<unknown, unknown>> {
  if (signal === undefined) return source.next();
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    const settle = () => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    source.next().then(resolve, reject).finally(settle);
  });
}

async function pull(source: ChunkSource, signal: AbortSignal | undefined): Promise<IteratorResult<unknown, unknown>> {
  assertNotAborted(signal);
  try {
    return await nextChunk(source, signal);
  } catch (error) {
    // A source given the same signal fails by itself when it is raised; that is an abort all the same.
    assertNotAborted(signal);
    if (error instanceof EngineError) throw error;
    throw new EngineError([createIssue('UNREADABLE_PAYLOAD', 'the source failed while it was read')], { cause: error });
  }
}

/**
 * Bytes that are no UTF-8 make the whole unreadable rather than one line: as a rule the file is in another encoding, and
 * text decoded wrongly is damage that nobody sees until much later.
 */
function decode(decoder: Decoder, chunk: unknown): string {
  if (typeof chunk !== 'string' && chunk !== undefined && !isBytes(chunk))
    throw createError('UNREADABLE_PAYLOAD', 'the source gave a chunk that is neither text nor bytes');
  try {
    if (chunk === undefined) return decoder.decode();
    return typeof chunk === 'string' ? decoder.decode() + chunk : decoder.decode(chunk, { stream: true });
  } catch {
    throw createError('UNREADABLE_PAYLOAD', 'the payload is not UTF-8 text');
  }
}

/**
 * The text of `source`, never an empty piece, without a byte order mark. The source is stopped when reading ends early.
 * Throws `ABORTED` when `signal` is raised, and `UNREADABLE_PAYLOAD` when the source fails or gives what is no text.
 */
export async function* readText(source: ChunkSource, signal: AbortSignal | undefined): AsyncGenerator<string> {
  const decoder = createDecoder();
  let started = false;
  let ended = false;
  try {
    while (!ended) {
      const step = await pull(source, signal);
      ended = step.done === true;
      let text = decode(decoder, ended ? undefined : step.value);
      if (text === '') continue;
      if (!started && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
      started = true;
      if (text !== '') yield text;
    }
  } finally {
    if (!ended) {
      const stopped = source.stop().catch(() => {});
      // A source that stalls may not stop either.
      if (signal?.aborted !== true) await stopped;
    }
  }
}
