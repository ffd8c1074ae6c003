import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach } from 'vitest';

/** A request as the server got it. */
export interface Got {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The port it came from: the same one for requests on one connection. */
  readonly port: number;
}

export interface Served {
  readonly url: string;
  readonly got: Got[];
  /** Resolves when a connection on which an answer was under way has been closed by the client. */
  readonly left: Promise<void>;
}

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

/** A real server on this machine, which stops after the test. */
export async function serve(answer: (got: Got, response: ServerResponse) => void): Promise<Served> {
  const got: Got[] = [];
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    response.on('close', () => {
      if (!response.writableFinished) leave();
    });
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
      const { method = '', url = '', headers } = request;
      const one = { method, path: url, headers, body, port: request.socket.remotePort ?? 0 };
      got.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got, left };
}

export function sendJson(response: ServerResponse, value: unknown, status = 200, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What a promise or an iteration fails with. */
export async function failureOf(work: PromiseLike<unknown> | AsyncIterable<unknown>): Promise<{
  readonly kind: string;
  readonly code: string;
  readonly message: string;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly cause: unknown;
}> {
  try {
    await ('then' in work ? work : collect(work));
  } catch (error) {
    return error as Awaited<ReturnType<typeof failureOf>>;
  }
  throw new Error('it did not fail');
}
