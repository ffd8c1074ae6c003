import { gzipSync } from 'node:zlib';
import { createParser } from 'eventsource-parser';
import { createSyncHandler } from '../../src/server/create-sync-handler.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import type { SyncHandlerOptions } from '../../src/server/sync-options.ts';
import { openDatabase } from '../../src/soql/soql-database.ts';
import { Chair, Desk } from './master-checks.ts';

/** A database with a handler, and the requests that clients make of it. The user is whom the `authorization` header names. */
export async function tryHandler(options: Partial<SyncHandlerOptions> = {}) {
  const db = await openDatabase({ name: 'served', objects: [Desk, Chair, ...masterObjects] as const });
  const handler = createSyncHandler(db, {
    objects: ['Desk', 'Chair'],
    authorize: (request) => {
      const user = request.headers.get('authorization');
      return user === null ? undefined : { user };
    },
    ...options,
  });
  const ask = (path: string, init: RequestInit = {}, user = 'ann') =>
    handler(new Request(`http://sync.test${path}`, { ...init, headers: { authorization: user, ...init.headers } }));
  const post = (path: string, body: unknown, user?: string, headers: Record<string, string> = {}) =>
    ask(
      path,
      {
        method: 'POST',
        body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      },
      user,
    );
  const end = async () => {
    await handler.close();
    await db.close();
  };
  return { db, handler, ask, post, end };
}

export type Tried = Awaited<ReturnType<typeof tryHandler>>;

export const pull = (checkpoint: string | null = null, more: Record<string, unknown> = {}) => ({
  protocol: 1,
  client: 'c',
  objects: [
    { name: 'Desk', version: 1 },
    { name: 'Chair', version: 1 },
  ],
  checkpoint,
  limit: 100,
  ...more,
});

let pushes = 0;
export const push = (commits: unknown, more: Record<string, unknown> = {}) => ({
  protocol: 1,
  client: 'c',
  push: ++pushes,
  versions: { Desk: 1, Chair: 1 },
  commits,
  ...more,
});

export const made = (fields: Record<string, unknown>, object = 'Desk') => ({ object, newDocumentState: fields });

export const zip = (text: string) => new Uint8Array(gzipSync(text));

/** The events of a stream as they come in. */
export function readEvents(response: Response) {
  const events: { event: string | undefined; data: unknown }[] = [];
  let comments = 0;
  const parser = createParser({
    onEvent: ({ event, data }) => events.push({ event, data: JSON.parse(data) }),
    onComment: () => {
      comments++;
    },
  });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  const ended = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  })();
  return { events, ended, comments: () => comments, cancel: () => reader.cancel() };
}
