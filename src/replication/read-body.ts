import type { Exchange } from './exchange.ts';
import { malformed } from './malformed.ts';
import { RemoteFailure } from './remote.ts';

/** An answer whose body is to be read. */
interface Unread {
  readonly response: Response;
  readonly exchange: Exchange;
}

export interface ReadLimits {
  /** The most that is read, decompressed. */
  readonly maxBytes: number;
  /** How long to wait for each part. */
  readonly silenceMs: number;
}

/** The media type of an answer in small letters, without its parameters; empty where its text is not UTF-8. */
export function mediaTypeOf(response: Response): string {
  const [type = '', ...parameters] = (response.headers.get('content-type') ?? '').toLowerCase().split(';');
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) return '';
  return type.trim();
}

/**
 * The parts of a body as they come; the exchange is over when this ends, however it ends. Throws a failure `SYNC_LIMIT` for a body
 * that is too large, having read no more of it than that.
 */
export async function* readChunks(
  { response, exchange }: Unread,
  { maxBytes, silenceMs }: ReadLimits,
): AsyncGenerator<Uint8Array, void> {
  const reader = response.body?.getReader();
  let isRead = reader === undefined;
  try {
    for (let bytes = 0; reader !== undefined; ) {
      const { done, value } = await exchange.wait(reader.read(), silenceMs);
      if (done) {
        isRead = true;
        return;
      }
      bytes += value.byteLength;
      if (bytes > maxBytes)
        throw new RemoteFailure(
          'retry',
          'SYNC_LIMIT',
          `the answer has more than ${maxBytes} bytes: maxBytes says how many are taken`,
        );
      yield value;
    }
  } finally {
    reader?.cancel().catch(() => {});
    reader?.releaseLock();
    exchange.close(isRead);
  }
}

/** Decodes UTF-8 that may be cut anywhere; a byte order mark is passed over. Throws a failure `SYNC_MALFORMED`. */
export class TextParts {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });

  next(chunk?: Uint8Array): string {
    try {
      return chunk === undefined ? this.#decoder.decode() : this.#decoder.decode(chunk, { stream: true });
    } catch {
      throw malformed('it is not UTF-8');
    }
  }
}

/** A whole body as text. */
export async function readText(unread: Unread, limits: ReadLimits): Promise<string> {
  const parts = new TextParts();
  const texts: string[] = [];
  for await (const chunk of readChunks(unread, limits)) texts.push(parts.next(chunk));
  texts.push(parts.next());
  return texts.join('');
}
