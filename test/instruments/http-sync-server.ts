import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSyncHandler, type SyncHandler } from '../../src/server/create-sync-handler.ts';
import { toNodeListener } from '../../src/server/node-listener.ts';
import type { SyncHandlerOptions } from '../../src/server/sync-options.ts';

/** A sync server on this machine, which can go down and come back at its address. */
export class HttpSyncServer {
  #server: Server | undefined;
  #handler: SyncHandler | undefined;
  #port = 0;
  /** Requests since it was first started, as method and path without what is asked for. */
  readonly requests: string[] = [];
  /** Answers before the handler does, where it gives true: a part of the network that breaks. */
  interfere: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  #held: { readonly end: string; readonly answers: (() => void)[] } | undefined;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get streams(): number {
    return this.#handler?.stats().streams ?? 0;
  }

  async start(master: object, options: SyncHandlerOptions): Promise<void> {
    const handler = createSyncHandler(master, options);
    const listener = toNodeListener(handler);
    const server = createServer((request, response) => {
      this.requests.push(`${request.method} ${(request.url ?? '').replace(/\?.*/, '')}`);
      const answer = () => {
        if (this.interfere?.(request, response) !== true) listener(request, response);
      };
      if (this.#held !== undefined && this.requests.at(-1)?.endsWith(this.#held.end)) this.#held.answers.push(answer);
      else answer();
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#handler = handler;
  }

  /** Cuts every connection, as a network that fails does. */
  cut(): void {
    this.#server?.closeAllConnections();
  }

  /** Has requests whose path ends so wait for their answers, until what it returns is called. */
  holdBack(end: string): () => void {
    const held = { end, answers: [] as (() => void)[] };
    this.#held = held;
    return () => {
      this.#held = undefined;
      for (const answer of held.answers) answer();
    };
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await this.#handler?.close();
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}
