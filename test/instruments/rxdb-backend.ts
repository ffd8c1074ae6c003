import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';

export type BackendDocument = Readonly<Record<string, unknown>> & { readonly _deleted: boolean };
interface Stored {
  readonly document: BackendDocument;
  readonly sequence: number;
}
interface Row {
  readonly assumedMasterState?: BackendDocument | null;
  readonly newDocumentState: BackendDocument;
}

/**
 * A small backend that knows RxDB's documented convention and nothing of ours: whole documents, compared whole; a sequence for a
 * checkpoint; conflicts as an array; a stream of `{documents, checkpoint}` that begins with `RESYNC`.
 */
export class RxdbBackend {
  readonly #stores = new Map<string, Map<string, Stored>>();
  readonly #streams = new Map<ServerResponse, string>();
  #server: Server | undefined;
  #port = 0;
  #sequence = 0;
  /** What was written, in order: by pushes and by hand. */
  readonly writes: { readonly object: string; readonly document: BackendDocument }[] = [];
  readonly requests: string[] = [];
  conflicts = 0;
  /** Whether the answer of a request gets lost, although it was carried out. */
  losesAnswer: ((request: IncomingMessage) => boolean) | undefined;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get streams(): number {
    return this.#streams.size;
  }

  of(object: string): Map<string, BackendDocument> {
    return new Map([...this.#storeOf(object)].map(([id, { document }]) => [id, document]));
  }

  #storeOf(object: string): Map<string, Stored> {
    const store = this.#stores.get(object) ?? new Map<string, Stored>();
    this.#stores.set(object, store);
    return store;
  }

  /** Writes a document, by whatever door. */
  write(object: string, document: BackendDocument): void {
    const stored = { document, sequence: ++this.#sequence };
    this.#storeOf(object).set(String(document.Id), stored);
    this.writes.push({ object, document });
    const event = JSON.stringify({ documents: [document], checkpoint: { sequence: stored.sequence } });
    for (const [response, streamed] of this.#streams) if (streamed === object) response.write(`data: ${event}\n\n`);
  }

  /** Changes fields of a document that is held. */
  change(object: string, id: string, fields: Readonly<Record<string, unknown>>): void {
    const held = this.#storeOf(object).get(id);
    if (held === undefined) throw new Error('the backend holds no such document');
    this.write(object, { ...held.document, ...fields });
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => this.#answer(request, Buffer.concat(chunks).toString(), response));
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    this.#streams.clear();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  #answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const [, object = '', route = ''] = pathname.split('/').map(decodeURIComponent);
    this.requests.push(`${request.method} ${route}`);
    if (route === 'stream') return this.#stream(object, response);
    const answer =
      route === 'pull'
        ? this.#pull(object, Number(searchParams.get('sequence') ?? 0), Number(searchParams.get('limit')))
        : this.#push(object, JSON.parse(body));
    if (this.losesAnswer?.(request) === true) {
      response.destroy();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  }

  #pull(object: string, after: number, limit: number): unknown {
    const found = [...this.#storeOf(object).values()]
      .filter(({ sequence }) => sequence > after)
      .sort((left, right) => left.sequence - right.sequence)
      .slice(0, limit);
    return {
      documents: found.map(({ document }) => document),
      checkpoint: { sequence: found.at(-1)?.sequence ?? after },
    };
  }

  #push(object: string, rows: readonly Row[]): readonly BackendDocument[] {
    const conflicts: BackendDocument[] = [];
    for (const { assumedMasterState, newDocumentState } of rows) {
      const held = this.#storeOf(object).get(String(newDocumentState.Id))?.document;
      if (held !== undefined && !isDeepStrictEqual(held, assumedMasterState ?? undefined)) conflicts.push(held);
      else this.write(object, newDocumentState);
    }
    this.conflicts += conflicts.length;
    return conflicts;
  }

  #stream(object: string, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('data: RESYNC\n\n');
    this.#streams.set(response, object);
    response.on('close', () => this.#streams.delete(response));
  }
}
