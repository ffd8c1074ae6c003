import { malformed, SyncFailure } from './sync-failure.ts';
import type { SyncLimits } from './sync-options.ts';

const PROTO = '__proto__';

function tooLarge(limit: number): SyncFailure {
  return new SyncFailure(413, 'SYNC_LIMIT', `the body has more than ${limit} bytes: send less at once`);
}

function bodyOf(request: Request, { bodyBytes }: SyncLimits): ReadableStream<Uint8Array> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new SyncFailure(415, 'SYNC_MALFORMED', 'the body is sent as application/json');
  const length = Number(request.headers.get('content-length') ?? 0);
  if (length > bodyBytes) throw tooLarge(bodyBytes);
  const body = request.body as ReadableStream<Uint8Array> | null;
  if (body === null) throw malformed('a body of JSON is needed');
  const coding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (coding === 'identity') return body;
  if (coding !== 'gzip') throw new SyncFailure(415, 'SYNC_MALFORMED', 'the body is sent as it is, or as gzip');
  const inflate = new DecompressionStream('gzip') as unknown as {
    readonly writable: WritableStream<Uint8Array>;
    readonly readable: ReadableStream<Uint8Array>;
  };
  return body.pipeThrough(inflate);
}

/** The text of a body, counted as it comes in, inflated: what is too large is not read to its end. */
async function readText(request: Request, limits: SyncLimits): Promise<string> {
  const reader = bodyOf(request, limits).getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      size += value.byteLength;
      if (size > limits.bodyBytes) throw tooLarge(limits.bodyBytes);
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    reader.cancel().catch(() => undefined);
    if (error instanceof SyncFailure) throw error;
    throw malformed('the body is cut off, or is not what its headers say');
  }
}

/**
 * Refuses JSON that nests deeper than `depth`, and takes out keys called `__proto__`, which would be read as more than a key.
 * Walks without calling itself: what is deep enough to end the stack has been parsed by then.
 */
export function checkDepth(value: unknown, depth: number): void {
  let level: unknown[] = [value];
  for (let at = 0; level.length > 0; at++) {
    const deeper: unknown[] = [];
    for (const node of level) {
      if (typeof node !== 'object' || node === null) continue;
      if (at >= depth)
        throw new SyncFailure(413, 'SYNC_LIMIT', `the JSON of the body nests deeper than ${depth} levels`);
      if (Object.hasOwn(node, PROTO)) Reflect.deleteProperty(node, PROTO);
      const add = (nested: unknown) => {
        if (typeof nested === 'object' && nested !== null) deeper.push(nested);
      };
      if (Array.isArray(node)) for (const nested of node) add(nested);
      else for (const name in node) add((node as Readonly<Record<string, unknown>>)[name]);
    }
    level = deeper;
  }
}

/** The JSON of a request's body. Throws a {@link SyncFailure}. */
export async function readJson(request: Request, limits: SyncLimits): Promise<unknown> {
  return (await readJsonText(request, limits)).value;
}

/** The same with its text. */
export async function readJsonText(request: Request, limits: SyncLimits): Promise<{ value: unknown; text: string }> {
  const text = await readText(request, limits);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('the body is not JSON');
  }
  checkDepth(value, limits.depth);
  return { value, text };
}
