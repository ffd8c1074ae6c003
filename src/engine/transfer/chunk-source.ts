import { createError, createIssue, EngineError } from '../ground/errors.ts';

/** Pieces of a payload as they come: text or bytes, or whatever else a faulty source may give. */
export interface ChunkSource {
  next(): Promise<IteratorResult<unknown, unknown>>;
  /** Tells the source that no more is wanted. */
  stop(): Promise<unknown>;
}

/** The parts of a ReadableStream that are used; not every browser can iterate over one. */
interface StreamLike {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: unknown }>;
    cancel(): Promise<unknown>;
    releaseLock(): void;
  };
}

type Method = (this: unknown) => unknown;

function methodOf(value: object, key: string | symbol): Method | undefined {
  const method: unknown = (value as Record<string | symbol, unknown>)[key];
  return typeof method === 'function' ? (method as Method) : undefined;
}

export function isBytes(value: unknown): value is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === '[object ArrayBuffer]';
}

function isChunk(value: unknown): boolean {
  return typeof value === 'string' || isBytes(value);
}

function readIterator(iterator: Iterator<unknown> | AsyncIterator<unknown>): ChunkSource {
  return {
    next: async () => iterator.next(),
    stop: async () => iterator.return?.(),
  };
}

function lockStream(stream: StreamLike): ReturnType<StreamLike['getReader']> {
  try {
    return stream.getReader();
  } catch (error) {
    throw new EngineError([createIssue('UNREADABLE_PAYLOAD', 'the stream is being read already')], { cause: error });
  }
}

function readStream(stream: StreamLike): ChunkSource {
  const reader = lockStream(stream);
  return {
    async next() {
      const { done, value } = await reader.read();
      return done ? { done, value: undefined } : { done, value };
    },
    async stop() {
      // Cancelling also settles a read under way, which the end of an iterator has to wait for.
      await reader.cancel();
      reader.releaseLock();
    },
  };
}

function readIterable(source: object): ChunkSource | undefined {
  const iterate = methodOf(source, Symbol.asyncIterator) ?? methodOf(source, Symbol.iterator);
  return iterate === undefined ? undefined : readIterator(iterate.call(source) as Iterator<unknown>);
}

/** A Response or Request: something with a body that can be read, or with none. */
function readBody(source: object): ChunkSource | undefined {
  const { body, bodyUsed, ok, status } = source as Partial<Record<'body' | 'bodyUsed' | 'ok' | 'status', unknown>>;
  if (methodOf(source, 'text') === undefined || typeof body !== 'object') return undefined;
  // What comes with a failure describes the failure; read as a payload it would be one more bad record.
  if (ok === false) throw createError('UNREADABLE_PAYLOAD', `the response has status ${Number(status)}`);
  // Some platforms give an empty stream then, which would pass for a payload without records.
  if (bodyUsed === true) throw createError('UNREADABLE_PAYLOAD', 'the body has been read before');
  return body === null ? readIterator([].values()) : openChunks(body);
}

/**
 * The chunks of a text, of bytes, or of what gives either bit by bit: ReadableStream, Node's Readable, any iterable,
 * Blob, Response. Undefined when `source` is none of these and so may be a payload parsed before. Told by what it can
 * do and not by its class, since there are streams and blobs of several makers in one process.
 */
export function openChunks(source: unknown): ChunkSource | undefined {
  if (isChunk(source)) return readIterator([source].values());
  if (typeof source !== 'object' || source === null) return undefined;
  // A list is taken for chunks by its first element: lists of records are what is given most.
  if (Array.isArray(source)) return isChunk(source[0]) ? readIterator(source.values()) : undefined;
  if (methodOf(source, 'getReader') !== undefined) return readStream(source as StreamLike);
  const stream = methodOf(source, 'stream');
  if (stream !== undefined) return openChunks(stream.call(source));
  return readIterable(source) ?? readBody(source);
}
